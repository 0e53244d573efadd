import type { Clock } from '../../core/clock.js';
import { redactText } from '../../core/redaction.js';
import { BreakwaterWarning, type Reporter } from '../../core/reporter.js';
import { isThenable, settled } from '../../core/thenable.js';
import { LEVEL_NUMBERS, LEVEL_RANKS, LEVEL_TEXTS, type LineLevel } from './levels.js';
import { messageOf } from './special-values.js';
import type { DestinationExtras, LogDestination } from './destination.js';

/** What a stream may hold back of lines that its reader does not take, in bytes or characters. */
const MOST_HELD_BACK = 16 * 1_048_576;

/** Hears when lines begin to be lost, and when they arrive again. @internal */
export type SinkChange = (state: 'losing' | 'writing') => void;

/**
 * A destination that cannot hurt: a line that it does not take is counted, and the caller goes on.
 * @internal
 */
export class Sink {
  readonly #destination: LogDestination & DestinationExtras;
  readonly #reporter: Reporter;
  readonly #changed: SinkChange;
  /** Whether it sorts lines by itself, by what pino tells it, as `pino.multistream` does. */
  readonly #wantsMetadata: boolean;
  readonly #levels: Readonly<Record<LineLevel, string>>;
  readonly #isStream: boolean;
  readonly #drains: boolean;
  #undrained = false;
  readonly #draining = new Set<() => void>();
  #isWriting = false;
  /** Whether the line that is being written is; pino's destinations tell of some errors twice. */
  #isLost = false;
  #isLosing = false;
  #isBroken = false;
  /** Lines whose promise has not settled, and who waits for them. */
  #pending = 0;
  readonly #waiting = new Set<() => void>();
  #dropped = 0;
  #written = 0;

  constructor(destination: LogDestination, reporter: Reporter, changed: SinkChange) {
    this.#destination = destination;
    const marks = destination as unknown as Readonly<Record<symbol, unknown>>;
    this.#wantsMetadata = marks[Symbol.for('pino.metadata')] === true;
    // A transport with several targets leaves out what has no number.
    this.#levels = marks[Symbol.for('pino.transport.usesMultistream')] === true ? LEVEL_NUMBERS : LEVEL_TEXTS;
    this.#isStream = typeof this.#destination.writableLength === 'number';
    this.#reporter = reporter;
    this.#changed = changed;
    this.#listen('error', (error) => {
      // Nobody reads any more; pino's destinations ignore what is written from here on.
      if ((error as { readonly code?: unknown } | null)?.code === 'EPIPE') this.#isBroken = true;
      // Later it tells of no line in particular.
      if (this.#isWriting && !this.#isLost) this.#dropped++;
      this.#isLost = true;
      this.#failed(error);
    });
    // pino's asynchronous destinations call back before the last line is written, and tell of it in this way.
    this.#drains = this.#destination.sync === false && typeof this.#destination.on === 'function';
    if (this.#drains)
      this.#listen('drain', () => {
        this.#undrained = false;
        tellAll(this.#draining);
      });
    this.#listen('drop', () => {
      this.#lost();
    });
  }

  get dropped(): number {
    return this.#dropped;
  }

  get written(): number {
    return this.#written;
  }

  /**
   * Hands over a line.
   *
   * @param rest - what stands behind the level.
   */
  write(level: LineLevel, rest: string): void {
    // A destination that logs what it does would do so for ever.
    if (this.#isWriting || this.#takesNothing()) {
      this.#lost();
      return;
    }
    this.#isWriting = true;
    this.#isLost = false;
    if (this.#drains) this.#undrained = true;
    const before = this.#dropped;
    try {
      if (this.#wantsMetadata) Object.assign(this.#destination, { lastLevel: LEVEL_RANKS[level], lastObj: {} });
      const taken = this.#destination.write(this.#levels[level] + rest);
      if (isThenable(taken)) {
        this.#wait(taken);
        return;
      }
    } catch (error) {
      this.#dropped++;
      this.#failed(error);
    } finally {
      this.#isWriting = false;
    }
    if (this.#dropped !== before) return;
    this.#written++;
    this.#turn(false);
  }

  /** A line that arrives later counts when it has. */
  #wait(taken: PromiseLike<unknown>): void {
    this.#pending++;
    const settle = (): void => {
      this.#pending--;
      if (this.#pending > 0) return;
      tellAll(this.#waiting);
    };
    void settled(
      Promise.resolve(taken),
      () => {
        this.#written++;
        this.#turn(false);
        settle();
      },
      (error) => {
        this.#dropped++;
        this.#failed(error);
        settle();
      },
    );
  }

  /**
   * Resolves when what was written has been handed over, or cannot be; with `false` in the second case, and when
   * `timeoutMs` are over.
   */
  flush(clock: Clock, timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const cancel = clock.schedule(
        () => {
          this.#waiting.delete(ask);
          this.#draining.delete(done);
          resolve(false);
        },
        timeoutMs,
        { hold: true },
      );
      const done = (error?: unknown): void => {
        cancel();
        resolve((error === undefined || error === null) && !this.#isBroken && !this.#isLosing);
      };
      const drained = (error?: unknown): void => {
        if (this.#undrained && (error === undefined || error === null)) this.#draining.add(done);
        else done(error);
      };
      const ask = (): void => {
        try {
          this.#ask(drained);
        } catch (error) {
          done(error);
        }
      };
      if (this.#pending === 0) ask();
      else this.#waiting.add(ask);
    });
  }

  #ask(done: (error?: unknown) => void): void {
    const destination = this.#destination;
    if (this.#isBroken || destination.destroyed === true) done(new Error('the destination is closed'));
    else if (typeof destination.flush === 'function') {
      const answer = destination.flush(done);
      // Some call back, some answer with a promise.
      if (isThenable(answer))
        void settled(
          Promise.resolve(answer),
          () => {
            done();
          },
          done,
        );
    } else if (this.#isStream) this.#askStream(done);
    else done();
  }

  /** A stream calls back for each piece in turn: after the last one everything before it is written. */
  #askStream(done: (error?: unknown) => void): void {
    if (this.#destination.writableLength === 0 || this.#destination.writableEnded === true) done();
    else (this.#destination as unknown as { write(text: string, done: (e?: unknown) => void): void }).write('', done);
  }

  #takesNothing(): boolean {
    if (this.#isBroken) return true;
    if (!this.#isStream) return false;
    const { destroyed, writableEnded, writableLength = 0 } = this.#destination;
    return destroyed === true || writableEnded === true || writableLength > MOST_HELD_BACK;
  }

  #lost(): void {
    this.#dropped++;
    this.#turn(true);
  }

  #failed(error: unknown): void {
    this.#turn(true);
    this.#reporter.listenerError(
      new BreakwaterWarning(
        'BREAKWATER_W_LOG_DESTINATION',
        `lines are lost: ${redactText(messageOf(error) ?? 'the destination failed', 200)}`,
        { cause: error },
      ),
    );
  }

  #turn(losing: boolean): void {
    if (losing === this.#isLosing) return;
    this.#isLosing = losing;
    this.#changed(losing ? 'losing' : 'writing');
  }

  #listen(event: string, listener: (error?: unknown) => void): void {
    try {
      this.#destination.on?.(event, listener);
    } catch (error) {
      this.#reporter.listenerError(error);
    }
  }
}

function tellAll(waiting: Set<() => void>): void {
  const all = [...waiting];
  waiting.clear();
  for (const done of all) done();
}
