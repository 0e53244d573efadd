/** A migration in the folder. Lists of them are in the order in which their tool runs them. @internal */
export interface DiskMigration {
  /** What its tool knows it by, and what the table of the tool says of it. */
  readonly id: string;
  /** Where it is, as a path below the folder. */
  readonly file: string;
  /** What the table may say of its contents; nothing when the tool keeps no such thing. */
  readonly checksums?: readonly string[];
  /** The number or time at the front of its name: two that have the same come from two branches. */
  readonly prefix?: string;
  /** When it was made, in ms of the epoch, for tools that go by that. */
  readonly madeAtMs?: number;
}

/** Something about the folder that keeps its migrations from being known, or from running. @internal */
export interface DiskProblem {
  /** `journal`: what lists the migrations is broken. `unreadable`: it could not be found out. `skipped`: it never runs. */
  readonly kind: 'journal' | 'unreadable' | 'skipped';
  readonly message: string;
  readonly file?: string;
}

/** What is in the folder. @internal */
export interface DiskState {
  readonly migrations: readonly DiskMigration[];
  readonly problems: readonly DiskProblem[];
}

/** One row in the table of a tool: what it says of one migration. Lists of them are in the order in which they were run. @internal */
export interface AppliedRow {
  readonly id: string;
  readonly checksum?: string | undefined;
  /** `undone` rows count as if they were not there. */
  readonly state: 'applied' | 'failed' | 'undone';
}

/** How a tool goes about an order that is not that of the folder. @internal */
export interface OrderRules {
  /** `refuses`: it runs nothing then. `runs`: it runs what is left. `skips`: it never runs what is older than the newest. */
  readonly late: 'refuses' | 'runs' | 'skips';
}
