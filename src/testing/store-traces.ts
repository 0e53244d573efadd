import type { EventAnswer, StoreKey } from '../traffic/store/index.js';
import type { StoreUnderTest } from './store-under-test.js';
import { LONGEST_US } from '../traffic/store/index.js';
import { same } from './store-compare.js';
import { Draw } from './store-draw.js';
import { StoreOracle } from './store-oracle.js';

const STEPS = 30;

/** The longest step: the suite's traces are to be over before the store's clock is so far that it counts in milliseconds. */
const LONGEST_STEP_US = 10_000_000;

const TAGS = ['x', 'y', 'z', '-', '__proto__', 'constructor', 'a-tag-of-16-char'] as const;

/**
 * One random trace on subjects of its own: the store has to answer each step as the oracle does.
 *
 * @throws an error that says which step of which trace was answered how.
 * @internal
 */
export async function runTrace(made: StoreUnderTest, trace: number, seed: number): Promise<void> {
  await new Trace(made, trace, seed).run();
}

class Trace {
  readonly #made: StoreUnderTest;
  readonly #draw: Draw;
  readonly #oracle = new StoreOracle();
  readonly #groups: readonly [string, string];
  readonly #buckets;
  readonly #latest = new Map<string, number>();
  readonly #where: string;
  #say: (got: unknown, expected: unknown) => void = () => undefined;
  /** What is likely to be an edge. */
  #waitUs = 0;
  #windowUs: number;
  #eventsUs: number;
  #halfLifeUs: number;
  #limits: readonly [number, number];

  constructor(made: StoreUnderTest, trace: number, seed: number) {
    const draw = new Draw(seed);
    this.#made = made;
    this.#draw = draw;
    this.#where = `trace ${String(trace)} of seed ${String(seed)}`;
    const [one, other] = [`trace${String(trace)}`, `trace${String(trace)}-other`];
    this.#groups = [one, other];
    this.#buckets = [
      draw.bucket({ group: one, subject: 'a' }),
      draw.bucket({ group: other, subject: 'a' }),
      draw.bucket({ group: other, subject: 'b' }),
    ] as const;
    this.#windowUs = draw.of([draw.whole(12, 5_000_000), draw.whole(12, 5_000_000), draw.long(12, LONGEST_US)]);
    this.#eventsUs = draw.of([draw.whole(1, 3_000_000), draw.whole(1, 3_000_000), draw.long(1, LONGEST_US)]);
    this.#halfLifeUs = draw.of([draw.whole(1_000, 5_000_000), draw.long(1, LONGEST_US / 64)]);
    this.#limits = [draw.limit(), draw.limit()];
  }

  async run(): Promise<void> {
    const draw = this.#draw;
    for (let step = 0; step < STEPS; step++) {
      const edges = [this.#waitUs, this.#waitUs - 1, this.#eventsUs, this.#windowUs, this.#halfLifeUs] as const;
      const edgeUs = Math.max(0, draw.of(edges));
      const us = draw.of([0, 0, draw.whole(0, 2_000_000), draw.whole(0, 2_000), edgeUs > LONGEST_STEP_US ? 0 : edgeUs]);
      await this.#made.advance(us / 1_000);
      this.#oracle.nowUs += us;
      const what = draw.of(['take', 'take', 'take', 'count', 'count', 'record', 'record', 'mark', 'tell', 'clear']);
      this.#say = (got, expected) => {
        same(`${this.#where}, step ${String(step)}, ${what}`, got, expected);
      };
      if (what === 'take') await this.#take();
      else if (what === 'count') await this.#count();
      else if (what === 'record') await this.#record();
      else if (what === 'mark') await this.#mark();
      else if (what === 'tell') await this.#tell(draw.of(this.#groups), draw.of([0, ...this.#latest.values()]));
      else await this.#clear(this.#key());
    }
  }

  #key(): StoreKey {
    return { group: this.#draw.of(this.#groups), subject: this.#draw.of(['a', 'b', 'w', 'e']) };
  }

  async #take(): Promise<void> {
    const draw = this.#draw;
    const rules = draw.some(this.#buckets).map((rule) => ({
      ...rule,
      cost: draw.of([0, 1, 1, 1, draw.whole(0, rule.capacity + 1), rule.capacity, -1, -draw.whole(1, rule.capacity)]),
      advisory: draw.oneIn(5),
    }));
    const asked = draw.oneIn(2) ? rules : rules.reverse();
    const expected = this.#oracle.take(asked);
    this.#say(await this.#made.store.take(asked), expected);
    this.#waitUs = expected[0]?.retryAfterUs ?? 0;
  }

  async #count(): Promise<void> {
    const draw = this.#draw;
    if (draw.oneIn(10)) this.#windowUs = draw.whole(12, 5_000_000);
    const key = { group: draw.of(this.#groups), subject: 'w' };
    const rule = { ...key, windowUs: this.#windowUs, limit: draw.of(this.#limits) };
    const expected = this.#oracle.count(rule);
    this.#say(await this.#made.store.count(rule), expected);
    this.#waitUs = expected.retryAfterUs;
  }

  async #record(): Promise<void> {
    const draw = this.#draw;
    // Only ever shorter: what the longer of two has kept is the store's own affair.
    if (draw.oneIn(5)) this.#eventsUs = draw.whole(1, this.#eventsUs);
    if (draw.oneIn(5)) this.#halfLifeUs = draw.whole(1, this.#halfLifeUs);
    const key = { group: draw.of(this.#groups), subject: 'e' };
    const times = { windowUs: this.#eventsUs, halfLifeUs: this.#halfLifeUs };
    const limit = draw.of(this.#limits);
    const weight = draw.of([draw.whole(0, 3), draw.whole(0, 3), draw.long(1, limit), draw.whole(0, limit)]);
    const rule = { ...key, ...times, limit, weight, tag: draw.of(TAGS) };
    const { score, ...expected } = this.#oracle.record(rule);
    const { score: got, ...answer }: EventAnswer = await this.#made.store.record(rule);
    this.#say(answer, expected);
    // Powers are not rounded alike everywhere.
    if (!(Math.abs(got - score) <= score * 1e-9)) this.#say({ score: got }, { score });
  }

  async #mark(): Promise<void> {
    const draw = this.#draw;
    const key = this.#key();
    const before = this.#oracle.mark(key)?.version ?? 0;
    const after = draw.of([undefined, undefined, before, before, 0, before + 1]);
    const change = { ...draw.change(key), ...(after === undefined ? {} : { after }) };
    const applied = after === undefined || after === before;
    const wasHeld = this.#oracle.isHeld(key);
    const answer = await this.#made.store.mark(change);
    if (applied) this.#oracle.change(change, answer.mark?.version ?? 0);
    this.#say(answer, { applied, wasHeld, mark: this.#oracle.mark(key) });
    if (!applied) return;
    const latest = this.#latest.get(key.group) ?? 0;
    // One that is forgotten at once is a change as well.
    const { version } = answer.mark ?? (await this.#made.store.changes(key.group, latest));
    if (!Number.isSafeInteger(version) || version <= latest) {
      this.#say({ version }, `an integer of more than ${String(latest)}`);
    }
    this.#latest.set(key.group, version);
    await this.#tell(key.group, latest);
  }

  async #tell(group: string, since: number): Promise<void> {
    const marks = this.#oracle.changes(group, since);
    const expected = { marks, version: this.#latest.get(group) ?? 0, more: false };
    this.#say(await this.#made.store.changes(group, since), expected);
  }

  async #clear(key: StoreKey): Promise<void> {
    await this.#made.store.clear(key);
    this.#oracle.clear(key);
  }
}
