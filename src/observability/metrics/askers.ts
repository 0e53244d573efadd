import type { Clock } from '../../core/clock.js';
import { redactName } from '../../core/redaction.js';
import { isThenable, settled } from '../../core/thenable.js';
import { CollectTimeoutError } from './errors.js';

interface Answer<T> {
  readonly value: T;
}

/** Something that is asked before a scrape, and may take its time. */
interface Asked<T> {
  readonly ask: () => T | PromiseLike<T>;
  /** What it is called where one is told that it is late. */
  readonly shown: string;
  /** It is being called right now. */
  calling: boolean;
  /** What is not answered yet. */
  running: Promise<Answer<T> | undefined> | undefined;
  /** A scrape has given up on the question that is running. */
  late: boolean;
}

/**
 * Asks several at once and waits for all of them, but not for long. One that throws, or never answers, does not keep the
 * others; nobody is asked again who has not answered yet, and who has been given up on is not waited for again.
 * @internal
 */
export class Askers<T> {
  readonly #what: string;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #failed: (error: unknown) => void;
  readonly #all = new Set<Asked<T>>();
  #added = 0;

  constructor(what: string, clock: Clock, timeoutMs: number, failed: (error: unknown) => void) {
    this.#what = what;
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#failed = failed;
  }

  /** The returned function takes it back. */
  add(ask: () => T | PromiseLike<T>): () => void {
    const name = typeof ask.name === 'string' && ask.name !== '' ? ` '${redactName(ask.name)}'` : '';
    const shown = `${this.#what} ${String(++this.#added)}${name}`;
    const asked: Asked<T> = { ask, shown, calling: false, running: undefined, late: false };
    this.#all.add(asked);
    return () => {
      this.#all.delete(asked);
    };
  }

  clear(): void {
    this.#all.clear();
  }

  /** Asks all; the answers are those that were given at once. */
  now(): T[] {
    const answers: T[] = [];
    for (const asked of [...this.#all]) {
      const answer = this.#start(asked);
      if (answer !== undefined && asked.running === undefined) answers.push((answer as Answer<T>).value);
    }
    return answers;
  }

  /** Asks all, and waits for those that need time. */
  async soon(): Promise<T[]> {
    const answers: (Answer<T> | undefined)[] = [];
    const waited: Asked<T>[] = [];
    const waiting: Promise<void>[] = [];
    for (const [i, asked] of [...this.#all].entries()) {
      const answer = this.#start(asked);
      if (!(answer instanceof Promise)) answers[i] = answer;
      else if (asked.late) this.#tooLate(asked);
      else {
        waited.push(asked);
        waiting.push(answer.then((given) => void (answers[i] = given)));
      }
    }
    if (waiting.length > 0) await this.#within(waited, waiting);
    return answers.flatMap((answer) => (answer === undefined ? [] : [answer.value]));
  }

  /** What it says at once, or what it is about to say. */
  #start(asked: Asked<T>): Answer<T> | Promise<Answer<T> | undefined> | undefined {
    if (asked.running !== undefined) return asked.running;
    // A hook that asks for a snapshot is not asked by it.
    if (asked.calling) return undefined;
    asked.calling = true;
    try {
      const answer = asked.ask();
      if (!isThenable(answer)) return { value: answer };
      asked.late = false;
      return (asked.running = settled(
        Promise.resolve(answer),
        (value): Answer<T> | undefined => {
          asked.running = undefined;
          return { value };
        },
        (error: unknown) => {
          asked.running = undefined;
          this.#failed(error);
          return undefined;
        },
      ));
    } catch (error) {
      this.#failed(error);
      return undefined;
    } finally {
      asked.calling = false;
    }
  }

  async #within(waited: readonly Asked<T>[], waiting: readonly Promise<void>[]): Promise<void> {
    const running = waited.map((asked) => asked.running);
    let cancel: (() => void) | undefined;
    const late = new Promise<void>((resolve) => {
      cancel = this.#clock.schedule(resolve, this.#timeoutMs, { hold: true });
    });
    await Promise.race([Promise.all(waiting), late]);
    cancel?.();
    for (const [i, asked] of waited.entries()) {
      if (asked.late || asked.running === undefined || asked.running !== running[i]) continue;
      asked.late = true;
      this.#tooLate(asked);
    }
  }

  #tooLate({ shown }: Asked<T>): void {
    this.#failed(new CollectTimeoutError(shown, this.#timeoutMs));
  }
}
