import type { Clock } from '../../core/clock.js';
import { DeadlineList, type DeadlineNode } from '../../internal/deadline-list.js';
import { HexIds } from '../../internal/hex-ids.js';
import { RemoteClock } from '../../internal/remote-clock.js';
import { checkCall, type StoreCall, StoreUnavailableError } from '../../traffic/store/index.js';
import type { WorkerChannel } from './host.js';
import { LATE, type Letter, MOST_TOGETHER, OURS, type Reply, weightOf, type What } from './wire.js';

/** How often a question is sent in all, when the primary says that it came too late and was not looked at. */
const MOST_TRIES = 3;
/** How many letters are under way before what comes next waits for company. */
const MOST_LETTERS = 2;
/** How many letters the channel may not have taken in yet; with more it is full, since the primary does not read. */
const MOST_UNSENT = 4;
/** How many questions are open at most. */
const MOST_OPEN = 50_000;

/** A question until it is over: answered, or nobody waits for it any more. */
interface Asked extends DeadlineNode<Asked> {
  readonly what: What;
  readonly args: readonly unknown[];
  readonly untilMs: number;
  /** Resolves with what was answered; throws when it is no answer. */
  readonly resolve: (said: unknown) => void;
  readonly reject: (error: unknown) => void;
  tries: number;
  over: boolean;
}

interface Sent {
  readonly id: number;
  readonly asked: readonly Asked[];
  readonly sentMs: number;
  /** Until when one of its questions matters. */
  readonly untilMs: number;
}

/** What {@link Questions} need. @internal */
export interface QuestionSettings {
  readonly channel: WorkerChannel;
  /** The name of the store in the primary. */
  readonly store: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Told when a question is over by time, and the primary has never said anything. */
  readonly onSilence: () => void;
}

/**
 * Asks the primary, what is asked at the same time in one message. Each question has a time limit, by the primary's clock as well:
 * what reaches it later, after a pause perhaps, changes nothing.
 * @internal
 */
export class Questions {
  readonly #settings: QuestionSettings;
  /** Which of the stores of all workers this is. */
  readonly #me = new HexIds().draw(8);
  readonly #primary = new RemoteClock();
  readonly #open: DeadlineList<Asked>;
  readonly #sent = new Map<number, Sent>();
  /** The letters for which what waits has to wait. */
  #underWay: readonly Sent[] = [];
  readonly #waiting: Asked[] = [];
  #count = 0;
  #letters = 0;
  #unsent = 0;
  #planned = false;
  #heard = false;
  #closed = false;
  #deafen: (() => void) | undefined;

  constructor(settings: QuestionSettings) {
    this.#settings = settings;
    const { clock, timeoutMs } = settings;
    const schedule: Clock['schedule'] = (fn, delayMs, options) => clock.schedule(fn, delayMs, options);
    this.#open = new DeadlineList<Asked>(clock, schedule, timeoutMs, (one) => {
      this.#expired(one);
    });
  }

  /**
   * @param args - checks what is asked with, and answers as it is sent.
   * @param read - reads what is answered, and throws at what is no answer.
   * @throws whatever `args` throws, or {@link StoreUnavailableError}, by rejecting.
   */
  ask<T>(
    what: What,
    args: () => readonly unknown[],
    call: StoreCall | undefined,
    read: (said: unknown) => T,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const { channel, timeoutMs } = this.#settings;
      const asked = args();
      checkCall(call);
      if (this.#closed) throw unavailable('it is closed');
      if (!channel.isOpen()) throw unavailable(GONE);
      if (this.#count >= MOST_OPEN) throw unavailable(`${String(MOST_OPEN)} questions are open already`);
      this.#deafen ??= channel.listen(
        (message) => {
          this.#hear(message);
        },
        () => {
          this.#failAll(GONE);
        },
      );
      const one: Asked = {
        what,
        args: asked,
        untilMs: this.#open.now() + Math.min(call?.withinMs ?? timeoutMs, timeoutMs),
        resolve: (said) => {
          resolve(read(said));
        },
        reject,
        tries: 0,
        over: false,
        dueMs: undefined,
        earlier: undefined,
        later: undefined,
      };
      this.#open.add(one, timeoutMs);
      this.#count++;
      this.#waiting.push(one);
      if (this.#planned) return;
      this.#planned = true;
      queueMicrotask(() => {
        this.#planned = false;
        this.#sendWaiting();
      });
    });
  }

  /** Ends what is open; nothing can be asked any more. */
  close(): void {
    this.#closed = true;
    this.#deafen?.();
    this.#failAll('it is closed');
  }

  /** Sends what waits, as long as there are not enough letters under way that somebody waits for. */
  #sendWaiting(): void {
    const nowMs = this.#open.now();
    this.#underWay = this.#underWay.filter(({ id, untilMs }) => untilMs > nowMs && this.#sent.has(id));
    while (this.#waiting.length > 0 && this.#underWay.length < MOST_LETTERS) {
      const asked = this.#next(nowMs);
      if (asked.length === 0) return;
      if (this.#unsent < MOST_UNSENT) this.#send(asked, nowMs);
      else for (const one of asked) this.#reject(one, 'the primary takes no message in');
    }
  }

  /** Takes a letter's questions off those that wait; what has waited too long is told so. */
  #next(nowMs: number): readonly Asked[] {
    const asked: Asked[] = [];
    let [taken, weight] = [0, 0];
    for (; taken < this.#waiting.length && weight < MOST_TOGETHER; taken++) {
      const one = this.#waiting[taken] as Asked;
      if (one.over) continue;
      if (one.untilMs <= nowMs) {
        this.#reject(one, 'no answer in time');
        continue;
      }
      asked.push(one);
      weight += weightOf(one.what, one.args);
    }
    this.#waiting.splice(0, taken);
    return asked;
  }

  #send(asked: readonly Asked[], sentMs: number): void {
    const { channel, store } = this.#settings;
    const id = this.#letters++;
    const ask = asked.map(({ untilMs, what, args }) => [this.#primary.at(untilMs * 1_000), what, args] as const);
    const letter: Letter = { breakwater: OURS, from: this.#me, id, store, ask };
    const sent: Sent = { id, asked, sentMs, untilMs: Math.max(...asked.map(({ untilMs }) => untilMs)) };
    this.#sent.set(id, sent);
    this.#underWay = [...this.#underWay, sent];
    this.#unsent++;
    try {
      channel.send(letter, (error) => {
        this.#unsent--;
        if (error !== null && error !== undefined) this.#fail(id, GONE);
      });
    } catch {
      this.#unsent--;
      this.#fail(id, GONE);
    }
  }

  /** Others use the channel as well, and so do other stores of this process. */
  #hear(message: unknown): void {
    if (typeof message !== 'object' || message === null) return;
    const { breakwater, to, id, atUs, say } = message as Partial<Reply>;
    if (breakwater !== OURS || to !== this.#me || id === undefined) return;
    this.#heard = true;
    const letter = this.#sent.get(id);
    if (letter === undefined) return;
    if (!Array.isArray(say) || say.length !== letter.asked.length || !Number.isSafeInteger(atUs)) {
      this.#fail(id, say === null ? `the primary has no store '${this.#settings.store}'` : ODD);
      return;
    }
    this.#sent.delete(id);
    const nowMs = this.#open.now();
    this.#primary.learn(atUs as number, letter.sentMs * 1_000, nowMs * 1_000);
    for (const [i, one] of letter.asked.entries()) this.#answer(one, say[i], nowMs);
    this.#sendWaiting();
  }

  #answer(one: Asked, said: unknown, nowMs: number): void {
    if (one.over) return;
    if (Array.isArray(said)) {
      try {
        one.resolve(said);
        this.#end(one);
      } catch {
        this.#reject(one, ODD);
      }
    } else if (said !== LATE) this.#reject(one, 'the primary refused it');
    else if (one.untilMs <= nowMs || ++one.tries === MOST_TRIES) this.#reject(one, 'it reached the primary too late');
    else this.#waiting.push(one);
  }

  #expired(one: Asked): void {
    const silent = this.#heard ? '' : '; createClusterStore() has to be called in the primary as well';
    if (!this.#heard) this.#settings.onSilence();
    this.#reject(one, `no answer within ${String(this.#settings.timeoutMs)} ms${silent}`);
    for (const [id, { asked }] of this.#sent) {
      if (!asked.every(({ over }) => over)) break;
      this.#sent.delete(id);
    }
    this.#sendWaiting();
  }

  #fail(id: number, reason: string): void {
    const letter = this.#sent.get(id);
    this.#sent.delete(id);
    for (const one of letter?.asked ?? []) this.#reject(one, reason);
    this.#sendWaiting();
  }

  #failAll(reason: string): void {
    const open = [...this.#sent.values()].flatMap(({ asked }) => asked);
    this.#sent.clear();
    for (const one of [...open, ...this.#waiting.splice(0)]) this.#reject(one, reason);
  }

  #reject(one: Asked, reason: string): void {
    if (one.over) return;
    this.#end(one);
    one.reject(unavailable(reason));
  }

  #end(one: Asked): void {
    one.over = true;
    this.#count--;
    this.#open.remove(one);
  }
}

const ODD = 'the primary said something else';
const GONE = 'the way to the primary is closed';

function unavailable(reason: string): StoreUnavailableError {
  return new StoreUnavailableError(`createClusterStore: ${reason}`);
}
