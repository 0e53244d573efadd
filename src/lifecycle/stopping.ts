import type { StopCause } from './ending.js';
import type { InFlight } from './in-flight.js';
import type { StopReport, UnfinishedWork } from './report.js';
import type { Timeline } from './timeline.js';

/** What is remembered of a stop. @internal */
export class Stopping {
  readonly cause: StopCause;
  readonly timeline: Timeline;
  readonly requestsInFlight: number;
  readonly trackedWork: number;
  readonly unfinished: UnfinishedWork[] = [];
  keptAlive: Readonly<Record<string, number>> = {};

  constructor(cause: StopCause, timeline: Timeline, requests: InFlight, work: InFlight) {
    this.cause = cause;
    this.timeline = timeline;
    this.requestsInFlight = requests.size;
    this.trackedWork = work.size;
  }

  #isForced = false;

  /** It ends now, and with it what still goes on. */
  force(...all: readonly InFlight[]): void {
    this.#isForced = true;
    this.cutOff(...all);
  }

  /** Nobody waits for these any longer. */
  cutOff(...all: readonly InFlight[]): void {
    for (const one of all) this.unfinished.push(...one.oldest());
  }

  get whatWentWrong(): string {
    const bad = this.timeline.steps.filter(({ status }) => status === 'FAILED' || status === 'TIMED_OUT');
    const steps = bad.map(({ name, message }) => `${name}: ${message ?? 'failed'}`);
    const { reason } = this.cause;
    return steps.length === 0
      ? `stopped because of ${reason}`
      : `not everything stopped: ${[reason, ...steps].join('; ')}`;
  }

  report(hadFatal: boolean): StopReport {
    const { timeline, cause, requestsInFlight, trackedWork, unfinished, keptAlive } = this;
    const ok = cause.exitCode === 0 && !hadFatal && !timeline.isBad && !this.#isForced;
    return {
      reason: cause.reason,
      ok,
      exitCode: ok ? 0 : 1,
      startedAt: timeline.startedAt,
      durationMs: timeline.elapsedMs,
      requestsInFlight,
      trackedWork,
      steps: [...timeline.steps],
      unfinished: [...unfinished],
      keptAlive,
    };
  }
}
