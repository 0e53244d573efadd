import { isOver } from '../../core/steady.js';
import { breakLengthMs, type BreakSettings } from './break-length.js';
import { RunningCalls, TrackedCall } from './in-flight.js';
import { Meters } from './meters.js';
import { Ramp, type RampSettings } from './ramp.js';
import type { CircuitRate } from './snapshot.js';
import type { CircuitState, TransitionReason } from './state.js';
import type { RateCondition } from './trip-rules.js';

/** The numbers that the rules go by. @internal */
export interface CircuitSettings {
  /** Failures in a row that open the circuit; `Infinity` without such a rule. */
  readonly failureThreshold: number;
  readonly rates: readonly RateCondition[];
  /** Whether ordinary calls are known one by one, because it counts how long they take. */
  readonly tracking: boolean;
  readonly breaks: BreakSettings;
  readonly maxThrottleMs: number;
  readonly maxProbes: number;
  readonly successesToClose: number;
  readonly probeWaitMs: number;
  readonly ramp: RampSettings | undefined;
}

/** What stands for an admitted call until it is over: an ordinary one needs nothing of its own. @internal */
export type Ticket = typeof ORDINARY | typeof REFUSED | typeof UNCOUNTED | TrackedCall;
/** @internal */
export const ORDINARY = 0;
/** What {@link Circuit.admit} answers for a refused call. @internal */
export const REFUSED = -1;
/** For a call that runs although it was refused. @internal */
export const UNCOUNTED = -2;

/** A circuit that is open, or tried out again. */
interface Break {
  readonly openedAtMs: number;
  readonly openUntilMs: number;
  /** Breaks in a row, this one included, throttling not counted. */
  readonly number: number;
  probeSuccesses: number;
  readonly probes: RunningCalls;
}

/** One wish to refuse everything, and why. @internal */
export interface Isolation {
  readonly because: string | undefined;
}

/** What operators want of a circuit. */
interface Wishes {
  readonly isolations: Set<Isolation>;
  disabled: boolean;
}

/** What a circuit takes over from an earlier one. @internal */
export interface Resumption {
  readonly state: CircuitState;
  /** Why it was in it, when that still matters. */
  readonly reason: TransitionReason | undefined;
  readonly generation: number;
  readonly consecutiveFailures: number;
  readonly cause: unknown;
  readonly breaks: number;
  readonly openedAtMs: number;
  readonly openUntilMs: number;
  readonly isolatedBecause: string | undefined;
  /** How far it had taken up its load again. */
  readonly ramp: Ramp | undefined;
}

/**
 * The rules of a circuit. Time comes in as an argument, never less than before, and nothing leaves but `moved`. Each
 * transition starts a new generation; what was admitted in an older one can no longer change anything.
 * @internal
 */
export abstract class Circuit {
  state: CircuitState = 'CLOSED';
  generation = 0;
  /** Closed, and every call goes untracked: nothing needs to be asked, no clock to be read. */
  free: boolean;
  consecutiveFailures = 0;
  /** The error that opened the circuit, or the latest one while it counts towards that. */
  cause: unknown;
  /** Why the circuit is in its state. */
  reason: TransitionReason | undefined;
  // What follows is made on first use: most circuits never open.
  #break: Break | undefined;
  #meters: Meters | undefined;
  #ramp: Ramp | undefined;
  #wishes: Wishes | undefined;

  constructor(rules: CircuitSettings) {
    this.free = !rules.tracking;
  }

  /** The rules, which many circuits share. */
  protected abstract get rules(): CircuitSettings;

  /** One state change, told after it is complete; `cause` is the latest error that counted before it. */
  protected abstract moved(from: CircuitState, to: CircuitState, reason: TransitionReason, cause: unknown): void;

  /** Makes the transitions that are due by `nowMs`, each as of the moment it fell due. */
  advance(nowMs: number): void {
    for (;;) {
      if (this.state === 'OPEN' && isOver(this.openUntilMs, nowMs)) this.#enter('HALF_OPEN', 'recovery-timeout');
      else if (this.state === 'CLOSED' ? !this.#findSlow(nowMs) : !this.#expireProbe(nowMs)) return;
    }
  }

  /** Asks for one call: its ticket, or {@link REFUSED}. */
  admit(nowMs: number, signal?: { readonly aborted: boolean }): Ticket {
    // First what is asked most while nothing works: an open circuit must cost next to nothing.
    if (this.state === 'OPEN' && !isOver(this.openUntilMs, nowMs)) return REFUSED;
    this.advance(nowMs);
    if (this.state === 'DISABLED') return ORDINARY;
    if (this.state === 'CLOSED') {
      if (this.#ramp?.admits(nowMs) === false) return REFUSED;
      if (!this.rules.tracking) return ORDINARY;
      const call = new TrackedCall(nowMs, signal, false);
      this.#metersNow().began(call);
      return call;
    }
    const probes = this.#break?.probes;
    if (this.state !== 'HALF_OPEN' || probes === undefined || probes.size >= this.rules.maxProbes) return REFUSED;
    const probe = new TrackedCall(nowMs, signal, true);
    probes.add(probe);
    return probe;
  }

  /** Takes a call back; `false` when it belongs to an earlier state, or its time was over, and it no longer counts. */
  leave(generation: number, ticket: Ticket, nowMs: number): boolean {
    if (typeof ticket !== 'object') return generation === this.generation;
    this.advance(nowMs);
    if (generation !== this.generation) return false;
    return (ticket.probe ? this.#break?.probes.remove(ticket) : this.#meters?.left(ticket)) === true;
  }

  /** Counts the outcome of a call that is no probe; answers why it must {@link Circuit.open} the circuit, if it must. */
  count(failed: boolean, error: unknown, ticket: Ticket, nowMs: number): TransitionReason | undefined {
    const { rates, failureThreshold } = this.rules;
    if (failed) {
      this.consecutiveFailures++;
      this.cause = error;
    } else if (this.consecutiveFailures !== 0) {
      this.consecutiveFailures = 0;
      // Nothing is held against the dependency any more, unless some window remembers it.
      if (rates.length === 0) this.cause = undefined;
    }
    const due =
      rates.length === 0
        ? undefined
        : this.#metersNow().ended(failed, typeof ticket === 'object' ? ticket : undefined, nowMs);
    return this.consecutiveFailures >= failureThreshold ? 'failure-threshold' : due;
  }

  /** Opens the circuit for a break by the rules. */
  open(atMs: number, reason: TransitionReason): void {
    // Slow calls are no errors, and the latest error is not why.
    if (reason === 'slow-call-rate') this.cause = undefined;
    const { breaks } = this;
    this.#break = newBreak(atMs, atMs + breakLengthMs(this.rules.breaks, breaks), breaks + 1);
    this.#enter('OPEN', reason);
  }

  /** Opens the circuit for as long as the dependency asked for. */
  throttle(nowMs: number, throttledMs: number, error: unknown): void {
    this.cause = error;
    this.#break = newBreak(nowMs, nowMs + Math.min(throttledMs, this.rules.maxThrottleMs), this.breaks);
    this.#enter('OPEN', 'throttled');
  }

  /** Takes the outcome of a probe that has left. */
  probed(failed: boolean, error: unknown, nowMs: number): void {
    if (failed) {
      this.cause = error;
      this.open(nowMs, 'probe-failed');
    } else if (this.#break !== undefined && ++this.#break.probeSuccesses >= this.rules.successesToClose) {
      const { ramp } = this.rules;
      this.#enter('CLOSED', 'probes-succeeded', ramp === undefined ? undefined : new Ramp(nowMs, ramp));
    }
  }

  /** Milliseconds until a refused call may be tried again; `undefined` when that is not a matter of time. */
  retryAfterMs(nowMs: number): number | undefined {
    if (this.state === 'OPEN') return Math.max(0, this.openUntilMs - nowMs);
    if (this.state === 'CLOSED') return this.#ramp === undefined ? undefined : Math.max(0, this.#ramp.endsAtMs - nowMs);
    const probes = this.#break?.probes;
    if (probes?.first === undefined || probes.size < this.rules.maxProbes) return undefined;
    return Math.max(0, probes.first.startedAtMs + this.rules.probeWaitMs - nowMs);
  }

  /** Breaks in a row, throttling not counted. */
  get breaks(): number {
    return this.#break?.number ?? 0;
  }

  get openedAtMs(): number | undefined {
    return this.#break?.openedAtMs;
  }

  get openUntilMs(): number {
    return this.#break?.openUntilMs ?? -Infinity;
  }

  get probeSuccesses(): number {
    return this.#break?.probeSuccesses ?? 0;
  }

  get probesInFlight(): number {
    return this.#break?.probes.size ?? 0;
  }

  /** Whether it takes up its load again. */
  isRamping(nowMs: number): boolean {
    return this.#ramp !== undefined && !isOver(this.#ramp.endsAtMs, nowMs);
  }

  /** Share of the calls that go while the circuit takes up its load again. */
  rampRatio(nowMs: number): number | undefined {
    return this.#ramp?.ratioAt(nowMs);
  }

  /** What the windows hold; `undefined` without a rule about rates. */
  rates(nowMs: number): CircuitRate[] | undefined {
    return this.rules.rates.length === 0 ? undefined : this.#metersNow().rates(nowMs);
  }

  /** One more wish to refuse everything; the answer is for {@link Circuit.deisolate}. */
  isolate(because: string | undefined): Isolation {
    const wish = { because };
    this.#wishesNow().isolations.add(wish);
    this.#settle('isolated');
    return wish;
  }

  /** One wish less; a reset has lifted all wishes from before. */
  deisolate(wish: Isolation): void {
    if (this.#wishes?.isolations.delete(wish) === true) this.#settle('isolation-lifted');
  }

  /** Why it is isolated: the latest reason of those that hold. */
  get isolatedBecause(): string | undefined {
    let latest: string | undefined;
    for (const { because } of this.#wishes?.isolations ?? []) latest = because ?? latest;
    return latest;
  }

  disable(): void {
    this.#wishesNow().disabled = true;
    this.#settle('disabled');
  }

  enable(): void {
    this.#wishesNow().disabled = false;
    this.#settle('enabled');
  }

  /** Back to the beginning, whatever was before. */
  reset(): void {
    this.#wishes = undefined;
    this.#enter('CLOSED', 'reset');
  }

  /** Goes on where another circuit was. */
  resume(from: Resumption): void {
    this.generation = from.generation;
    this.consecutiveFailures = from.consecutiveFailures;
    this.cause = from.cause;
    if (from.state === 'CLOSED') {
      this.#ramp = from.ramp;
      if (from.ramp !== undefined) this.free = false;
      return;
    }
    const to = from.state === 'HALF_OPEN' ? 'OPEN' : from.state;
    if (to === 'OPEN') this.#break = newBreak(from.openedAtMs, from.openUntilMs, from.breaks);
    else {
      const isolations = to === 'ISOLATED' ? [{ because: from.isolatedBecause }] : [];
      this.#wishes = { isolations: new Set(isolations), disabled: to === 'DISABLED' };
    }
    this.#enter(to, 'restored');
    if (from.reason !== undefined) this.reason = from.reason;
  }

  /** Goes where the operators' wishes point; an unchanged wish leaves everything as it is. */
  #settle(reason: TransitionReason): void {
    const { isolations, disabled } = this.#wishesNow();
    const to = isolations.size > 0 ? 'ISOLATED' : disabled ? 'DISABLED' : 'CLOSED';
    const manual = this.state === 'ISOLATED' || this.state === 'DISABLED';
    if (to === this.state || (to === 'CLOSED' && !manual)) return;
    this.#enter(to, reason);
  }

  /** Books running calls that have become slow; `true` when that opened the circuit. Ends a ramp that is over. */
  #findSlow(nowMs: number): boolean {
    if (this.#ramp !== undefined && nowMs >= this.#ramp.endsAtMs) {
      this.#ramp = undefined;
      this.free = !this.rules.tracking;
    }
    const dueMs = this.#meters?.bookSlow(nowMs);
    if (dueMs !== undefined) this.open(dueMs, 'slow-call-rate');
    return dueMs !== undefined;
  }

  /** The first probe whose time is over: a failure as of that moment, unless its caller gave up. */
  #expireProbe(nowMs: number): boolean {
    const probes = this.#break?.probes;
    const first = probes?.first;
    if (first === undefined) return false;
    const deadlineMs = first.startedAtMs + this.rules.probeWaitMs;
    if (!isOver(deadlineMs, nowMs)) return false;
    probes?.remove(first);
    if (first.signal?.aborted !== true) this.open(deadlineMs, 'probe-expired');
    return true;
  }

  #enter(to: CircuitState, reason: TransitionReason, ramp?: Ramp): void {
    const { state: from, cause } = this;
    this.state = to;
    this.generation++;
    this.#meters = undefined;
    this.#ramp = ramp;
    if (to !== 'OPEN' && to !== 'HALF_OPEN') this.#break = undefined;
    if (to === 'CLOSED') {
      this.consecutiveFailures = 0;
      this.cause = undefined;
    }
    this.free = to === 'CLOSED' && ramp === undefined && !this.rules.tracking;
    if (from === to) return;
    this.reason = reason;
    // Last, and with nothing left to do: the listener may use the circuit again.
    this.moved(from, to, reason, cause);
  }

  #wishesNow(): Wishes {
    return (this.#wishes ??= { isolations: new Set(), disabled: false });
  }

  #metersNow(): Meters {
    return (this.#meters ??= new Meters(this.rules.rates));
  }
}

function newBreak(openedAtMs: number, openUntilMs: number, number: number): Break {
  return { openedAtMs, openUntilMs, number, probeSuccesses: 0, probes: new RunningCalls() };
}
