/** What both sides know a migration by. @internal */
export interface Dated {
  readonly id: string;
  /** When it was made, in ms of the epoch, for tools that go by that. */
  readonly madeAtMs?: number | undefined;
}

/** A migration in the folder. Lists of them are in the order in which their tool runs them. @internal */
export interface DiskMigration extends Dated {
  /** Where it is, as a path below the folder. */
  readonly file: string;
  /** What the table may say of its contents; nothing when the tool keeps no such thing. */
  readonly checksums?: readonly string[];
  /** The number or time at the front of its name: two that have the same come from two branches. */
  readonly prefix?: string;
}

/** Something about the folder that keeps its migrations from being known, or from running. @internal */
export interface DiskProblem {
  /** `journal`: what lists the migrations is broken. `unreadable`: it could not be found out. `skipped`: it never runs. */
  readonly kind: 'journal' | 'unreadable' | 'skipped';
  readonly message: string;
  /** @defaultValue that of its kind */
  readonly hint?: string;
  readonly file?: string;
}

/** What is in the folder. @internal */
export interface DiskState {
  readonly migrations: readonly DiskMigration[];
  readonly problems: readonly DiskProblem[];
  /** Entries that the tool passes over in silence, but for what usually lies beside migrations. */
  readonly ignored: readonly string[];
}

/** One row in the table of a tool: what it says of one migration. Lists of them are in the order in which they were run. @internal */
export interface AppliedRow extends Dated {
  readonly checksum?: string | undefined;
  /** `undone` takes back what came before it. */
  readonly state: 'applied' | 'failed' | 'undone';
}

/** How a tool goes about what the two sides do not have in common. @internal */
export interface OrderRules {
  /** `refuses`: it runs nothing then. `runs`: it runs what is left. `skips`: it never runs what is older than the newest. */
  readonly late: 'refuses' | 'runs' | 'skips';
  /** The same where something that was applied has no file. */
  readonly fileless: 'refuses' | 'runs';
  /** Whether both refusals are one check, which is switched off as one. */
  readonly isOneCheck?: boolean;
  /** The order of two names in which the tool runs them, where they have no time. @defaultValue by code units */
  readonly compare?: ((a: string, b: string) => number) | undefined;
  /** That of another version of the tool: what is in order by either is. */
  readonly orCompare?: (a: string, b: string) => number;
}
