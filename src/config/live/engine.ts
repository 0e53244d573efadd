import type { Evaluation } from '../engine.js';
import { isSameValue } from '../same-value.js';
import { revealed } from '../secret.js';

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

/** The values of one reading, and what each was read from. */
type Values = Pick<Evaluation, 'texts' | 'values'>;

/**
 * The keys whose values differ, in the order of the newer ones, then those that are gone. Of the same text a value is the
 * same, whatever class made it, and so is one that is only written in another way.
 * @internal
 */
export function difference(before: Values, after: Values): string[] {
  const others = [...after.texts.keys()].filter(
    (key) =>
      before.texts.get(key) !== after.texts.get(key) &&
      !isSameValue(revealed(before.values[key]), revealed(after.values[key])),
  );
  return [...others, ...[...before.texts.keys()].filter((key) => !after.texts.has(key))];
}
