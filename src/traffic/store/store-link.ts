import type { Clock } from '../../core/clock.js';
import { redactText } from '../../core/redaction.js';
import { DeadlineList, type DeadlineNode } from '../../internal/deadline-list.js';
import { Availability } from './availability.js';
import { boundedStore } from './bounded-store.js';
import type { LimitStore } from './contract.js';
import type { StoreLost, StoreRestored } from './events.js';

/** A question to a store: what to call, and how to read the answer, which throws at what is none. @internal */
export interface Question<A, T extends object> {
  /** Which sort of question it is. */
  readonly sort: keyof LimitStore;
  readonly call: (store: LimitStore) => PromiseLike<A>;
  readonly read: (answer: A) => T;
}

/** What a link needs. @internal */
export interface LinkSettings {
  readonly name: string;
  readonly store: LimitStore;
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Asks for all that decisions will be made with, and matters to nobody, to find out whether the store is back. */
  readonly probe: (store: LimitStore) => Promise<unknown>;
  readonly onLost: (event: StoreLost) => void;
  readonly onRestored: (event: StoreRestored) => void;
}

interface Asked extends DeadlineNode<Asked> {
  readonly over: () => void;
  heardOut: boolean;
}

/** A timer that is later than this shows that the process itself was busy. */
const BUSY_MS = 5;
/** Time enough to hear what had come by then. */
const HEAR_MS = 5;

/**
 * The way to a store: every question is over within its time, none is asked twice, and a store that is lost is left
 * alone but for one probe now and then. An answer that comes too late is not heard. When it was this process that had no
 * time to listen, what has come meanwhile is heard first, and no store is lost by it.
 * @internal
 */
export class StoreLink {
  readonly #settings: LinkSettings;
  readonly #store: LimitStore;
  readonly #availability = new Availability();
  readonly #asked: DeadlineList<Asked>;

  constructor(settings: LinkSettings) {
    this.#settings = settings;
    const { clock, store, timeoutMs } = settings;
    this.#store = boundedStore(store, timeoutMs);
    const schedule: Clock['schedule'] = (fn, delayMs, options) => clock.schedule(fn, delayMs, options);
    this.#asked = new DeadlineList<Asked>(clock, schedule, timeoutMs, (node) => {
      if (!node.heardOut && this.#asked.lateMs(node) > BUSY_MS) {
        node.heardOut = true;
        this.#asked.later(node, HEAR_MS);
      } else node.over();
    });
  }

  /** Whether decisions are made without the store. */
  get lost(): boolean {
    return this.#availability.lost;
  }

  /** Asks the store; `undefined` when it did not answer, or is lost. Never rejects. */
  ask<A, T extends object>({ sort, call, read }: Question<A, T>): Promise<T | undefined> {
    if (this.lost) {
      this.#tryAgain();
      return Promise.resolve(undefined);
    }
    const { period } = this.#availability;
    return this.#answerOf(call, read, (problem, busy) => {
      if (problem === undefined) this.#availability.succeeded(sort, period);
      else if (!busy && this.#availability.failed(sort, period, this.#asked.now())) {
        this.#settings.onLost({ name: this.#settings.name, reason: problem });
      }
    });
  }

  #tryAgain(): void {
    if (!this.#availability.probe(this.#asked.now())) return;
    void this.#answerOf(
      this.#settings.probe,
      (answer) => ({ answer }),
      (problem) => {
        const lostForMs = this.#availability.probed(problem === undefined, this.#asked.now());
        if (lostForMs !== undefined) this.#settings.onRestored({ name: this.#settings.name, lostForMs });
      },
    );
  }

  /**
   * The answer, or `undefined`; never rejects.
   *
   * @param told - what was wrong, if anything, and whether this process was busy then.
   */
  #answerOf<A, T extends object>(
    call: (store: LimitStore) => PromiseLike<A>,
    read: (answer: A) => T,
    told: (problem: string | undefined, busy: boolean) => void,
  ): Promise<T | undefined> {
    return new Promise((resolve) => {
      const { timeoutMs } = this.#settings;
      let over = false;
      const end = (answer: T | undefined, problem: string | undefined, busy: boolean): void => {
        if (over) return;
        over = true;
        told(problem, busy);
        resolve(answer);
      };
      const node: Asked = {
        dueMs: undefined,
        earlier: undefined,
        later: undefined,
        heardOut: false,
        over: () => {
          end(undefined, `no answer within ${String(timeoutMs)} ms`, false);
        },
      };
      const failed = (error: unknown): void => {
        const busy = node.dueMs !== undefined && this.#asked.lateMs(node) > BUSY_MS;
        this.#asked.remove(node);
        end(undefined, reasonOf(error), busy);
      };
      try {
        this.#asked.add(node, timeoutMs);
        // Whatever it is that was answered is awaited, and read once.
        Promise.resolve(call(this.#store)).then((given) => {
          let answer;
          try {
            answer = read(given);
          } catch (error) {
            failed(error);
            return;
          }
          this.#asked.remove(node);
          end(answer, undefined, false);
        }, failed);
      } catch (error) {
        failed(error);
      }
    });
  }
}

function reasonOf(error: unknown): string {
  try {
    const message: unknown = error instanceof Error ? error.message : error;
    return redactText(typeof message === 'string' ? message : 'the store failed', 200);
  } catch {
    return 'the store failed';
  }
}
