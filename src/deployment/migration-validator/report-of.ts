import type { ReadGuard } from '../database/database-reader.js';
import { CheckStatus, type DeploymentFinding, shownText, worstOf } from '../finding.js';
import type { FoundTable } from './bookkeeping.js';
import type { Classification } from './engine.js';
import type { MigrationReport } from './report.js';

const NOTHING: Classification = /* @__PURE__ */ Object.freeze({
  pending: [],
  applied: [],
  ahead: [],
  missing: [],
  edited: [],
  outOfOrder: [],
  failed: [],
  skipped: [],
  repeated: [],
  duplicates: [],
});

/** What a look has come to. @internal */
export interface Looked {
  readonly name: string;
  readonly findings: readonly DeploymentFinding[];
  readonly tool: string | undefined;
  readonly found: FoundTable | undefined;
  /** Nothing when the two sides could not be held against each other. */
  readonly classes: Classification | undefined;
  readonly locked: boolean;
  readonly guard: ReadGuard;
  /** How the schema came out. */
  readonly compared: string | undefined;
}

/** The answer of a look. @internal */
export function reportOf({ name, findings, tool, found, classes, locked, guard, compared }: Looked): MigrationReport {
  const state =
    classes === undefined ? undefined : [countsOf(classes), ...(compared === undefined ? [] : [compared])].join('; ');
  const message = headline(findings, state);
  const shownTable = found === undefined ? undefined : shownText([found.schema, found.table].filter(Boolean).join('.'));
  const { duplicates: _, repeated: __, ...lists } = classes ?? NOTHING;
  const shownLists = Object.fromEntries(
    Object.entries(lists).map(([list, names]) => [list, names.map((id) => shownText(id))]),
  ) as unknown as typeof lists;
  return {
    name,
    status: worstOf(findings.map((finding) => finding.status)),
    message,
    findings: findings.length > 0 ? findings : [{ id: 'migrations.applied', status: CheckStatus.PASS, message }],
    tool,
    table: shownTable,
    ...shownLists,
    locked,
    metadata: {
      tool: tool ?? null,
      table: shownTable ?? null,
      // `select`: the client took no more than one statement, so that the limits of time are not the server's.
      guard,
      locked,
      ...Object.fromEntries(Object.entries(lists).map(([list, names]) => [list, names.length])),
    },
  };
}

/**
 * The whole in one line: the worst that was found, so that it never sounds better than the status, and then how things stand.
 * What could not be found out comes first among the worst.
 */
function headline(findings: readonly DeploymentFinding[], state?: string): string {
  const status = worstOf(findings.map((finding) => finding.status));
  const worst = findings.filter((finding) => finding.status === status);
  const first = worst.find(({ crashed }) => crashed === true) ?? worst[0];
  if (first === undefined || (status === CheckStatus.PASS && state !== undefined)) return state ?? '';
  return state === undefined ? first.message : `${first.message}; ${state}`;
}

/** `12 applied, none pending`, and what else there is. */
function countsOf({ applied, pending, ahead, missing, edited, failed, skipped, outOfOrder }: Classification): string {
  const more = Object.entries({ ahead, missing, edited, failed, skipped, 'out of order': outOfOrder })
    .filter(([, names]) => names.length > 0)
    .map(([word, names]) => `${String(names.length)} ${word}`);
  const waiting = pending.length === 0 ? 'none' : String(pending.length);
  return [`${String(applied.length)} applied`, `${waiting} pending`, ...more].join(', ');
}
