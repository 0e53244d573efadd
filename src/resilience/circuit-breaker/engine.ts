import type { CircuitState, TransitionReason, Verdict } from './state.js';

/** The numbers that the rules go by. @internal */
export interface CircuitSettings {
  readonly failureThreshold: number;
  readonly recoveryTimeoutMs: number;
  readonly maxProbes: number;
  readonly successesToClose: number;
  readonly probeWaitMs: number;
}

/** One state change, told after it is complete; `cause` is the latest error that counted before it. @internal */
export type Moved = (from: CircuitState, to: CircuitState, reason: TransitionReason, cause: unknown) => void;

interface Probe {
  readonly deadlineMs: number;
  /** The caller's signal: a probe whose caller gave up says nothing about the dependency when it expires. */
  readonly signal: { readonly aborted: boolean } | undefined;
}

/** A call that was refused has no ticket; an ordinary call has this one; probes count up from 1. @internal */
export const ORDINARY = 0;
/** What {@link Circuit.admit} answers for a refused call. @internal */
export const REFUSED = -1;

/**
 * The rules of a circuit. Time comes in as an argument and nothing leaves but `moved`. Each transition starts a new
 * generation; what was admitted in an older one can no longer change anything.
 * @internal
 */
export class Circuit {
  state: CircuitState = 'CLOSED';
  generation = 0;
  consecutiveFailures = 0;
  probeSuccesses = 0;
  openedAtMs = 0;
  openUntilMs = 0;
  /** The error that opened the circuit, or the latest one while it counts towards that. */
  cause: unknown;
  readonly #settings: CircuitSettings;
  readonly #moved: Moved;
  // Made on first use: most circuits never open.
  #probes: Map<number, Probe> | undefined;
  #lastTicket = ORDINARY;
  #isolations = 0;
  #disabled = false;

  constructor(settings: CircuitSettings, moved: Moved) {
    this.#settings = settings;
    this.#moved = moved;
  }

  /** Makes the transitions that are due by `nowMs`, each as of the moment it fell due. */
  advance(nowMs: number): void {
    for (;;) {
      if (this.state === 'OPEN' && nowMs >= this.openUntilMs) this.#enter('HALF_OPEN', 'recovery-timeout');
      else if (this.state !== 'HALF_OPEN' || !this.#expireProbe(nowMs)) return;
    }
  }

  /** Asks for one call: a ticket, or {@link REFUSED}. */
  admit(nowMs: number, signal?: { readonly aborted: boolean }): number {
    this.advance(nowMs);
    if (this.state === 'CLOSED' || this.state === 'DISABLED') return ORDINARY;
    if (this.state !== 'HALF_OPEN' || this.probesInFlight >= this.#settings.maxProbes) return REFUSED;
    const ticket = ++this.#lastTicket;
    (this.#probes ??= new Map()).set(ticket, { deadlineMs: nowMs + this.#settings.probeWaitMs, signal });
    return ticket;
  }

  /** Counts an ordinary call's success: nothing is held against the dependency any more. */
  succeed(): void {
    if (this.consecutiveFailures === 0) return;
    this.consecutiveFailures = 0;
    this.cause = undefined;
  }

  /** Counts an ordinary call's failure; `true` when it is the one that must {@link Circuit.trip} the circuit. */
  fail(error: unknown): boolean {
    this.consecutiveFailures++;
    this.cause = error;
    return this.consecutiveFailures >= this.#settings.failureThreshold;
  }

  /** Opens the circuit after too many failures. */
  trip(nowMs: number): void {
    this.#open(nowMs, 'failure-threshold');
  }

  /** Takes a probe's outcome; `false` when its time was over and it no longer counts. */
  settleProbe(ticket: number, verdict: Verdict, nowMs: number, error: unknown): boolean {
    this.advance(nowMs);
    if (this.#probes?.delete(ticket) !== true) return false;
    if (verdict === 'failure') {
      this.cause = error;
      this.#open(nowMs, 'probe-failed');
    } else if (verdict === 'success' && ++this.probeSuccesses >= this.#settings.successesToClose) {
      this.#enter('CLOSED', 'probes-succeeded');
    }
    return true;
  }

  /** Milliseconds until a refused call may be tried again; `undefined` when that is not a matter of time. */
  retryAfterMs(nowMs: number): number | undefined {
    if (this.state === 'OPEN') return this.#within(this.openUntilMs - nowMs, this.#settings.recoveryTimeoutMs);
    if (this.state !== 'HALF_OPEN' || this.probesInFlight < this.#settings.maxProbes) return undefined;
    let firstMs = Infinity;
    for (const { deadlineMs } of this.#probes?.values() ?? []) firstMs = Math.min(firstMs, deadlineMs);
    return this.#within(firstMs - nowMs, this.#settings.probeWaitMs);
  }

  get probesInFlight(): number {
    return this.#probes?.size ?? 0;
  }

  /** One more wish to refuse everything. */
  isolate(): void {
    this.#isolations++;
    this.#settle('isolated');
  }

  /** One wish less. */
  deisolate(): void {
    this.#isolations--;
    this.#settle('isolation-lifted');
  }

  disable(): void {
    this.#disabled = true;
    this.#settle('disabled');
  }

  enable(): void {
    this.#disabled = false;
    this.#settle('enabled');
  }

  /** Back to the beginning, whatever was before. */
  reset(): void {
    this.#isolations = 0;
    this.#disabled = false;
    this.#enter('CLOSED', 'reset');
  }

  /** Goes where the operators' wishes point; an unchanged wish leaves everything as it is. */
  #settle(reason: TransitionReason): void {
    const to = this.#isolations > 0 ? 'ISOLATED' : this.#disabled ? 'DISABLED' : 'CLOSED';
    const manual = this.state === 'ISOLATED' || this.state === 'DISABLED';
    if (to === this.state || (to === 'CLOSED' && !manual)) return;
    this.#enter(to, reason);
  }

  /** The first probe whose time is over: a failure as of that moment, unless its caller gave up. */
  #expireProbe(nowMs: number): boolean {
    for (const [ticket, { deadlineMs, signal }] of this.#probes ?? []) {
      if (nowMs < deadlineMs) continue;
      this.#probes?.delete(ticket);
      if (signal?.aborted !== true) this.#open(deadlineMs, 'probe-expired');
      return true;
    }
    return false;
  }

  #open(atMs: number, reason: TransitionReason): void {
    this.openedAtMs = atMs;
    this.openUntilMs = atMs + this.#settings.recoveryTimeoutMs;
    this.#enter('OPEN', reason);
  }

  #enter(to: CircuitState, reason: TransitionReason): void {
    const { state: from, cause } = this;
    this.state = to;
    this.generation++;
    this.probeSuccesses = 0;
    this.#probes?.clear();
    if (to === 'CLOSED') this.succeed();
    // Last, and with nothing left to do: the listener may use the circuit again.
    if (from !== to) this.#moved(from, to, reason, cause);
  }

  /** A clock that was set back must not promise a longer wait than there is. */
  #within(ms: number, mostMs: number): number {
    return Math.min(Math.max(0, ms), mostMs);
  }
}
