import { BucketWindow } from '../../internal/bucket-window.js';
import { RingWindow } from '../../internal/ring-window.js';
import { RunningCalls, type TrackedCall } from './in-flight.js';
import type { CircuitRate } from './snapshot.js';
import type { RateCondition } from './trip-rules.js';

/** What the outcomes of one circuit come to by its rules about rates. @internal */
export class Meters {
  readonly #meters: readonly RateMeter[];
  /** Those that book calls while they run. */
  readonly #watching: readonly RateMeter[];
  readonly #running = new RunningCalls();

  constructor(conditions: readonly RateCondition[]) {
    this.#meters = conditions.map((condition) => new RateMeter(condition));
    this.#watching = this.#meters.filter(({ condition }) => condition.countInFlight);
  }

  /** A call began whose duration counts. */
  began(call: TrackedCall): void {
    this.#running.add(call);
    for (const meter of this.#watching) meter.next ??= call;
  }

  /** A call is over, whatever came of it; `false` when it was not running here. */
  left(call: TrackedCall): boolean {
    for (const meter of this.#watching) if (meter.next === call) meter.next = call.later;
    return this.#running.remove(call);
  }

  /**
   * Books the calls that have become slow by `nowMs`, each as of its moment.
   *
   * @returns the moment at which the circuit must open, if there is one; later ones are then not booked.
   */
  bookSlow(nowMs: number): number | undefined {
    for (;;) {
      let first: RateMeter | undefined;
      let firstMs = Infinity;
      for (const meter of this.#watching) {
        if (meter.nextSlowMs >= firstMs) continue;
        first = meter;
        firstMs = meter.nextSlowMs;
      }
      if (first === undefined || firstMs > nowMs) return undefined;
      if (first.bookNext(firstMs)) return firstMs;
    }
  }

  /** Books an outcome, after all slow ones that were due before it; answers why the circuit must open, if it must. */
  ended(failed: boolean, call: TrackedCall | undefined, nowMs: number): RateCondition['reason'] | undefined {
    let due: RateCondition['reason'] | undefined;
    for (const meter of this.#meters) if (meter.ended(failed, call, nowMs)) due ??= meter.condition.reason;
    return due;
  }

  rates(nowMs: number): CircuitRate[] {
    return this.#meters.map((meter) => meter.rate(nowMs));
  }
}

/** One rule and its window. */
class RateMeter {
  readonly condition: RateCondition;
  /** The first running call that is not booked as slow. */
  next: TrackedCall | undefined;
  #window: BucketWindow | RingWindow | undefined;

  constructor(condition: RateCondition) {
    this.condition = condition;
  }

  get nextSlowMs(): number {
    return this.next === undefined ? Infinity : this.#slowAtMs(this.next);
  }

  /** Books the next running call as slow; `true` when that must open the circuit. */
  bookNext(slowAtMs: number): boolean {
    const call = this.next;
    this.next = call?.later;
    return call?.signal?.aborted !== true && this.#add(true, slowAtMs);
  }

  ended(failed: boolean, call: TrackedCall | undefined, nowMs: number): boolean {
    const { slowAfterMs, countInFlight } = this.condition;
    if (slowAfterMs === undefined) return this.#add(failed, nowMs);
    if (call === undefined) return false;
    const slow = this.#slowAtMs(call) <= nowMs;
    // Then it was booked when it became slow.
    if (slow && countInFlight) return false;
    return this.#add(slow, nowMs);
  }

  rate(nowMs: number): CircuitRate {
    const window = this.#window;
    if (window instanceof BucketWindow) window.advance(nowMs);
    const { calls, hits } = window ?? { calls: 0, hits: 0 };
    return { rule: this.condition.reason, calls, ratio: calls === 0 ? 0 : hits / calls };
  }

  #slowAtMs(call: TrackedCall): number {
    return call.startedAtMs + (this.condition.slowAfterMs ?? Infinity);
  }

  #add(hit: boolean, nowMs: number): boolean {
    const { windowMs, lastCalls, minimumCalls, ratio } = this.condition;
    const window = (this.#window ??= lastCalls === undefined ? new BucketWindow(windowMs) : new RingWindow(lastCalls));
    window.add(hit, nowMs);
    // A quotient, since a product would be rounded to the wrong side of the boundary.
    return window.calls >= minimumCalls && window.hits / window.calls >= ratio;
  }
}
