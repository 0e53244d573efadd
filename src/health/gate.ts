import { HealthStatus } from '../core/health-status.js';
import { quiet } from '../core/thenable.js';
import { failure, finding, INVALID, readFinding, type SafeFinding } from './finding.js';
import type { Member, Time } from './member.js';
import type { HealthKind } from './options.js';
import type { ComponentHealth } from './report.js';

/** What a {@link HealthGate} says when it does not let traffic pass freely. */
export interface HealthGateState {
  /** `UNHEALTHY` closes the gate. */
  readonly status: HealthStatus;
  /** Shown in reports: redacted, cut to 200 characters. */
  readonly message?: string | undefined;
}

/** A condition of readiness, answered at once: nothing when it is met. */
export type HealthGate = () => HealthGateState | undefined;

const OPEN: SafeFinding = /* @__PURE__ */ Object.freeze({ status: 'HEALTHY' });

/** A condition of readiness: nothing to run, asked at each report. What goes wrong in it closes it. @internal */
export class Gate implements Member {
  readonly name: string;
  readonly kinds: readonly HealthKind[] = ['readiness'];
  readonly critical = true;
  readonly known = true;
  readonly results = 0;
  readonly awaitsCall = false;
  told: HealthStatus | undefined;
  readonly #condition: HealthGate;
  readonly #time: Time;
  readonly #hides: boolean;
  #asking = false;

  /** @param hides - whether it is shown only when it is closed. */
  constructor(name: string, condition: HealthGate, time: Time, hides = false) {
    this.name = name;
    this.#condition = condition;
    this.#time = time;
    this.#hides = hides;
  }

  get hidden(): boolean {
    return this.#hides && !this.closed;
  }

  /** Whether it lets no traffic pass. */
  get closed(): boolean {
    return this.#ask().status === HealthStatus.UNHEALTHY;
  }

  refresh(): undefined {
    return undefined;
  }

  show(): ComponentHealth {
    const found = this.#ask();
    return {
      name: this.name,
      ...found,
      responseTimeMs: 0,
      observedAt: this.#time.clock.wallNow(),
      ageMs: 0,
      cached: false,
      critical: true,
      consecutiveFailures: found.status === HealthStatus.HEALTHY ? 0 : 1,
    };
  }

  stop(): void {
    // It holds nothing.
  }

  #ask(): SafeFinding {
    if (this.#asking) return finding(HealthStatus.UNHEALTHY, 'gate failed: it asks for a report that asks it');
    this.#asking = true;
    try {
      const answer: unknown = this.#condition();
      if (answer === undefined) return OPEN;
      // Asynchronous by mistake, perhaps; its rejection must not end the process.
      quiet(answer);
      const found = readFinding(answer);
      if (found === INVALID) return NOT_UNDERSTOOD;
      const { status, message } = found;
      return message === undefined ? { status } : { status, message };
    } catch (error) {
      return failure(HealthStatus.UNHEALTHY, 'gate failed', error);
    } finally {
      this.#asking = false;
    }
  }
}

/** What cannot be understood may mean that there must be no traffic. */
const NOT_UNDERSTOOD: SafeFinding = /* @__PURE__ */ Object.freeze({
  status: 'UNHEALTHY',
  message: 'gate failed: it must answer nothing or { status, message }',
});
