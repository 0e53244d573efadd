import { Emitter } from '../../core/emitter.js';
import type { Blueprint } from './blueprint.js';
import { Circuit, type CircuitSettings, ORDINARY, REFUSED, type Ticket, UNCOUNTED } from './engine.js';
import { type ErrorSummary, summarizeError } from './error-summary.js';
import { CircuitOpenError } from './errors.js';
import type { CircuitBreakerEvents } from './events.js';
import type { LeaseTaker } from './lease.js';
import type { CallOutcome } from './options.js';
import type { CircuitState, TransitionReason, Verdict } from './state.js';
import { classified, judge } from './verdict.js';

const EVENTS = ['stateChange', 'success', 'failure', 'rejected'] as const;

/**
 * A circuit with everything about it that is not a rule: clock, totals, events. One object a breaker, without closures,
 * since there may be a hundred thousand of them.
 * @internal
 */
export class BreakerCore extends Circuit implements LeaseTaker {
  readonly name: string;
  readonly blueprint: Blueprint;
  inFlight = 0;
  successes = 0;
  failures = 0;
  ignored = 0;
  stale = 0;
  throttled = 0;
  rejected = 0;
  /** The error of the last break; the error itself is let go when the circuit closes. */
  lastBreak: ErrorSummary | undefined;
  #events: Emitter<CircuitBreakerEvents> | undefined;

  constructor(blueprint: Blueprint, name: string) {
    super(blueprint.rules);
    this.blueprint = blueprint;
    this.name = name;
  }

  protected override get rules(): CircuitSettings {
    return this.blueprint.rules;
  }

  get events(): Emitter<CircuitBreakerEvents> {
    return (this.#events ??= new Emitter(this.blueprint.reporter, EVENTS));
  }

  /** Calls that have ended or were refused. */
  get calls(): number {
    return this.successes + this.failures + this.ignored + this.stale + this.throttled + this.rejected;
  }

  get hasListeners(): boolean {
    const events = this.#events;
    return events !== undefined && EVENTS.some((type) => events.has(type));
  }

  /** Makes the transitions that are due. */
  look(): void {
    if (!this.free) this.advance(this.blueprint.now());
  }

  /** Lets a call begin: its ticket, or {@link REFUSED}. */
  enter(signal?: { readonly aborted: boolean }): Ticket {
    let ticket: Ticket = ORDINARY;
    if (!this.free) {
      const nowMs = this.blueprint.now();
      ticket = this.admit(nowMs, signal);
      if (ticket === REFUSED) {
        this.#countRefusal(nowMs);
        if (!this.blueprint.shadow) return REFUSED;
        ticket = UNCOUNTED;
      }
    }
    this.inFlight++;
    return ticket;
  }

  /** The error for a call that has just been refused. */
  refusal(): CircuitOpenError {
    const { state, cause } = this;
    const retryAfterMs = this.retryAfterMs(this.blueprint.now());
    return new CircuitOpenError(this.name, state, {
      captureStack: this.blueprint.options.captureStack,
      ...(cause === undefined ? {} : { cause }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }

  /** When a call began; reads the clock only for those who asked for durations. */
  startedAt(): number | undefined {
    const { options } = this.blueprint;
    const asked =
      options.classify !== undefined || (this.#events !== undefined && (this.#has('success') || this.#has('failure')));
    return asked ? this.blueprint.now() : undefined;
  }

  /** Ends a call: judges its outcome and books it. */
  ended(
    failed: boolean,
    value: unknown,
    signal: { readonly aborted: boolean } | undefined,
    generation: number,
    ticket: Ticket,
    startedAtMs: number | undefined,
  ): void {
    this.inFlight--;
    if (this.state === 'DISABLED' || ticket === UNCOUNTED) return;
    const verdict = signal?.aborted === true ? 'ignore' : this.#judge(failed, value, startedAtMs);
    const error = failed ? value : undefined;
    if (!this.#settle(verdict, generation, ticket, error)) return;
    if (this.#events === undefined || (verdict !== 'success' && verdict !== 'failure') || !this.#has(verdict)) return;
    const duration = startedAtMs === undefined ? {} : { durationMs: this.blueprint.now() - startedAtMs };
    if (verdict === 'success') this.#events.emit('success', duration);
    else this.#events.emit('failure', { error, ...duration });
  }

  answer(verdict: Verdict, generation: number, ticket: Ticket, error: unknown): boolean {
    this.inFlight--;
    return ticket !== UNCOUNTED && this.#settle(verdict, generation, ticket, error);
  }

  protected override moved(from: CircuitState, to: CircuitState, reason: TransitionReason, cause: unknown): void {
    if (to === 'CLOSED' && cause !== undefined) this.lastBreak = summarizeError(cause);
    if (!this.#has('stateChange')) return;
    const because = to === 'OPEN' && cause !== undefined ? { cause } : {};
    this.events.emit('stateChange', { breaker: this.name, from, to, reason, ...because });
  }

  #has(type: keyof CircuitBreakerEvents): boolean {
    return this.#events?.has(type) === true;
  }

  #judge(failed: boolean, value: unknown, startedAtMs: number | undefined): Verdict {
    const { classify } = this.blueprint.options;
    if (classify === undefined) return judge(failed, value);
    const nowMs = this.blueprint.now();
    const durationMs = nowMs - (startedAtMs ?? nowMs);
    const outcome: CallOutcome = failed ? { failed, error: value, durationMs } : { failed, result: value, durationMs };
    return classified(classify, outcome, this.blueprint.reporter);
  }

  /** Books a verdict; `false` when the call belongs to an earlier state and no longer counts. */
  #settle(verdict: Verdict, generation: number, ticket: Ticket, error: unknown): boolean {
    if (this.state === 'DISABLED') return false;
    // The time is read only where it decides something.
    let nowMs = ticket !== ORDINARY || this.blueprint.timed ? this.blueprint.now() : NaN;
    if (!this.leave(generation, ticket, nowMs)) {
      this.stale++;
      return false;
    }
    if (verdict === 'ignore') {
      this.ignored++;
      return true;
    }
    if (typeof verdict === 'object') {
      this.throttled++;
      this.throttle(this.blueprint.now(), verdict.throttledMs, error);
      return true;
    }
    const failed = verdict === 'failure';
    if (failed) this.failures++;
    else this.successes++;
    if (typeof ticket === 'object' && ticket.probe) {
      this.probed(failed, error, nowMs);
      return true;
    }
    const due = this.count(failed, error, ticket, nowMs);
    if (due === undefined) return true;
    if (Number.isNaN(nowMs)) nowMs = this.blueprint.now();
    this.open(nowMs, due);
    return true;
  }

  #countRefusal(nowMs: number): void {
    this.rejected++;
    if (!this.#has('rejected')) return;
    const retryAfterMs = this.retryAfterMs(nowMs);
    this.events.emit('rejected', {
      breaker: this.name,
      state: this.state,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(this.blueprint.shadow ? { shadow: true } : {}),
    });
  }
}
