import type { AppliedRow, Dated, DiskMigration, OrderRules } from './entry.js';
import { byText } from './tools/tool.js';

/** Every migration, each by itself. @internal */
export interface Classification {
  /** In the folder and not applied, in the order of the folder. */
  readonly pending: readonly string[];
  /** In the folder and applied, in the order of the folder. */
  readonly applied: readonly string[];
  /** Applied and not in the folder, and newer than all that is, in the order of the table. */
  readonly ahead: readonly string[];
  /** Applied and not in the folder, although the folder has newer ones or the same under another ending. */
  readonly missing: readonly string[];
  /** Applied, and not what is in the folder now. */
  readonly edited: readonly string[];
  /** Pending, or applied late, although one that comes after it was applied. */
  readonly outOfOrder: readonly string[];
  /** Begun and not brought to an end. */
  readonly failed: readonly string[];
  /** Pending, and older than what their tool has already run: it never will. */
  readonly skipped: readonly string[];
  /** In more than one row as applied. */
  readonly repeated: readonly string[];
  /** Groups in the folder that have one name, or one number although not all of them are applied. */
  readonly duplicates: readonly (readonly DiskMigration[])[];
}

/** {@link classify} by the order of the version of the tool that fits. @internal */
export function classifyByEither(
  disk: readonly DiskMigration[],
  rows: readonly AppliedRow[],
  { late, compare, orCompare }: OrderRules,
): Classification {
  const found = classify(disk, rows, { late, compare });
  if (orCompare === undefined || found.outOfOrder.length === 0) return found;
  const inOrder = [...disk].sort((a, b) => orCompare(a.file, b.file));
  const other = classify(inOrder, rows, { late, compare: orCompare });
  return other.outOfOrder.length === 0 ? other : found;
}

/**
 * Holds the folder against the table: pure, and one by one. Nothing is concluded from how many there are or which is the
 * last.
 * @internal
 */
export function classify(
  disk: readonly DiskMigration[],
  rows: readonly AppliedRow[],
  { late, compare }: Pick<OrderRules, 'late' | 'compare'>,
): Classification {
  const known = new Map<string, DiskMigration>();
  const place = new Map<string, number>();
  disk.forEach((migration, i) => {
    if (known.has(migration.id)) return;
    known.set(migration.id, migration);
    place.set(migration.id, i);
  });
  const { applied, failed, repeated } = byName(rows);
  const onDisk = [...known.values()];
  const isApplied = ({ id }: DiskMigration): boolean => applied.has(id) && !failed.has(id);
  const pending = onDisk.filter(({ id }) => !applied.has(id) && !failed.has(id));
  const fileless = [...applied.values()].filter(({ id }) => !known.has(id) && !failed.has(id));
  const isGap = gapRule(onDisk, pending, compare);
  return {
    pending: pending.map(idOf),
    applied: onDisk.filter(isApplied).map(idOf),
    ahead: fileless.filter((row) => !isGap(row)).map(idOf),
    missing: fileless.filter(isGap).map(idOf),
    edited: onDisk
      .filter((migration) => isApplied(migration) && isEdited(migration, applied.get(migration.id)))
      .map(idOf),
    outOfOrder: late === 'skips' ? [] : disordered(onDisk, pending, place, [...applied.keys()], late),
    failed: [...failed],
    skipped: late === 'skips' ? tooOld(pending, onDisk.filter(isApplied)) : [],
    repeated,
    duplicates: duplicates(disk, isApplied),
  };
}

function idOf({ id }: Dated): string {
  return id;
}

/** What the rows, in the order in which they were run, say of each name. One that failed is not made good by another. */
function byName(rows: readonly AppliedRow[]): {
  readonly applied: ReadonlyMap<string, AppliedRow>;
  readonly failed: ReadonlySet<string>;
  readonly repeated: readonly string[];
} {
  const applied = new Map<string, AppliedRow>();
  const failed = new Set<string>();
  const repeated = new Set<string>();
  for (const row of rows) {
    if (row.state === 'failed') failed.add(row.id);
    else if (row.state === 'undone') applied.delete(row.id);
    else {
      if (applied.has(row.id)) repeated.add(row.id);
      // The newest one is what the database has; its place is where it was first run.
      applied.set(row.id, row);
    }
  }
  return { applied, failed, repeated: [...repeated] };
}

/**
 * Whether a row without a file is a gap in the folder: something newer is there, or the same under another ending, as `.js` is
 * of `.ts`. Otherwise a newer build has run it.
 */
function gapRule(
  onDisk: readonly DiskMigration[],
  pending: readonly DiskMigration[],
  compare: OrderRules['compare'],
): (row: AppliedRow) => boolean {
  const order = (a: Dated, b: Dated): number =>
    Number.isFinite(a.madeAtMs) && Number.isFinite(b.madeAtMs)
      ? Number(a.madeAtMs) - Number(b.madeAtMs)
      : (compare ?? byText)(a.id, b.id);
  const [first, ...others] = onDisk;
  if (first === undefined) return () => false;
  const newest = others.reduce((best: DiskMigration, next) => (order(next, best) > 0 ? next : best), first);
  const waiting = new Set(pending.map(({ id }) => withoutScriptEnding(id)));
  return (row) => order(row, newest) < 0 || isRenamed(row.id, waiting);
}

/** Whether something of that name under another ending is among these, which have none. @internal */
export function isRenamed(id: string, waiting: ReadonlySet<string>): boolean {
  const bare = withoutScriptEnding(id);
  return bare !== id && waiting.has(bare);
}

/** @internal */
export function withoutScriptEnding(name: string): string {
  return name.replace(/\.[cm]?[jt]s$/, '');
}

function isEdited({ checksums }: DiskMigration, row: AppliedRow | undefined): boolean {
  return checksums !== undefined && row?.checksum !== undefined && !checksums.includes(row.checksum.toLowerCase());
}

function disordered(
  onDisk: readonly DiskMigration[],
  pending: readonly DiskMigration[],
  place: ReadonlyMap<string, number>,
  ran: readonly string[],
  late: 'refuses' | 'runs' | 'skips',
): string[] {
  const places = ran.map((id) => place.get(id)).filter((at) => at !== undefined);
  const last = Math.max(-1, ...places);
  const disorder = new Set(pending.filter(({ id }) => (place.get(id) ?? 0) < last).map(idOf));
  if (late === 'refuses') {
    // Such a tool compares the two lists place by place, so that what once ran late keeps it from ever running again.
    let furthest = -1;
    for (const id of ran) {
      const at = place.get(id);
      if (at === undefined) continue;
      if (at < furthest) disorder.add(id);
      furthest = Math.max(furthest, at);
    }
  }
  return onDisk.map(idOf).filter((id) => disorder.has(id));
}

function tooOld(pending: readonly DiskMigration[], applied: readonly DiskMigration[]): string[] {
  const newest = Math.max(...applied.map(({ madeAtMs }) => madeAtMs ?? -Infinity), -Infinity);
  return pending.filter(({ madeAtMs }) => madeAtMs !== undefined && madeAtMs <= newest).map(idOf);
}

function duplicates(
  disk: readonly DiskMigration[],
  isApplied: (migration: DiskMigration) => boolean,
): (readonly DiskMigration[])[] {
  const sameName = grouped(disk, idOf);
  // What two branches made is settled once both are applied; there is nothing to do about it any more.
  const sameNumber = grouped(disk, ({ prefix }) => prefix).filter(
    (group) => new Set(group.map(idOf)).size > 1 && !group.every(isApplied),
  );
  return [...sameName, ...sameNumber];
}

function grouped(
  disk: readonly DiskMigration[],
  keyOf: (migration: DiskMigration) => string | undefined,
): DiskMigration[][] {
  const groups = new Map<string, DiskMigration[]>();
  for (const migration of disk) {
    const key = keyOf(migration);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [migration]);
    else group.push(migration);
  }
  return [...groups.values()].filter(({ length }) => length > 1);
}
