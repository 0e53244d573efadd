import type {
  BucketAnswer,
  BucketRule,
  ChangedMark,
  EventAnswer,
  EventRule,
  MarkChange,
  StoreKey,
  StoreMark,
  WindowAnswer,
  WindowRule,
} from '../traffic/store/index.js';

// What a store has to answer, found out the long way: fractions of any size, and every visit and event that ever came.

interface Subject {
  readonly key: StoreKey;
  /** Tokens that are missing, as a fraction of `refillUs`, at a moment. */
  owed: bigint;
  owedAtUs: number;
  visits: number[];
  visitsStartUs: number;
  visitsWindowUs: number;
  events: { readonly us: number; readonly tag: string; readonly weight: number }[];
  score: number;
  scoreUs: number;
  mark:
    { held: boolean; untilUs: number; keptUntilUs: number; times: number; version: number; text: string } | undefined;
}

const PARTS = 12;
const LEAST_SCORE = 2 ** -10;

/** Knows of each subject all that ever happened to it. @internal */
export class StoreOracle {
  readonly #subjects = new Map<string, Subject>();
  nowUs = 0;

  #subject({ group, subject: name }: StoreKey): Subject {
    let subject = this.#subjects.get(`${group} ${name}`);
    if (subject === undefined) {
      subject = {
        key: { group, subject: name },
        owed: 0n,
        owedAtUs: 0,
        visits: [],
        visitsStartUs: 0,
        visitsWindowUs: 0,
        events: [],
        score: 0,
        scoreUs: 0,
        mark: undefined,
      };
      this.#subjects.set(`${group} ${name}`, subject);
    }
    return subject;
  }

  /** What is remembered of a subject's marks. */
  mark(key: StoreKey): StoreMark | undefined {
    const { mark } = this.#subject(key);
    if (mark === undefined || mark.keptUntilUs <= this.nowUs) return undefined;
    const { held, untilUs, times, version, text } = mark;
    return { held, leftUs: Math.max(0, untilUs - this.nowUs), times, version, text };
  }

  #heldUs(key: StoreKey): number {
    const mark = this.mark(key);
    return mark?.held === true ? mark.leftUs : 0;
  }

  isHeld(key: StoreKey): boolean {
    return this.#heldUs(key) > 0;
  }

  /** @param version - which it got is the store's own affair. */
  change(change: MarkChange, version: number): void {
    const { held, forUs, keepUs, text, clear, counts = true } = change;
    const before = this.mark(change);
    const times = held ? (before?.times ?? 0) + (counts ? 1 : 0) : 0;
    const kept = held && !counts && before !== undefined ? (this.#subject(change).mark?.keptUntilUs ?? 0) : 0;
    const [untilUs, keptUntilUs] = [this.nowUs + forUs, Math.max(this.nowUs + keepUs, kept)];
    this.#subject(change).mark = { held, untilUs, keptUntilUs, times, version, text };
    if (clear === true) this.clear(change);
  }

  /** All marks of a group that are newer, the oldest change first. */
  changes(group: string, version: number): readonly ChangedMark[] {
    const all = [...this.#subjects.values()].map(({ key }) => ({ key, mark: this.mark(key) }));
    return all
      .flatMap(({ key, mark }) =>
        key.group === group && mark !== undefined ? [{ subject: key.subject, ...mark }] : [],
      )
      .filter((mark) => mark.version > version)
      .sort((a, b) => a.version - b.version);
  }

  clear(key: StoreKey): void {
    Object.assign(this.#subject(key), { owed: 0n, visits: [], events: [], score: 0 });
  }

  take(rules: readonly BucketRule[]): readonly BucketAnswer[] {
    const asked = rules.map((rule) => {
      const owed = this.#owed(rule);
      const debt = owed + BigInt(rule.cost) * BigInt(rule.refillUs);
      const after = debt > 0n ? debt : 0n;
      const fits = rule.cost <= rule.capacity && after <= BigInt(rule.capacity) * BigInt(rule.refillUs);
      return { rule, owed, after, fits, heldUs: this.#heldUs(rule) };
    });
    const passes = asked.every(({ rule, fits, heldUs }) => rule.advisory === true || (fits && heldUs === 0));
    return asked.map(({ rule, owed, after, fits, heldUs }) => {
      const taken = passes && fits && heldUs === 0;
      const most = BigInt(rule.capacity) * BigInt(rule.refillUs);
      const now = taken ? after : owed;
      if (taken) Object.assign(this.#subject(rule), { owed: after, owedAtUs: this.nowUs });
      const waitUs = rule.cost > rule.capacity ? Infinity : fits ? 0 : up(after - most, rule.refillTokens);
      return {
        allowed: fits && heldUs === 0,
        remaining: Number((most - now) / BigInt(rule.refillUs)),
        retryAfterUs: Math.max(heldUs, waitUs),
        resetAfterUs: up(now, rule.refillTokens),
        mark: this.mark(rule),
      };
    });
  }

  #owed(rule: BucketRule): bigint {
    const { owed, owedAtUs } = this.#subject(rule);
    const back = BigInt(this.nowUs - owedAtUs) * BigInt(rule.refillTokens);
    return owed > back ? owed - back : 0n;
  }

  count(rule: WindowRule): WindowAnswer {
    const { windowUs, limit } = rule;
    const known = this.#subject(rule);
    const part = (us: number): bigint => (BigInt(us - startUs) * BigInt(PARTS)) / BigInt(windowUs);
    let startUs = known.visitsStartUs;
    let visits = known.visitsWindowUs === windowUs ? known.visits : [];
    visits = visits.filter((us) => part(this.nowUs) - part(us) < BigInt(PARTS));
    if (visits.length === 0) startUs = this.nowUs;
    const heldUs = this.#heldUs(rule);
    const allowed = heldUs === 0 && visits.length < limit;
    if (allowed) {
      visits.push(this.nowUs);
      Object.assign(known, { visits, visitsStartUs: startUs, visitsWindowUs: windowUs });
    }
    const leaving = visits.map((us) => startUs + up((part(us) + BigInt(PARTS)) * BigInt(windowUs), PARTS) - this.nowUs);
    return {
      allowed,
      count: leaving.length,
      retryAfterUs: allowed ? 0 : Math.max(heldUs, leaving[leaving.length - limit] ?? 0),
      resetAfterUs: leaving.at(-1) ?? 0,
      mark: this.mark(rule),
    };
  }

  record(rule: EventRule): EventAnswer {
    const { windowUs, limit, weight, tag, halfLifeUs } = rule;
    const known = this.#subject(rule);
    const decayed = known.score * 2 ** ((known.scoreUs - this.nowUs) / halfLifeUs);
    const score = (decayed < LEAST_SCORE ? 0 : decayed) + weight;
    const events: Subject['events'] = [];
    let count = 0;
    for (const event of [...known.events, { us: this.nowUs, tag, weight }].reverse()) {
      const counted = this.nowUs - event.us > windowUs ? 0 : Math.min(event.weight, limit - count);
      if (counted > 0) events.unshift({ ...event, weight: counted });
      count += counted;
    }
    if (weight > 0) Object.assign(known, { score, scoreUs: this.nowUs, events });
    const tags = new Map<string, number>();
    for (const event of events) tags.set(event.tag, (tags.get(event.tag) ?? 0) + event.weight);
    return { count, tags: Object.fromEntries(tags), score, mark: this.mark(rule) };
  }
}

function up(numerator: bigint, denominator: number): number {
  const d = BigInt(denominator);
  return Number((numerator + d - 1n) / d);
}
