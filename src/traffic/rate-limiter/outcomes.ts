import type { Emitter } from '../../core/emitter.js';
import { type Decision, NONE_VIOLATED } from '../decision.js';
import { KeyNames } from '../key-names.js';
import type { SharedPerUserRateLimiterEvents } from './shared-types.js';

/** What a decision is about. @internal */
export type About = Pick<Decision, 'limit' | 'cost' | 'policy' | 'source' | 'degraded'>;

/** What there is. @internal */
export type Left = Pick<Decision, 'remaining' | 'retryAfterMs' | 'resetAfterMs'>;

/** A call of somebody. @internal */
export interface Call {
  readonly key: string;
  readonly subject: string;
  readonly cost: number;
}

/** Makes the decisions of a limiter, counts them, and tells of refusals. @internal */
export class Outcomes {
  readonly #name: string;
  readonly #shadow: boolean;
  readonly #events: Emitter<SharedPerUserRateLimiterEvents>;
  readonly #reasonOf: (call: Call) => string | undefined;
  readonly #violated: readonly string[];
  readonly #names = new KeyNames();
  admitted = 0;
  rejected = 0;

  /** @param reasonOf - why somebody is blocked. */
  constructor(
    name: string,
    shadow: boolean,
    events: Emitter<SharedPerUserRateLimiterEvents>,
    reasonOf: (call: Call) => string | undefined,
  ) {
    this.#name = name;
    this.#shadow = shadow;
    this.#events = events;
    this.#reasonOf = reasonOf;
    this.#violated = Object.freeze([name]);
  }

  admit(about: About, left: Left): Decision {
    if (about.cost > 0) this.admitted++;
    return { allowed: true, ...about, ...left, violated: NONE_VIOLATED, shadow: false };
  }

  refuse(call: Call, about: About, left: Left): Decision {
    const decision = { allowed: this.#shadow, ...about, ...left, violated: this.#violated, shadow: this.#shadow };
    // A look at a blocked key is no refused call.
    if (call.cost === 0) return decision;
    this.rejected++;
    if (this.#events.has('rejected')) {
      const reason = about.source === 'ban' ? { reason: this.#reasonOf(call) ?? '' } : {};
      this.#events.emit('rejected', { limiter: this.#name, decision, key: this.#names.of(call.key), ...reason });
    }
    return decision;
  }
}
