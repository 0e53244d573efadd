import fc from 'fast-check';
import { type Clock } from 'breakwater/core';
import { SharedPerUserRateLimiter } from 'breakwater/rate-limiter';
import { createMemoryStore, type LimitStore, ManualClock, seededRandom } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { runs } from '../../runs.js';

const TIMEOUT_MS = 50;
/** For how long what a process has sent may still reach the store. */
const LATEST_MS = 1_000;

interface Limits {
  readonly capacity: number;
  /** What some processes have instead, as while a new version is rolled out, and change to and from. */
  readonly larger: number;
  readonly refillPerSecond: number;
  readonly leaseTokens: number;
  readonly leaseMs: number;
}

/** What was asked of the store for one call. */
interface Asked {
  readonly cost: number;
  doneAtMs: number;
}

interface Admitted {
  readonly atMs: number;
  readonly cost: number;
}

/** One process: it may stand still, and whatever it sends may be slow, late or lost, and so may the answers. */
class Process {
  readonly limiter: SharedPerUserRateLimiter;
  readonly openedAtMs: number;
  endedAtMs = Infinity;
  closed = false;
  /** What it did that must not be. */
  readonly wrong: string[] = [];
  readonly #time: ManualClock;
  readonly #chance: { next(): number };
  #frozen = false;
  #missed: (() => void)[] = [];
  #asking: Asked | undefined;
  /** Tokens that were asked for and charged beside decisions, and of those that were spent. */
  #charged = 0;
  #spent = 0;
  /** Tokens that were asked for and may still be heard of, … */
  #awaited = 0;
  /** … and that were sent back, in all and on their way. */
  #sentBack = 0;
  #onTheirWay = 0;
  readonly #leaseTokens: number;

  /** Whether it has the larger limits. */
  large: boolean;

  constructor(time: ManualClock, inner: LimitStore, chance: { next(): number }, limits: Limits, large: boolean) {
    this.large = large;
    this.#time = time;
    this.#chance = chance;
    this.openedAtMs = time.now();
    this.#leaseTokens = limits.leaseTokens;
    const clock: Clock = {
      now: () => time.now(),
      wallNow: () => time.wallNow(),
      schedule: (fn, delayMs) => time.schedule(() => this.#run(fn), delayMs),
    };
    const store: LimitStore = {
      take: (rules) => {
        // What a lost store is tried with is about nobody, and no lease.
        const cost = rules[0]?.subject === 'probe' ? 0 : (rules[0]?.cost ?? 0);
        return this.#send(cost, () => inner.take(rules));
      },
      count: (rule) => inner.count(rule),
      record: (rule) => inner.record(rule),
      mark: (change) => inner.mark(change),
      changes: (group, version) => inner.changes(group, version),
      clear: (key) => inner.clear(key),
    };
    const { larger, ...own } = limits;
    const { refillPerSecond } = own;
    this.limiter = new SharedPerUserRateLimiter({
      ...own,
      limitsFor: () => ({ refillPerSecond, capacity: this.large ? larger : limits.capacity }),
      store,
      clock,
      storeTimeoutMs: TIMEOUT_MS,
      onStoreError: 'reject',
    });
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  freeze(): void {
    this.#frozen = true;
  }

  thaw(): void {
    this.#frozen = false;
    for (const fn of this.#missed.splice(0)) fn();
  }

  /** Asks, and says when and for how much it was admitted. */
  async check(cost: number, sources: Set<string>): Promise<Admitted | undefined> {
    const asked = { cost, doneAtMs: NaN };
    this.#asking = asked;
    const decision = this.limiter.check('ann', { cost });
    this.#asking = undefined;
    const atMs = this.#time.now();
    const { allowed, source } = await decision;
    sources.add(source);
    if (source === 'lease') this.#spent += cost;
    this.#look();
    // What the store admits is admitted when it does; what a lease admits, when it is asked for.
    return allowed ? { atMs: source === 'store' ? asked.doneAtMs : atMs, cost } : undefined;
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.limiter.close();
    this.endedAtMs = this.#time.now() + LATEST_MS + TIMEOUT_MS;
  }

  /** Dies, as by a signal. */
  crash(): void {
    this.closed = true;
    this.#frozen = true;
    this.endedAtMs = this.#time.now() + LATEST_MS + TIMEOUT_MS;
  }

  #run(fn: () => void): void {
    if (this.#frozen) this.#missed.push(fn);
    else fn();
  }

  /** No token is spent twice, or spent and given back; and what it may yet spend, or the store get back, has its bound. */
  #look(): void {
    const used = this.#spent + this.#sentBack;
    if (used > this.#charged) this.wrong.push(`${String(used)} used of ${String(this.#charged)}`);
    const open = this.limiter.snapshot().leasedTokens + this.#awaited + this.#onTheirWay;
    if (open > this.#leaseTokens) this.wrong.push(`${String(open)} open of ${String(this.#leaseTokens)}`);
  }

  #send(cost: number, call: () => ReturnType<LimitStore['take']>): ReturnType<LimitStore['take']> {
    // What is asked for beside a decision is more than that costs.
    const asking = this.#asking?.cost === cost ? this.#asking : undefined;
    const [thereMs, backMs] = [this.#delay(), this.#delay()];
    if (asking === undefined) this.#sentBeside(cost, thereMs, backMs);
    return new Promise((resolve, reject) => {
      if (thereMs === Infinity) return;
      this.#time.schedule(() => {
        if (asking !== undefined) asking.doneAtMs = this.#time.now();
        const answer = call();
        if (asking === undefined) void answer.then(([one]) => this.#doneBeside(cost, one?.allowed === true));
        if (backMs !== Infinity) this.#time.schedule(() => this.#run(() => void answer.then(resolve, reject)), backMs);
      }, thereMs);
    });
  }

  #sentBeside(cost: number, thereMs: number, backMs: number): void {
    if (cost < 0) {
      this.#sentBack -= cost;
      if (thereMs !== Infinity) this.#onTheirWay -= cost;
    } else if (thereMs + backMs < TIMEOUT_MS) {
      this.#awaited += cost;
      this.#time.schedule(() => (this.#awaited -= cost), thereMs + backMs);
    }
    this.#look();
  }

  #doneBeside(cost: number, allowed: boolean): void {
    if (cost < 0) this.#onTheirWay += cost;
    else if (allowed) this.#charged += cost;
  }

  /** Mostly short; now and then so long that nobody waits any more, or for ever. */
  #delay(): number {
    const draw = this.#chance.next();
    if (draw < 0.03) return Infinity;
    if (draw < 0.08) return Math.floor(this.#chance.next() * LATEST_MS);
    return Math.floor(this.#chance.next() * 12);
  }
}

/** The window that admits most beyond what it may. */
function worst(admitted: readonly Admitted[], processes: readonly Process[], limits: Limits): number {
  const all = [...admitted].sort((a, b) => a.atMs - b.atMs);
  let most = -Infinity;
  for (const [i, { atMs: fromMs }] of all.entries()) {
    const living = processes.filter((one) => one.openedAtMs <= fromMs && fromMs <= one.endedAtMs).length;
    let sum = 0;
    for (const { atMs, cost } of all.slice(i)) {
      sum += cost;
      const may = limits.larger + (limits.refillPerSecond * (atMs - fromMs)) / 1_000 + living * limits.leaseTokens;
      most = Math.max(most, sum - may);
    }
  }
  return most;
}

const step = fc.record({
  waitMs: fc.constantFrom(0, 1, 5, 20, 60, 300, 1_000),
  process: fc.nat(3),
  calls: fc.integer({ min: 1, max: 12 }),
  cost: fc.constantFrom(1, 1, 1, 2),
  what: fc.oneof(
    { weight: 4, arbitrary: fc.constant('calls' as const) },
    { weight: 8, arbitrary: fc.constant('hum' as const) },
    { weight: 3, arbitrary: fc.constant('rush' as const) },
    { weight: 6, arbitrary: fc.constant('drain' as const) },
    { weight: 4, arbitrary: fc.constantFrom('freeze', 'thaw', 'thaw', 'close', 'crash', 'change') },
  ),
});

describe('leases', () => {
  it('any window admits at most capacity + rate × its length + processes × leaseTokens, whatever is slow, late, lost, frozen, closed or changed', async () => {
    const sources = new Set<string>();
    const limitsOf = fc
      .record({
        capacity: fc.integer({ min: 10, max: 80 }),
        refillPerSecond: fc.constantFrom(10, 100, 1_000),
        part: fc.integer({ min: 1, max: 10 }),
        times: fc.constantFrom(1, 2, 5, 5),
        leaseMs: fc.constantFrom(1, 30, 200, 1_000),
      })
      .map(({ part, times, ...rest }) => ({
        ...rest,
        larger: rest.capacity * times,
        leaseTokens: Math.ceil((rest.capacity * part) / 10),
      }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 40 }),
        limitsOf,
        fc.nat(),
        async (steps, limits, seed) => {
          const time = new ManualClock({ now: 5_000 });
          const inner = createMemoryStore({ clock: time });
          const chance = seededRandom(seed);
          const open = (at: number): Process => new Process(time, inner, chance, limits, at % 2 === 1);
          const slots = [open(0), open(1), open(2), open(3)];
          const processes = [...slots];
          const admitted: Admitted[] = [];
          const call = (one: Process, calls: number, cost: number): void => {
            for (let i = 0; i < calls && !one.frozen; i++) {
              void one.check(cost, sources).then((admission) => {
                if (admission !== undefined) admitted.push(admission);
              });
            }
          };
          for (const { waitMs, process: at, calls, cost, what } of steps) {
            await time.advanceAsync(waitMs);
            let one = slots[at] as Process;
            if (one.closed) {
              one = slots[at] = open(at);
              processes.push(one);
            }
            if (what === 'freeze') one.freeze();
            else if (what === 'thaw') one.thaw();
            else if (what === 'crash') one.crash();
            else if (what === 'change') one.large = !one.large;
            else if (what === 'close' && !one.frozen) void one.close();
            else if (what === 'rush') for (const each of slots) call(each, limits.larger, 1);
            else if (what === 'drain') call(one, limits.larger, 1);
            else {
              // A hum makes it hold more and more.
              for (let round = 0; round < (what === 'hum' ? 8 : 1); round++) {
                call(one, calls, cost);
                await time.advanceAsync(what === 'hum' ? 7 : 0);
              }
            }
          }
          for (const one of slots) if (!one.closed) one.thaw();
          await time.advanceAsync(3 * LATEST_MS);
          expect(processes.flatMap(({ wrong }) => wrong)).toEqual([]);
          expect(worst(admitted, processes, limits)).toBeLessThanOrEqual(1e-6);
        },
      ),
      { numRuns: runs(200) },
    );
    expect(sources).toContain('lease');
  });
});
