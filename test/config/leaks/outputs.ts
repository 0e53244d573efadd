import { inspect } from 'node:util';

/** How many characters of a secret say something of it. */
const PIECE = 4;
const SHOW = {
  showHidden: true,
  depth: 12,
  getters: true,
  maxArrayLength: Infinity,
  maxStringLength: Infinity,
} as const;

/** Everything that a value may be turned into, and each error that it was caused by. */
export function shown(value: unknown): string {
  const parts = [String(value), inspect(value, SHOW), jsonOf(value)];
  for (let error = value; error instanceof Error; error = error.cause) {
    parts.push(String(error), error.message, String(error.stack), jsonOf(error));
    if (error !== value) parts.push(inspect(error, SHOW));
  }
  return parts.join('\n');
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch (error) {
    return String(error);
  }
}

/** What a run showed, and what it must not show. */
export interface Outcome {
  readonly shown: string;
  readonly secrets: readonly string[];
}

/**
 * The pieces of secrets that a run showed. What a run alike, whose secrets are other texts, shows as well does not come
 * from them.
 */
export async function leaks(run: (isTwin: boolean) => Outcome | Promise<Outcome>): Promise<string[]> {
  let text = '';
  let found: string[] = [];
  // Both from the same place, which stands in stacks.
  for (const isTwin of [false, true]) {
    const outcome = await run(isTwin);
    if (isTwin)
      return found
        .filter((piece) => !outcome.shown.includes(piece))
        .map((piece) => `${piece} in ${around(text, piece)}`);
    ({ shown: text } = outcome);
    found = piecesIn(text, outcome.secrets);
    if (found.length === 0) break;
  }
  return [];
}

function piecesIn(text: string, secrets: readonly string[]): string[] {
  const pieces = new Set<string>();
  const mayHold = startsOf(text);
  for (const secret of secrets)
    for (let at = 0; at + PIECE <= secret.length; at++)
      if (mayHold[slotAt(secret, at)] === 1) pieces.add(secret.slice(at, at + PIECE));
  return [...pieces].filter((piece) => text.includes(piece));
}

/** A table of all pieces of a text: hardly any piece of a secret has to be searched for. */
function startsOf(text: string): Uint8Array {
  const table = new Uint8Array(2 ** 18);
  for (let at = 0; at + PIECE <= text.length; at++) table[slotAt(text, at)] = 1;
  return table;
}

function slotAt(text: string, at: number): number {
  let slot = 0;
  for (let i = at; i < at + PIECE; i++) slot = Math.imul(slot, 31) + text.charCodeAt(i);
  return slot & (2 ** 18 - 1);
}

function around(text: string, piece: string): string {
  const at = text.indexOf(piece);
  return JSON.stringify(text.slice(Math.max(0, at - 60), at + 60));
}

/** What the process is told beside all results: warnings, promises that fail unheard, and what is written as an error. */
export class Heard implements Disposable {
  readonly #texts: string[] = [];
  readonly #write = process.stderr.write;
  readonly #hear = (what: unknown): void => {
    this.#texts.push(shown(what));
  };

  constructor() {
    process.on('warning', this.#hear);
    process.on('unhandledRejection', this.#hear);
    process.stderr.write = (text: string | Uint8Array): boolean => {
      this.#texts.push(typeof text === 'string' ? text : Buffer.from(text).toString());
      return true;
    };
  }

  /** What came since the last time; promises have failed by then. */
  async texts(): Promise<string> {
    await new Promise(setImmediate);
    return this.#texts.splice(0).join('\n');
  }

  [Symbol.dispose](): void {
    process.off('warning', this.#hear);
    process.off('unhandledRejection', this.#hear);
    process.stderr.write = this.#write;
  }
}
