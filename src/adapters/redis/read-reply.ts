import type {
  BucketAnswer,
  ChangedMark,
  EventAnswer,
  MarkAnswer,
  MarkChanges,
  StoreMark,
  WindowAnswer,
} from '../../traffic/store/index.js';

/** What an operation answered. Clients give numbers as numbers or as text. @internal */
export type Reply = readonly unknown[];

/** Reads a reply from front to back. */
class Reader {
  readonly #reply: Reply;
  #at = 0;

  constructor(reply: Reply) {
    this.#reply = reply;
  }

  get more(): boolean {
    return this.#at < this.#reply.length;
  }

  number(): number {
    return Number(this.#reply[this.#at++]);
  }

  yes(): boolean {
    return this.number() === 1;
  }

  text(): string {
    return String(this.#reply[this.#at++]);
  }

  /** Microseconds, or never. */
  wait(): number {
    const us = this.number();
    return us < 0 ? Infinity : us;
  }

  mark(): StoreMark {
    const [held, leftUs, times] = [this.yes(), this.number(), this.number()];
    return { held, leftUs, times, version: this.number(), text: this.text() };
  }

  withMark(): { readonly mark?: StoreMark } {
    return this.yes() ? { mark: this.mark() } : {};
  }
}

/** @param rules - for how many it is. @internal */
export function bucketsOf(reply: Reply, rules: number): readonly BucketAnswer[] {
  const read = new Reader(reply);
  const answers: BucketAnswer[] = [];
  for (let i = 0; i < rules; i++) {
    const remaining = read.number();
    const retryAfterUs = read.wait();
    answers.push({ allowed: retryAfterUs === 0, remaining, retryAfterUs, resetAfterUs: read.number() });
  }
  return read.more ? answers.map((answer) => ({ ...answer, ...read.withMark() })) : answers;
}

/** @internal */
export function windowOf(reply: Reply): WindowAnswer {
  const read = new Reader(reply);
  const [allowed, count, retryAfterUs] = [read.yes(), read.number(), read.number()];
  return { allowed, count, retryAfterUs, resetAfterUs: read.number(), ...read.withMark() };
}

/** @internal */
export function eventsOf(reply: Reply): EventAnswer {
  const read = new Reader(reply);
  const [count, score, mark] = [read.number(), read.number(), read.withMark()];
  const tags: [string, number][] = [];
  while (read.more) tags.push([read.text(), read.number()]);
  return { count, score, tags: Object.fromEntries(tags), ...mark };
}

/** @internal */
export function markAnswerOf(reply: Reply): MarkAnswer {
  const read = new Reader(reply);
  return { applied: read.yes(), wasHeld: read.yes(), ...read.withMark() };
}

/** @internal */
export function changesOf(reply: Reply, since: number): MarkChanges {
  const read = new Reader(reply);
  const [more, last] = [read.yes(), read.number()];
  const marks: ChangedMark[] = [];
  while (read.more) marks.push({ subject: read.text(), ...read.mark() });
  return { marks, version: more ? (marks.at(-1)?.version ?? since) : last, more };
}
