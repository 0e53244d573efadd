import type { Clock } from '../../core/clock.js';
import { BreakwaterWarning, type Reporter } from '../../core/reporter.js';
import { quiet } from '../../core/thenable.js';
import { within } from './within.js';

/** Whoever scrapes gives up after as long, too: it is the default of Prometheus. @internal */
export const STALLED_MS = 10_000;
/** Characters of a text that are kept for those who come later. */
const MOST_KEPT = 16_777_216;

/** A piece of the text. What nobody will read any more, nobody holds. */
interface Piece {
  readonly text: string;
  next: Piece | undefined;
}

/**
 * A text that comes in pieces, read by several: each at its own speed, and the fastest decides when the next piece is asked
 * for, so that nothing is made that nobody reads. Those who come later read the pieces that there are, as long as all of
 * them are kept.
 * @internal
 */
export class SharedStream {
  readonly #clock: Clock;
  readonly #reporter: Reporter;
  #iterator: AsyncIterator<string> | undefined;
  #first: Piece | undefined = { text: '', next: undefined };
  #last: Piece = this.#first as Piece;
  #length = 0;
  #readers = 0;
  #pulling: Promise<void> | undefined;
  #state: 'open' | 'ended' | 'failed' | 'stopped' = 'open';

  constructor(open: () => AsyncIterable<string>, clock: Clock, reporter: Reporter) {
    this.#clock = clock;
    this.#reporter = reporter;
    try {
      this.#iterator = open()[Symbol.asyncIterator]();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Somebody who reads it from the beginning; `undefined` when that is not kept any more. */
  read(): StreamReader | undefined {
    if (this.#first === undefined) return undefined;
    this.#readers++;
    return new StreamReader(
      this.#first,
      (piece) => this.#after(piece),
      () => {
        this.#leave();
      },
    );
  }

  /** Whether the text broke off. */
  hasFailed(): boolean {
    return this.#state === 'failed';
  }

  /** Nobody else will begin to read it. */
  close(): void {
    this.#first = undefined;
  }

  async #after(piece: Piece): Promise<Piece | undefined> {
    while (piece.next === undefined && this.#state === 'open') {
      // Several may wait for the same piece.
      await (this.#pulling ??= this.#pull());
    }
    return piece.next;
  }

  async #pull(): Promise<void> {
    const iterator = this.#iterator;
    if (iterator === undefined) return;
    try {
      const result = await within(this.#clock, iterator.next(), tooLate, STALLED_MS);
      if (this.#state !== 'open') return;
      if (result.done === true) this.#state = 'ended';
      else this.#append(result.value);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#pulling = undefined;
    }
  }

  #append(text: unknown): void {
    if (typeof text !== 'string') throw new BreakwaterWarning(CODE, 'metrics.stream() must give pieces of text');
    this.#last = this.#last.next = { text, next: undefined };
    this.#length += text.length;
    if (this.#length > MOST_KEPT) this.close();
  }

  /** Whoever reads it ends there; those who come within the second do so, too. */
  #fail(error: unknown): void {
    if (this.#state !== 'open') return;
    this.#state = 'failed';
    this.#reporter.listenerError(error);
    this.#return();
  }

  #leave(): void {
    if (--this.#readers > 0 || this.#state !== 'open') return;
    this.#state = 'stopped';
    this.close();
    this.#return();
  }

  #return(): void {
    try {
      quiet(this.#iterator?.return?.());
    } catch {
      // It has been given up anyway.
    }
    this.#iterator = undefined;
  }
}

const CODE = 'BREAKWATER_W_METRICS_STREAM';

function tooLate(): never {
  throw new BreakwaterWarning(CODE, `metrics.stream() had no piece of text within ${String(STALLED_MS)} ms`);
}

/** @internal */
export class StreamReader {
  #at: Piece;
  #left = false;
  readonly #after: (piece: Piece) => Promise<Piece | undefined>;
  readonly #leave: () => void;

  constructor(first: Piece, after: (piece: Piece) => Promise<Piece | undefined>, leave: () => void) {
    this.#at = first;
    this.#after = after;
    this.#leave = leave;
  }

  /** The next piece; `undefined` at the end, or where it broke off. */
  async next(): Promise<string | undefined> {
    const piece = await this.#after(this.#at);
    if (piece === undefined) return undefined;
    this.#at = piece;
    return piece.text;
  }

  /** Says that nobody reads here any more; a text that nobody reads is not made. */
  leave(): void {
    if (this.#left) return;
    this.#left = true;
    this.#leave();
  }
}
