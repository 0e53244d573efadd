import { awaitsCall, type Component } from '../../core/component.js';
import { errorText } from '../../core/error-text.js';
import { HealthStatus } from '../../core/health-status.js';
import { redactText } from '../../core/redaction.js';
import { quiet } from '../../core/thenable.js';

const LONGEST_MESSAGE = 200;

/** What a linked component means for the feature. @internal */
export interface LinkFinding {
  readonly ails: boolean;
  /** Whether it waits for a call to find out if it is well again, as a half-open circuit does. */
  readonly wantsTrial: boolean;
  readonly message: string | undefined;
}

const WELL: LinkFinding = /* @__PURE__ */ Object.freeze({ ails: false, wantsTrial: false, message: undefined });

/** A component that a feature depends on. @internal */
export class Link {
  readonly reason: string;
  readonly level: number;
  /** What was found last. */
  last: LinkFinding = WELL;
  readonly #component: Component;
  readonly #when: ((component: Component) => boolean) | undefined;
  #asking = false;

  constructor(
    component: Component,
    reason: string,
    level: number,
    when: ((component: Component) => boolean) | undefined,
  ) {
    this.#component = component;
    this.reason = reason;
    this.level = level;
    this.#when = when;
  }

  /** Asks the component; whatever it does, there is a finding. */
  ask(): LinkFinding {
    // A component whose health depends on this feature would ask in a circle.
    if (this.#asking) return this.last;
    this.#asking = true;
    try {
      this.last = this.#when === undefined ? this.#askHealth() : this.#askUser(this.#when);
    } catch (error) {
      // Masked by itself: what stands before it ends in a colon, like the name of a field.
      this.last = ailing(`could not be asked: ${redactText(errorText(error), LONGEST_MESSAGE)}`);
    } finally {
      this.#asking = false;
    }
    return this.last;
  }

  #askHealth(): LinkFinding {
    const said: unknown = this.#component.health?.();
    const { status, message } = (said ?? {}) as { readonly status?: unknown; readonly message?: unknown };
    if (status === HealthStatus.HEALTHY) return WELL;
    if (status !== HealthStatus.DEGRADED && status !== HealthStatus.UNHEALTHY) return invalid(said);
    return {
      ...ailing(typeof message === 'string' ? message : undefined),
      wantsTrial: awaitsCall(this.#component),
    };
  }

  #askUser(when: (component: Component) => boolean): LinkFinding {
    const said: unknown = when(this.#component);
    if (typeof said !== 'boolean') return invalid(said);
    return said ? ailing(undefined) : WELL;
  }
}

function ailing(message: string | undefined): LinkFinding {
  return {
    ails: true,
    wantsTrial: false,
    message: message === undefined ? undefined : redactText(message, LONGEST_MESSAGE),
  };
}

function invalid(said: unknown): LinkFinding {
  // An own component may be asynchronous by mistake; its rejection must not end the process.
  quiet(said);
  return ailing('invalid answer');
}
