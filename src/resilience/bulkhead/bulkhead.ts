import type { Component, ComponentEvent, MetricSample } from '../../core/component.js';
import { Emitter } from '../../core/emitter.js';
import { Reporter } from '../../core/reporter.js';
import { DeadlineList } from '../../internal/deadline-list.js';
import { fromNowhere } from '../async-scope.js';
import type { CallContext, ExecuteOptions, Policy } from '../call-context.js';
import type { Execution, Stage } from '../execution.js';
import { Plan } from '../plan.js';
import { type Staged, STAGES } from '../stages.js';
import { admit } from './engine.js';
import { BulkheadFullError, BulkheadTimeoutError } from './errors.js';
import type { BulkheadEvents } from './events.js';
import { type BulkheadOptions, parseBulkheadOptions } from './options.js';
import { Waiter } from './waiter.js';

/** A bulkhead's state as plain JSON. */
export interface BulkheadSnapshot {
  readonly name: string;
  readonly maxConcurrent: number;
  readonly maxQueued: number;
  /** Calls that are running, … */
  readonly running: number;
  /** … and waiting for a slot. */
  readonly queued: number;
  /** Calls so far that got a slot, … */
  readonly admitted: number;
  /** … found neither slot nor queue place, … */
  readonly rejected: number;
  /** … and waited in vain. */
  readonly timedOut: number;
}

/**
 * Caps how many calls run at once, so that one slow dependency cannot take every slot of the process.
 *
 * @example
 * const reports = new Bulkhead({ maxConcurrent: 10, maxQueued: 50 });
 * const report = await reports.execute(() => renderReport(id));
 */
export class Bulkhead implements Component<BulkheadSnapshot>, Policy {
  readonly kind = 'bulkhead';
  readonly name: string;
  readonly #options: ReturnType<typeof parseBulkheadOptions>;
  readonly #events: Emitter<BulkheadEvents>;
  readonly #stage: Stage;
  readonly #plan: Plan;
  /** Those who wait, in the order in which they came: all of them wait equally long at most. */
  readonly #queue: DeadlineList<Waiter>;
  #queued = 0;
  #running = 0;
  #granting = false;
  #admitted = 0;
  #rejected = 0;
  #timedOut = 0;

  /** @throws {@link InvalidOptionsError} naming every option that is missing, unknown or out of range. */
  constructor(options: BulkheadOptions) {
    this.#options = parseBulkheadOptions(options);
    const { name, clock, maxWaitMs, onListenerError } = this.#options;
    this.name = name;
    this.#events = new Emitter(new Reporter(`Bulkhead '${name}'`, clock, onListenerError), ['rejected']);
    this.#queue = new DeadlineList(clock, fromNowhere(clock), maxWaitMs, (waiter) => {
      this.#expire(waiter);
    });
    this.#stage = {
      part: undefined,
      enter: (run, level) => this.#enter(run, level),
      leave: (run, level, failed, value) => {
        this.#leave(run, level, failed, value);
      },
    };
    this.#plan = new Plan([this.#stage]);
  }

  /** @internal */
  [STAGES](): unknown {
    const staged: Staged = { kind: this.kind, clock: this.#options.clock, stages: [this.#stage] };
    return staged;
  }

  /**
   * Runs `operation` once a slot is free, first come first served.
   *
   * @throws {@link BulkheadFullError} (as a rejection) when slots and queue are taken.
   * @throws {@link BulkheadTimeoutError} (as a rejection) after `maxWaitMs` in the queue.
   * @throws `signal.reason` (as a rejection) when `signal` aborts while the call waits.
   */
  execute<T>(operation: (call: CallContext) => T | PromiseLike<T>, options?: ExecuteOptions): Promise<T> {
    return this.#plan.run('Bulkhead.execute', operation, options) as Promise<T>;
  }

  /** Subscribes to `type`; the returned function unsubscribes. */
  on<K extends keyof BulkheadEvents>(type: K, listener: (event: BulkheadEvents[K]) => void): () => void {
    return this.#events.on(type, listener);
  }

  /** Hears of refusals, for loggers, metrics and the status page. */
  subscribe(listener: (event: ComponentEvent) => void): () => void {
    return this.#events.on('rejected', (data) => listener({ type: 'rejected', level: 'warn', data }));
  }

  /** State and counts as plain JSON. */
  snapshot(): BulkheadSnapshot {
    const { name, maxConcurrent, maxQueued } = this.#options;
    const counts = { admitted: this.#admitted, rejected: this.#rejected, timedOut: this.#timedOut };
    return { name, maxConcurrent, maxQueued, running: this.#running, queued: this.#queued, ...counts };
  }

  /** State and totals for a scrape. */
  metrics(): Iterable<MetricSample> {
    const bulkhead = this.name;
    const { maxConcurrent, maxQueued } = this.#options;
    const sample = (name: string, type: 'counter' | 'gauge', help: string, value: number): MetricSample => ({
      name: `breakwater_bulkhead_${name}`,
      type,
      help,
      value,
      labels: { bulkhead },
    });
    return [
      sample('running', 'gauge', 'Calls that are running.', this.#running),
      sample('max_concurrent', 'gauge', 'Calls that may run at once.', maxConcurrent),
      sample('queued', 'gauge', 'Calls that wait for a slot.', this.#queued),
      sample('max_queued', 'gauge', 'Calls that may wait for a slot.', maxQueued),
      sample('admitted_total', 'counter', 'Calls that got a slot.', this.#admitted),
      sample('rejected_total', 'counter', 'Calls that found neither slot nor queue place.', this.#rejected),
      sample('timed_out_total', 'counter', 'Calls that waited for a slot in vain.', this.#timedOut),
    ];
  }

  #enter(run: Execution, level: number): boolean {
    const admission = admit({ running: this.#running, queued: this.#queued }, this.#options);
    if (admission === 'run') {
      this.#running++;
      this.#admitted++;
      return true;
    }
    if (admission === 'reject') {
      this.#rejected++;
      this.#tell('full');
      const { name, captureStack } = this.#options;
      const full = `bulkhead '${name}' is full: no slot and no queue place is free`;
      run.outcome(level - 1, true, new BulkheadFullError(full, { captureStack }));
    } else this.#wait(run, level);
    return false;
  }

  #leave(run: Execution, level: number, failed: boolean, value: unknown): void {
    this.#running--;
    try {
      // What becomes of it may make those who wait give up, such as another attempt of the same call.
      run.outcome(level - 1, failed, value);
    } finally {
      this.#grant();
    }
  }

  #wait(run: Execution, level: number): void {
    const waiter = new Waiter(run, level, (gone) => {
      this.#queued--;
      this.#queue.remove(gone);
    });
    this.#queued++;
    try {
      this.#queue.add(waiter, this.#options.maxWaitMs);
    } catch (error) {
      // The clock cannot set a timer.
      waiter.end();
      throw error;
    }
  }

  /** Gives free slots to those who wait. A call may end within `go`, and its slot goes to the next in this same loop. */
  #grant(): void {
    if (this.#granting) return;
    this.#granting = true;
    try {
      for (let next = this.#next(); next !== undefined; next = this.#next()) {
        this.#running++;
        this.#admitted++;
        next.go();
      }
    } finally {
      this.#granting = false;
    }
  }

  /** Who is to have the slot that is free. */
  #next(): Waiter | undefined {
    if (this.#running >= this.#options.maxConcurrent) return undefined;
    for (let waiter = this.#queue.first; waiter !== undefined; waiter = this.#queue.first) {
      if (!waiter.givenUp) return waiter;
      // One of many whose signal has just aborted and who are told one after another.
      waiter.giveUp();
    }
    return undefined;
  }

  /** The deadline list has let go of the waiter already. */
  #expire(waiter: Waiter): void {
    waiter.end();
    this.#timedOut++;
    const { name, maxWaitMs, captureStack } = this.#options;
    const late = `bulkhead '${name}': no slot became free within ${String(maxWaitMs)} ms`;
    waiter.fail(new BulkheadTimeoutError(late, { captureStack }), () => {
      this.#tell('timeout');
    });
  }

  #tell(reason: 'full' | 'timeout'): void {
    if (!this.#events.has('rejected')) return;
    const state = { running: this.#running, queued: this.#queued };
    this.#events.emit('rejected', { bulkhead: this.name, reason, ...state });
  }
}

/**
 * A {@link Bulkhead}, for those who write pipelines with functions.
 *
 * @throws {@link InvalidOptionsError} naming every option that is missing, unknown or out of range.
 *
 * @example
 * const call = pipeline(bulkhead({ maxConcurrent: 10 }), timeout(1_000));
 */
export function bulkhead(options: BulkheadOptions): Bulkhead {
  return new Bulkhead(options);
}
