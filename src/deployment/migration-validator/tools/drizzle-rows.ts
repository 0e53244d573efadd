import type { TextRow } from '../../database/answer.js';
import type { AppliedRow, DiskMigration, DiskState } from '../entry.js';

/**
 * What drizzle's rows say. Up to 0.45 they have no name, so each is found by when its migration was made and by the hash
 * of it; from 1.0 by its name, unless the table was not brought forward yet.
 * @internal
 */
export function drizzleRows(
  rows: readonly TextRow<string>[],
  { migrations }: DiskState,
  generation: 'journal' | 'folders',
): readonly AppliedRow[] {
  const byName = new Map(migrations.map((migration) => [migration.id, migration]));
  const byTime = grouped(migrations, ({ madeAtMs }) => [madeAtMs]);
  const byHash = grouped(migrations, ({ checksums = [] }) => checksums);
  return rows.map((row) => {
    const hash = row['hash']?.toLowerCase();
    const isNamed = row['name'] != null && generation === 'folders';
    const found = isNamed ? byName.get(row['name'] ?? '') : unnamed(row, hash, byTime, byHash);
    return { id: found?.id ?? nameOf(row), checksum: hash, state: 'applied', madeAtMs: timeOf(row) };
  });
}

function unnamed(
  row: TextRow<string>,
  hash: string | undefined,
  byTime: ReadonlyMap<unknown, readonly DiskMigration[]>,
  byHash: ReadonlyMap<unknown, readonly DiskMigration[]>,
): DiskMigration | undefined {
  const sameHash = hash === undefined ? [] : (byHash.get(hash) ?? []);
  const madeAtMs = timeOf(row);
  // A folder's name has no milliseconds. Source: drizzle's own `upgradeIfNeeded`.
  const sameTime = byTime.get(madeAtMs) ?? byTime.get(Math.floor(madeAtMs / 1_000) * 1_000) ?? [];
  return (
    sameTime.find((migration) => sameHash.includes(migration)) ?? (sameTime.length === 1 ? sameTime[0] : sameHash[0])
  );
}

function timeOf(row: TextRow<string>): number {
  return row['created_at'] == null ? NaN : Number(row['created_at']);
}

function nameOf(row: TextRow<string>): string {
  if (row['name'] != null) return row['name'];
  return `made at ${row['created_at'] ?? 'no time'}, hash ${row['hash']?.slice(0, 12) ?? 'none'}`;
}

function grouped(
  migrations: readonly DiskMigration[],
  keysOf: (migration: DiskMigration) => readonly unknown[],
): Map<unknown, DiskMigration[]> {
  const groups = new Map<unknown, DiskMigration[]>();
  for (const migration of migrations) {
    for (const key of keysOf(migration)) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [migration]);
      else group.push(migration);
    }
  }
  return groups;
}
