import type {
  BucketAnswer,
  BucketRule,
  EventAnswer,
  EventRule,
  LimitStore,
  MarkChange,
  StoreMark,
  WindowAnswer,
  WindowRule,
} from '../traffic/store/index.js';
import type { StoreUnderTest } from './store-under-test.js';
import { seededRandom } from './seeded-random.js';
import { StoreOracle } from './store-oracle.js';

const STEPS = 30;

/** Draws whatever a trace needs. */
class Draw {
  readonly #random: { next(): number };

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  whole(min: number, max: number): number {
    return min + Math.floor(this.#random.next() * (max - min + 1));
  }

  of<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.whole(0, choices.length - 1)] ?? choices[0];
  }
}

/**
 * One random trace on subjects of its own: the store has to answer each step as the oracle does.
 *
 * @throws an error that says which step of which trace was answered how.
 * @internal
 */
export async function runTrace({ store, advance }: StoreUnderTest, trace: number, seed: number): Promise<void> {
  const draw = new Draw(seed);
  const oracle = new StoreOracle();
  const group = `trace${String(trace)}`;
  const rules = [bucketRule(draw, group, 'a'), bucketRule(draw, group, 'b'), bucketRule(draw, group, 'c')] as const;
  const window: WindowRule = { group, subject: 'w', windowUs: draw.whole(12, 5_000_000), limit: draw.whole(1, 6) };
  const event = { group, subject: 'e', windowUs: draw.whole(1, 3_000_000), limit: draw.whole(1, 6) };
  const halfLifeUs = draw.whole(1_000, 5_000_000);
  const versions = new Map<string, number>();
  let waitUs = 0;
  for (let step = 0; step < STEPS; step++) {
    const edgeUs = draw.of([waitUs, Math.max(0, waitUs - 1), event.windowUs, window.windowUs, halfLifeUs]);
    const us = draw.of([0, 0, draw.whole(0, 2_000_000), draw.whole(0, 2_000), edgeUs]);
    await advance(us / 1_000);
    oracle.nowUs += us;
    const what = draw.of(['take', 'take', 'take', 'count', 'count', 'record', 'mark', 'clear'] as const);
    const say = (got: unknown, expected: unknown): void => {
      same(`trace ${String(trace)} of seed ${String(seed)}, step ${String(step)}, ${what}`, got, expected);
    };
    if (what === 'take') {
      const asked = some(draw, rules).map((rule) => ({
        ...rule,
        cost: draw.of([0, 1, 1, 1, draw.whole(0, rule.capacity + 1)]),
        advisory: draw.whole(0, 4) === 0,
      }));
      const expected = oracle.take(asked);
      const answers = await store.take(asked);
      say(answers.map(bare), expected.map(plain));
      say(
        answers.map(markOf),
        asked.map(({ subject }) => plain(oracle.mark(subject))),
      );
      waitUs = finite(expected[0]?.retryAfterUs);
    } else if (what === 'count') {
      const expected = oracle.count(window);
      const answer = await store.count(window);
      say(bare(answer), plain(expected));
      waitUs = finite(expected['retryAfterUs']);
    } else if (what === 'record') {
      await recorded(store, oracle, say, { ...event, halfLifeUs, weight: draw.whole(0, 3), tag: draw.of(['x', 'y']) });
    } else if (what === 'mark') {
      const subject = draw.of(['a', 'b', 'w', 'e']);
      await marked(store, oracle, say, draw, { group, subject }, versions);
    } else {
      const subject = draw.of(['a', 'w', 'e']);
      await store.clear({ group, subject });
      oracle.clear(subject);
    }
  }
}

async function recorded(
  store: LimitStore,
  oracle: StoreOracle,
  say: (got: unknown, expected: unknown) => void,
  rule: EventRule,
): Promise<void> {
  const { score, ...expected } = oracle.record(rule);
  const { score: got, ...answer } = bare(await store.record(rule));
  say(answer, expected);
  // Powers are not rounded alike everywhere.
  if (!(Math.abs(Number(got) - score) <= score * 1e-9)) say({ score: got }, { score });
}

async function marked(
  store: LimitStore,
  oracle: StoreOracle,
  say: (got: unknown, expected: unknown) => void,
  draw: Draw,
  key: { readonly group: string; readonly subject: string },
  versions: Map<string, number>,
): Promise<void> {
  const { group, subject } = key;
  const forUs = draw.whole(0, 1_000_000);
  const known = oracle.mark(subject) === undefined ? 0 : (versions.get(subject) ?? 0);
  const after = draw.of([undefined, known, known + 1]);
  const change: MarkChange = {
    ...key,
    held: draw.whole(0, 2) > 0,
    forUs,
    keepUs: forUs + draw.whole(0, 1_000_000),
    text: draw.of(['', 'why', '{"a":"ü✓"}']),
    clear: draw.whole(0, 1) === 0,
    ...(after === undefined ? {} : { after }),
  };
  const applies = after === undefined || after === known;
  const before = oracle.mark(subject);
  const wasHeld = before?.held === true && before.leftUs > 0;
  if (applies) oracle.change(change);
  const { applied, mark, ...rest } = await store.mark(change);
  say({ applied, ...rest, mark: shown(mark) }, { applied: applies, wasHeld, mark: plain(oracle.mark(subject)) });
  if (!applied || mark === undefined) return;
  const latest = Math.max(0, ...versions.values());
  if (!(mark.version > latest)) say({ version: mark.version }, `more than ${String(latest)}`);
  versions.set(subject, mark.version);
  const { marks, version } = await store.changes(group, latest);
  const news = marks.map((one) => one.subject);
  say({ news, version }, { news: [subject], version: mark.version });
}

function bucketRule(draw: Draw, group: string, subject: string): Omit<BucketRule, 'cost'> {
  return {
    group,
    subject,
    capacity: draw.of([1, draw.whole(1, 10), draw.whole(1, 1_000)]),
    refillTokens: draw.of([1, draw.whole(1, 1_000)]),
    refillUs: draw.of([1, draw.whole(1, 1_000), draw.whole(1, 10_000_000)]),
  };
}

function some<T>(draw: Draw, all: readonly T[]): readonly T[] {
  const chosen = all.filter(() => draw.whole(0, 1) === 0);
  return chosen.length === 0 ? all.slice(0, 1) : chosen;
}

function finite(us: unknown): number {
  return typeof us === 'number' && Number.isFinite(us) ? us : 0;
}

function markOf({ mark }: BucketAnswer): unknown {
  return shown(mark);
}

/** A mark without its version, which is the store's own. */
function shown(mark: StoreMark | undefined): unknown {
  return mark === undefined ? undefined : plain({ ...mark, version: undefined });
}

function bare(answer: BucketAnswer | WindowAnswer | EventAnswer): Record<string, unknown> {
  return plain({ ...answer, mark: undefined }) as Record<string, unknown>;
}

function plain(value: object | undefined): object | undefined {
  return value === undefined
    ? undefined
    : Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined));
}

/** Compares what is plain data, whatever the order of its fields. @internal */
export function same(where: string, got: unknown, expected: unknown): void {
  const [a, b] = [text(got), text(expected)];
  if (a !== b) throw new Error(`${where}: the store answered ${a}, expected ${b}`);
}

function text(value: unknown): string {
  const sorted = (_: string, one: unknown): unknown => {
    if (one === Infinity) return 'Infinity';
    if (typeof one !== 'object' || one === null || Array.isArray(one)) return one;
    return Object.fromEntries(Object.entries(one).sort(([x], [y]) => (x < y ? -1 : 1)));
  };
  return value === undefined ? 'nothing' : JSON.stringify(value, sorted);
}
