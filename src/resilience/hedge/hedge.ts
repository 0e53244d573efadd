import type { Component, ComponentEvent, MetricSample } from '../../core/component.js';
import { Emitter } from '../../core/emitter.js';
import { Reporter } from '../../core/reporter.js';
import { steady } from '../../core/steady.js';
import { punctual } from '../../internal/punctual.js';
import type { CallContext, ExecuteOptions, Policy } from '../call-context.js';
import type { Execution, Operation } from '../execution.js';
import { Plan } from '../plan.js';
import { earn, pay } from '../retry-budget.js';
import { type Staged, STAGES } from '../stages.js';
import { type HedgeOptions, parseHedgeOptions } from './options.js';
import { Race, type RaceRules } from './race.js';

/** An attempt beside the first began. */
export interface HedgeBegun {
  /** Name of the policy. */
  readonly hedge: string;
  /** Number of the attempt, from 2. */
  readonly attempt: number;
}

/** The events of a {@link Hedge}, by name. */
export interface HedgeEvents {
  hedge: HedgeBegun;
}

/** A hedge's counts as plain JSON. */
export interface HedgeSnapshot {
  readonly name: string;
  readonly delayMs: number;
  readonly maxHedges: number;
  /** Calls so far, … */
  readonly calls: number;
  /** … attempts beside the first, … */
  readonly hedges: number;
  /** … how many of those answered first, … */
  readonly won: number;
  /** … and attempts that were due, but for want of budget. */
  readonly budgetExhausted: number;
}

/** A policy that begins a call once more when it takes long, made by {@link hedge}. */
export interface Hedge extends Component<HedgeSnapshot>, Policy {
  readonly kind: 'hedge';
  /** Subscribes to `type`; the returned function unsubscribes. */
  on<K extends keyof HedgeEvents>(type: K, listener: (event: HedgeEvents[K]) => void): () => void;
}

class HedgePolicy implements Hedge, RaceRules {
  readonly kind = 'hedge';
  readonly name: string;
  readonly maxHedges: number;
  readonly #options: ReturnType<typeof parseHedgeOptions>;
  readonly #reporter: Reporter;
  readonly #events: Emitter<HedgeEvents>;
  readonly #plan: Plan;
  readonly #now: () => number;
  readonly #counts = { calls: 0, hedges: 0, won: 0, budgetExhausted: 0 };

  constructor(options: HedgeOptions) {
    this.#options = parseHedgeOptions(options);
    const { name, maxHedges, clock, onListenerError } = this.#options;
    this.name = name;
    this.#now = steady(clock);
    this.maxHedges = maxHedges;
    this.#reporter = new Reporter(`hedge '${name}'`, clock, onListenerError);
    this.#events = new Emitter(this.#reporter, ['hedge']);
    const inside = new Plan([], undefined, true);
    this.#plan = new Plan([], (run, operation) => this.#race(run, inside, operation));
  }

  [STAGES](): Staged {
    const around = (run: Execution, inside: Plan, operation: Operation): unknown => this.#race(run, inside, operation);
    return { kind: this.kind, clock: this.#options.clock, stages: [], around };
  }

  execute<T>(operation: (call: CallContext) => T | PromiseLike<T>, options?: ExecuteOptions): Promise<T> {
    return this.#plan.run('hedge', operation, options) as Promise<T>;
  }

  on<K extends keyof HedgeEvents>(type: K, listener: (event: HedgeEvents[K]) => void): () => void {
    return this.#events.on(type, listener);
  }

  /** A hedge has neither transitions nor refusals. */
  subscribe(_listener: (event: ComponentEvent) => void): () => void {
    return () => undefined;
  }

  snapshot(): HedgeSnapshot {
    const { name, delayMs, maxHedges } = this.#options;
    return { name, delayMs, maxHedges, ...this.#counts };
  }

  metrics(): Iterable<MetricSample> {
    const { calls, hedges, won, budgetExhausted } = this.#counts;
    const counter = (what: string, help: string, value: number): MetricSample => ({
      name: `breakwater_hedge_${what}_total`,
      type: 'counter',
      help,
      value,
      labels: { hedge: this.name },
    });
    return [
      counter('calls', 'Calls that may be hedged.', calls),
      counter('begun', 'Attempts beside the first.', hedges),
      counter('won', 'Attempts beside the first that answered first.', won),
      counter('budget_exhausted', 'Attempts that did not begin for want of budget.', budgetExhausted),
    ];
  }

  // What a race asks.

  afterDelay(fn: () => void): () => void {
    const { clock, delayMs } = this.#options;
    return punctual((...timer) => clock.schedule(...timer), this.#now, delayMs, fn);
  }

  mayHedge(): boolean {
    const { budget } = this.#options;
    if (budget === false || pay(budget, this.#reporter)) return true;
    this.#counts.budgetExhausted++;
    return false;
  }

  began(attempt: number): void {
    this.#counts.hedges++;
    if (this.#events.has('hedge')) this.#events.emit('hedge', { hedge: this.name, attempt });
  }

  won(attempt: number): void {
    const { budget } = this.#options;
    if (budget !== false) earn(budget, this.#reporter);
    if (attempt > 1) this.#counts.won++;
  }

  #race(run: Execution, inside: Plan, operation: Operation): Promise<unknown> {
    this.#counts.calls++;
    return new Promise((resolve, reject) => {
      const race = new Race(this, run, inside, operation, (failed, value) => {
        run.gone(race);
        // Whatever the attempt failed with.
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
        if (failed) reject(value);
        else resolve(value);
      });
      run.inside = race;
      race.begin();
    });
  }
}

/**
 * A policy that begins a call once more when it has not answered after `delayMs`, and takes the first success: the slow
 * tail of a dependency for a few calls more. Only for what may run twice. An attempt that fails begins nothing; the call
 * fails when all that were begun have failed, with the last error.
 *
 * The signals of attempts that were not needed abort with a {@link SupersededError}; an answer that comes all the same is
 * disposed, when it has `Symbol.dispose` or `Symbol.asyncDispose`.
 *
 * @throws {@link InvalidOptionsError} naming every option that is missing, unknown or out of range.
 *
 * @example
 * const reads = pipeline(timeout(1_000), hedge({ delayMs: 80 }));
 * const user = await reads.execute(({ signal }) => fetchUser(id, { signal }));
 */
export function hedge(options: HedgeOptions): Hedge {
  return new HedgePolicy(options);
}
