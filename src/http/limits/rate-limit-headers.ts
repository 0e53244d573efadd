import type { Clock } from '../../core/clock.js';
import type { Reporter } from '../../core/reporter.js';
import type { Decision } from '../../traffic/decision.js';
import type { Decided, RequestView } from '../exchange.js';
import { fillHeaders } from '../headers/fill-headers.js';
import { type AddressLimiter, describePolicy, type KeyLimiter } from './limits.js';
import type { RateLimitField } from './rate-limit-drafts.js';
import { checkDecisions, fieldsFor, type PolicyDecision } from './rate-limit-fields.js';
import type { HeadersSetting } from './rate-limit-options.js';

/**
 * Tells a client of the limits that decided about its request, in the header fields of the answer.
 * @internal
 */
export class RateLimitHeaders {
  readonly #setting: HeadersSetting | false;
  readonly #clock: Clock;
  readonly #reporter: Reporter;

  /** @param setting - `false` tells nothing. */
  constructor(setting: HeadersSetting | false, clock: Clock, reporter: Reporter) {
    this.#setting = setting;
    this.#clock = clock;
    this.#reporter = reporter;
  }

  /** Notes a decision: whether it will be told is known later. */
  note({ state }: RequestView, limiter: AddressLimiter | KeyLimiter, decision: Decision): void {
    if (this.#setting === false) return;
    const decided = (state.decided ??= new Map<object, Decided>());
    // One that counted again, for a user who is known by now, has its place where it did so.
    decided.delete(limiter);
    decided.set(limiter, { limiter, decision, always: this.#setting.on === 'all' });
  }

  /** The request goes on: the fields of all limits that are always told are filled in when the response begins. */
  tellAdmitted(request: RequestView): void {
    if (this.#setting === false || this.#setting.on !== 'all') return;
    const { decided } = request.state;
    if (decided !== undefined)
      this.#tell(
        request,
        [...decided.values()].filter(({ always }) => always),
      );
  }

  /** The request is refused: the limits that admitted it before are told as well. */
  tellRefused(request: RequestView): void {
    const { state } = request;
    // What another pipeline would have said of an admitted request is not true any more.
    if (this.#setting === false) delete state.limitFields;
    else this.#tell(request, [...(state.decided?.values() ?? [])]);
  }

  #tell(request: RequestView, decided: readonly Decided[]): void {
    request.state.limitFields = this.#fieldsOf(decided);
    fillHeaders(request, []);
  }

  /** A limiter of the service's own may say what no header can carry: that must not undo its decision. */
  #fieldsOf(decided: readonly Decided[]): readonly RateLimitField[] {
    if (this.#setting === false) return [];
    try {
      const decisions = decided.map(policyDecision);
      checkDecisions(decisions);
      return fieldsFor(decisions, this.#setting, this.#clock);
    } catch (error) {
      this.#reporter.listenerError(error);
      return [];
    }
  }
}

/** Written out member by member: this is on the way of every request, where spreading costs more than all the rest. */
function policyDecision({ limiter, decision }: Decided): PolicyDecision {
  const { policy, limit, remaining, allowed, retryAfterMs, resetAfterMs } = decision;
  const { windowMs, enforced } = describePolicy(limiter, limit);
  return {
    policy,
    limit,
    remaining,
    allowed,
    retryAfterMs,
    resetAfterMs,
    windowMs,
    shadow: decision.shadow || !enforced,
  };
}
