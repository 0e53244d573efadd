import type { Clock } from '../../core/clock.js';
import { steady } from '../../core/steady.js';
import { type LimitStore, memoryStoreOf, MOST_RULES } from '../../traffic/store/index.js';
import type { PrimaryChannel } from './host.js';
import {
  LATE,
  type Letter,
  MOST_TOGETHER,
  OURS,
  perform,
  type Question,
  REFUSED,
  type Reply,
  weightOf,
} from './wire.js';

/** A store of the primary. @internal */
export interface ServedStore {
  readonly store: LimitStore;
  readonly maxKeys: number;
  readonly clock: Clock;
  /** In ms, never going back. */
  readonly now: () => number;
  /** How often it has been made and not closed. */
  users: number;
}

/** The letter that a message is, if it is one: anything may come from a worker. */
function letterOf(message: unknown): Letter | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { breakwater, from, id, store, ask } = message as Partial<Record<keyof Letter, unknown>>;
  const isOne = typeof from === 'string' && Number.isSafeInteger(id) && typeof store === 'string' && Array.isArray(ask);
  return breakwater === OURS && isOne && isModest(ask) ? (message as Letter) : undefined;
}

/** Whether it asks for no more than one letter may: a primary that is busy answers nobody else. */
function isModest(ask: readonly unknown[]): boolean {
  if (ask.length > MOST_TOGETHER) return false;
  const weights = ask.map((one) => (Array.isArray(one) ? weightOf(one[1], one[2]) : 0));
  return weights.reduce((sum, one) => sum + one, 0) <= MOST_TOGETHER + MOST_RULES;
}

/**
 * The stores of a primary by name, and the one listener that answers its workers while there are any. Nothing that a worker
 * sends throws here, and what is no letter is left to whomever it is for.
 * @internal
 */
export class ServedStores {
  readonly #stores = new Map<string, ServedStore>();
  /** Goes on when a store is made anew: versions of what its workers know must not come again. */
  readonly #times = new WeakMap<Clock, () => number>();
  #stop: (() => void) | undefined;

  get(name: string): ServedStore | undefined {
    return this.#stores.get(name);
  }

  /** Opens a store, once more if there is one of that name. */
  open(channel: PrimaryChannel, name: string, maxKeys: number, clock: Clock): ServedStore {
    let served = this.#stores.get(name);
    if (served === undefined) {
      const now = this.#timeOf(clock);
      served = { store: memoryStoreOf(maxKeys, now), maxKeys, clock, now, users: 0 };
      this.#stores.set(name, served);
      this.#stop ??= channel.listen((message, answer) => void this.#hear(message, answer));
    }
    served.users++;
    return served;
  }

  /** Closes it again; what it knows is forgotten when nobody uses it any more. */
  close(name: string): void {
    const served = this.#stores.get(name);
    if (served === undefined || --served.users > 0) return;
    this.#stores.delete(name);
    if (this.#stores.size > 0) return;
    this.#stop?.();
    this.#stop = undefined;
  }

  #timeOf(clock: Clock): () => number {
    const time = this.#times.get(clock) ?? steady(clock);
    this.#times.set(clock, time);
    return time;
  }

  async #hear(message: unknown, answer: (reply: object) => void): Promise<void> {
    const letter = letterOf(message);
    if (letter === undefined) return;
    const { from, id, store, ask } = letter;
    const served = this.#stores.get(store);
    const atUs = Math.round((served?.now() ?? 0) * 1_000);
    const say = served === undefined ? null : await Promise.all(ask.map((one) => answerTo(served, one, atUs)));
    const reply: Reply = { breakwater: OURS, to: from, id, atUs, say };
    try {
      answer(reply);
    } catch {
      // The worker is gone; nobody waits for it any more.
    }
  }
}

/** Never rejects, and asks the store before it returns: what came first is first. */
async function answerTo({ store }: ServedStore, question: Question, nowUs: number): Promise<unknown> {
  try {
    const [untilUs, what, args] = question;
    return untilUs >= nowUs ? await perform(store, what, args) : LATE;
  } catch {
    return REFUSED;
  }
}
