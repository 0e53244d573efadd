import { shownText } from '../../deployment/finding.js';
import { property } from '../readable-config.js';

/** The lists of a `MigrationReport`. */
const LISTS = ['pending', 'applied', 'missing', 'ahead', 'edited', 'outOfOrder', 'failed', 'skipped'] as const;

/**
 * Tool, table, lists and lock of a `MigrationReport`, of whatever copy of the package; all text is safe to print. `undefined` of an
 * answer that has no such lists.
 */
export function readMigrationLists(answer: unknown): Readonly<Record<string, unknown>> | undefined {
  // An older copy has no list of those that are missing.
  const lists = LISTS.map((name) => [name, property(answer, name) ?? (name === 'missing' ? [] : undefined)] as const);
  if (!lists.every(([, names]) => Array.isArray(names))) return undefined;
  const word = (name: string): string | null => {
    const value = property(answer, name);
    return typeof value === 'string' ? shownText(value) : null;
  };
  return {
    tool: word('tool'),
    table: word('table'),
    locked: property(answer, 'locked') === true,
    ...Object.fromEntries(
      lists.map(([name, names]) => [name, (names as readonly unknown[]).map((one) => shownText(String(one)))]),
    ),
  };
}
