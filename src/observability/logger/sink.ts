import type { Clock } from '../../core/clock.js';
import { redactText } from '../../core/redaction.js';
import { BreakwaterWarning, type Reporter } from '../../core/reporter.js';
import { isThenable, settled } from '../../core/thenable.js';
import { Arrivals } from './arrivals.js';
import { LEVEL_NUMBERS, LEVEL_RANKS, LEVEL_TEXTS, type LineLevel } from './levels.js';
import { messageOf } from './special-values.js';
import type { DestinationExtras, LogDestination } from './destination.js';

/** What a stream may hold back of lines that its reader does not take, in bytes or characters. */
const MOST_HELD_BACK = 16 * 1_048_576;

const CLOSED = 'the destination is closed';
const FAILED = 'the destination failed';

/** Hears when lines begin to be lost, and when they arrive again. @internal */
export type SinkChange = (state: 'losing' | 'writing') => void;

/** A stream that calls back. */
interface CallingBack {
  write(line: string, done: (error?: unknown) => void): unknown;
}

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
  /** Whether it calls back for each line, as Node's streams do. */
  readonly #callsBack: boolean;
  /** Whether it can say that it takes no more. */
  readonly #mayClose: boolean;
  readonly #drains: boolean;
  #undrained = false;
  readonly #draining = new Set<() => void>();
  #isWriting = false;
  /** Whether the line that is being written is; pino's destinations tell of some errors twice. */
  #isLost = false;
  #isLosing = false;
  #isBroken = false;
  /** Lines that arrive later count when they have. */
  readonly #arrivals = new Arrivals((error) => {
    if (error === undefined || error === null) this.#arrived();
    else {
      this.#dropped++;
      this.#failed(error);
    }
  });
  #dropped = 0;
  #written = 0;

  constructor(destination: LogDestination, reporter: Reporter, changed: SinkChange) {
    this.#destination = destination;
    const marks = destination as unknown as Readonly<Record<symbol, unknown>>;
    this.#wantsMetadata = marks[Symbol.for('pino.metadata')] === true;
    // A transport with several targets leaves out what has no number.
    this.#levels = marks[Symbol.for('pino.transport.usesMultistream')] === true ? LEVEL_NUMBERS : LEVEL_TEXTS;
    this.#callsBack =
      typeof this.#destination.writableLength === 'number' && typeof this.#destination._write === 'function';
    this.#mayClose = ['destroyed', 'writableEnded', 'writableLength'].some((name) => name in destination);
    this.#reporter = reporter;
    this.#changed = changed;
    this.#listen('error', (error) => {
      // Nobody reads any more; pino's destinations ignore what is written from here on.
      if ((error as { readonly code?: unknown } | null)?.code === 'EPIPE') this.#isBroken = true;
      // Later it tells of no line in particular.
      if (this.#isWriting && !this.#callsBack) this.#loseThis();
      this.#failed(error);
    });
    // pino's asynchronous destinations call back before the last line is written, and tell of it in this way.
    this.#drains = this.#destination.sync === false && typeof this.#destination.on === 'function';
    if (this.#drains)
      this.#listen('drain', () => {
        this.#undrained = false;
        tellAll(this.#draining);
      });
    // What a stream was writing when it was destroyed, it may never call back for.
    if (this.#callsBack)
      this.#listen('close', () => {
        this.#arrivals.loseAll(new Error(CLOSED));
      });
    this.#listen('drop', () => {
      if (this.#isWriting) this.#loseThis();
      else this.#dropped++;
      this.#turn(true);
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
    if (this.#isWriting) {
      this.#dropped++;
      this.#reporter.warn('BREAKWATER_W_LOG_RECURSION', 'a destination logs what it writes; such lines are left out');
      return;
    }
    const closed = this.#closed();
    if (closed !== undefined) {
      this.#dropped++;
      if (!this.#isLosing) this.#failed(new Error(closed));
      return;
    }
    this.#isWriting = true;
    this.#isLost = false;
    if (this.#drains) this.#undrained = true;
    try {
      if (this.#wantsMetadata) Object.assign(this.#destination, { lastLevel: LEVEL_RANKS[level], lastObj: {} });
      if (this.#hand(this.#levels[level] + rest)) return;
    } catch (error) {
      this.#loseThis();
      this.#failed(error);
    } finally {
      this.#isWriting = false;
    }
    if (!this.#wasLost()) this.#arrived();
  }

  /** Whether the line arrives later, if at all. */
  #hand(line: string): boolean {
    if (this.#callsBack) {
      const end = this.#arrivals.begin();
      try {
        (this.#destination as CallingBack).write(line, end);
      } catch (error) {
        end(error ?? new Error(FAILED));
      }
      return true;
    }
    const taken = this.#destination.write(line);
    if (!isThenable(taken)) return false;
    const end = this.#arrivals.begin();
    void settled(
      Promise.resolve(taken),
      () => {
        end();
      },
      (error) => {
        end(error ?? new Error(FAILED));
      },
    );
    return true;
  }

  #arrived(): void {
    this.#written++;
    this.#turn(false);
  }

  /**
   * Resolves when what was written so far has been handed over, or cannot be; with `false` in the second case, and when
   * `timeoutMs` are over.
   */
  flush(clock: Clock, timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      let forget = (): unknown => undefined;
      const cancel = clock.schedule(
        () => {
          forget();
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
        if (!this.#undrained || (error !== undefined && error !== null)) {
          done(error);
          return;
        }
        this.#draining.add(done);
        forget = () => this.#draining.delete(done);
      };
      forget = this.#arrivals.wait((allArrived) => {
        if (!allArrived) {
          done(new Error('lines are lost'));
          return;
        }
        try {
          this.#ask(drained);
        } catch (error) {
          done(error);
        }
      });
    });
  }

  #ask(done: (error?: unknown) => void): void {
    const destination = this.#destination;
    if (this.#isBroken || (!this.#callsBack && destination.destroyed === true)) done(new Error(CLOSED));
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
    } else done();
  }

  /** Why no line is taken, if so. */
  #closed(): string | undefined {
    if (this.#isBroken) return 'nobody reads the destination any more';
    if (!this.#mayClose) return undefined;
    const { destroyed, writableEnded, writableLength = 0 } = this.#destination;
    if (destroyed === true || writableEnded === true) return CLOSED;
    return writableLength > MOST_HELD_BACK ? 'the destination is too slow' : undefined;
  }

  #wasLost(): boolean {
    return this.#isLost;
  }

  #loseThis(): void {
    if (!this.#isLost) this.#dropped++;
    this.#isLost = true;
  }

  #failed(error: unknown): void {
    this.#turn(true);
    this.#reporter.listenerError(
      new BreakwaterWarning(
        'BREAKWATER_W_LOG_DESTINATION',
        `lines are lost: ${redactText(messageOf(error) ?? FAILED, 200)}`,
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
