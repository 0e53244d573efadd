import type { BucketRule, EventRule, MarkChange, WindowRule } from '../traffic/store/index.js';

// What a store has to answer, found out the long way: fractions of any size, and every visit and event that ever came.

/** What one bucket has to answer. @internal */
export interface ExpectedBucket {
  readonly allowed: boolean;
  readonly remaining: number;
  readonly retryAfterUs: number;
  readonly resetAfterUs: number;
}

interface Subject {
  /** Tokens that are missing, as a fraction of `refillUs`, at a moment. */
  owed: bigint;
  owedAtUs: number;
  visits: number[];
  visitsStartUs: number;
  events: { readonly us: number; readonly tag: string }[];
  score: number;
  scoreUs: number;
  mark: { held: boolean; untilUs: number; keptUntilUs: number; times: number; text: string } | undefined;
}

const PARTS = 12;
const LEAST_SCORE = 2 ** -10;

/** Knows of each subject all that ever happened to it. @internal */
export class StoreOracle {
  readonly #subjects = new Map<string, Subject>();
  nowUs = 0;

  subject(name: string): Subject {
    let subject = this.#subjects.get(name);
    if (subject === undefined) {
      subject = {
        owed: 0n,
        owedAtUs: 0,
        visits: [],
        visitsStartUs: 0,
        events: [],
        score: 0,
        scoreUs: 0,
        mark: undefined,
      };
      this.#subjects.set(name, subject);
    }
    return subject;
  }

  /** What is remembered of a subject's marks. */
  mark(name: string): { held: boolean; leftUs: number; times: number; text: string } | undefined {
    const { mark } = this.subject(name);
    if (mark === undefined || mark.keptUntilUs <= this.nowUs) return undefined;
    return { held: mark.held, leftUs: Math.max(0, mark.untilUs - this.nowUs), times: mark.times, text: mark.text };
  }

  change({ subject, held, forUs, keepUs, text, clear }: MarkChange): void {
    const times = held ? (this.mark(subject)?.times ?? 0) + 1 : 0;
    const known = this.subject(subject);
    known.mark = { held, untilUs: this.nowUs + forUs, keptUntilUs: this.nowUs + keepUs, times, text };
    if (clear === true) this.clear(subject);
  }

  clear(name: string): void {
    Object.assign(this.subject(name), { owed: 0n, visits: [], events: [], score: 0 });
  }

  take(rules: readonly BucketRule[]): readonly ExpectedBucket[] {
    const asked = rules.map((rule) => {
      const owed = this.#owed(rule);
      const mark = this.mark(rule.subject);
      const held = mark?.held === true && mark.leftUs > 0;
      const after = owed + BigInt(rule.cost) * BigInt(rule.refillUs);
      const fits = rule.cost <= rule.capacity && after <= BigInt(rule.capacity) * BigInt(rule.refillUs);
      return { rule, owed, after, fits, heldUs: held ? mark.leftUs : 0 };
    });
    const passes = asked.every(({ rule, fits, heldUs }) => rule.advisory === true || (fits && heldUs === 0));
    return asked.map(({ rule, owed, after, fits, heldUs }) => {
      const taken = passes && fits && heldUs === 0;
      const most = BigInt(rule.capacity) * BigInt(rule.refillUs);
      const now = taken ? after : owed;
      if (taken) Object.assign(this.subject(rule.subject), { owed: after, owedAtUs: this.nowUs });
      const waitUs = rule.cost > rule.capacity ? Infinity : fits ? 0 : up(after - most, rule.refillTokens);
      return {
        allowed: fits && heldUs === 0,
        remaining: Number((most - now) / BigInt(rule.refillUs)),
        retryAfterUs: heldUs > 0 ? heldUs : waitUs,
        resetAfterUs: up(now, rule.refillTokens),
      };
    });
  }

  #owed(rule: BucketRule): bigint {
    const { owed, owedAtUs } = this.subject(rule.subject);
    const back = BigInt(this.nowUs - owedAtUs) * BigInt(rule.refillTokens);
    return owed > back ? owed - back : 0n;
  }

  count({ subject, windowUs, limit }: WindowRule): { allowed: boolean; count: number } & Record<string, unknown> {
    const known = this.subject(subject);
    const part = (us: number): bigint => (BigInt(us - known.visitsStartUs) * BigInt(PARTS)) / BigInt(windowUs);
    const counts = (us: number): boolean => part(this.nowUs) - part(us) < BigInt(PARTS);
    known.visits = known.visits.filter(counts);
    if (known.visits.length === 0) known.visitsStartUs = this.nowUs;
    const mark = this.mark(subject);
    const heldUs = mark?.held === true ? mark.leftUs : 0;
    const allowed = heldUs === 0 && known.visits.length < limit;
    if (allowed) known.visits.push(this.nowUs);
    const leavesUs = (us: number): number =>
      known.visitsStartUs + up((part(us) + BigInt(PARTS)) * BigInt(windowUs), PARTS) - this.nowUs;
    const leaving = known.visits.map(leavesUs);
    const over = leaving[leaving.length - limit];
    return {
      allowed,
      count: leaving.length,
      retryAfterUs: allowed ? 0 : heldUs > 0 ? heldUs : (over ?? 0),
      resetAfterUs: leaving.at(-1) ?? 0,
    };
  }

  record({ subject, windowUs, limit, weight, tag, halfLifeUs }: EventRule): {
    count: number;
    tags: Record<string, number>;
    score: number;
  } {
    const known = this.subject(subject);
    const decayed = known.score * 2 ** ((known.scoreUs - this.nowUs) / halfLifeUs);
    const score = (decayed < LEAST_SCORE ? 0 : decayed) + weight;
    if (weight > 0) [known.score, known.scoreUs] = [score, this.nowUs];
    for (let i = 0; i < weight; i++) known.events.push({ us: this.nowUs, tag });
    const within = known.events.filter(({ us }) => this.nowUs - us <= windowUs).slice(-limit);
    const tags: Record<string, number> = {};
    for (const event of within) tags[event.tag] = (tags[event.tag] ?? 0) + 1;
    return { count: within.length, tags, score };
  }
}

function up(numerator: bigint, denominator: number): number {
  const d = BigInt(denominator);
  return Number((numerator + d - 1n) / d);
}
