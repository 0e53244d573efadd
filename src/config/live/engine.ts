/** What is known of the files that a configuration was read from. Stamps change when any of them does. @internal */
export interface Watched {
  /** The stamps of what was read last. */
  readonly read: string;
  /** The stamps of the last look. */
  readonly seen: string;
  /** Looks in a row that saw something else than what was read. */
  readonly looks: number;
}

/** What to do after a look. @internal */
export type Step = 'nothing' | 'look again' | 'read';

/** Looks after which files that never come to rest are read all the same. */
const MOST_LOOKS = 20;

/** What is known after something was read. @internal */
export function justRead(stamps: string): Watched {
  return { read: stamps, seen: stamps, looks: 0 };
}

/**
 * Takes a look: files that changed are read once they are the same twice in a row, as whoever writes one may not be done.
 * @internal
 */
export function look(watched: Watched, stamps: string): { readonly watched: Watched; readonly step: Step } {
  if (stamps === watched.read) return { watched: justRead(stamps), step: 'nothing' };
  const next = { read: watched.read, seen: stamps, looks: watched.looks + 1 };
  return { watched: next, step: stamps === watched.seen || next.looks >= MOST_LOOKS ? 'read' : 'look again' };
}

/** The keys whose values differ, in the order of the newer ones, then those that are gone. @internal */
export function difference(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const other = [...after.keys()].filter((key) => before.get(key) !== after.get(key));
  return [...other, ...[...before.keys()].filter((key) => !after.has(key))];
}
