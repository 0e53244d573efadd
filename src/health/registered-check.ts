import type { Clock } from '../core/clock.js';
import { HealthStatus } from '../core/health-status.js';
import { Standing, servedForMs, worse } from './engine.js';
import { CheckTimeoutError } from './errors.js';
import { failure, finding, readOutcome, type SafeFinding, shortMs } from './finding.js';
import type { Member, Time } from './member.js';
import type { CheckSettings, HealthCheck, HealthKind } from './options.js';
import type { ComponentHealth } from './report.js';

/** A run that is not over: until its check settles, however late, no other begins. */
interface Run {
  readonly startedAtMs: number;
  readonly controller: AbortController;
  /** Resolves when there is a result, which is at the timeout at the latest. */
  readonly done: Promise<void>;
  readonly resolve: () => void;
  cancelTimer: () => void;
  timedOut: boolean;
}

interface Result {
  readonly found: SafeFinding;
  readonly durationMs: number;
  readonly atMs: number;
  readonly observedAt: number;
}

/** Runs one check: a single run at a time, its result kept, its late answer dropped. @internal */
export class RegisteredCheck implements Member {
  readonly name: string;
  /** It asks by itself. */
  readonly awaitsCall = false;
  told: HealthStatus | undefined;
  readonly #check: HealthCheck;
  readonly #settings: CheckSettings;
  readonly #clock: Clock;
  readonly #now: () => number;
  readonly #onResult: () => void;
  readonly #standing: Standing;
  #run: Run | undefined;
  #result: Result | undefined;
  #results = 0;

  /** @param time - the clock, and what reads it so that it never goes back. */
  constructor(name: string, check: HealthCheck, settings: CheckSettings, time: Time, onResult: () => void) {
    this.name = name;
    this.#check = check;
    this.#settings = settings;
    this.#clock = time.clock;
    this.#now = time.now;
    this.#onResult = onResult;
    this.#standing = new Standing(settings);
  }

  get kinds(): readonly HealthKind[] {
    return this.#settings.kinds;
  }

  get known(): boolean {
    return this.#result !== undefined;
  }

  get results(): number {
    return this.#results;
  }

  refresh(): Promise<void> | undefined {
    const run = this.#run;
    const nowMs = this.#now();
    if (run?.timedOut === false) {
      // The timer does it, unless the clock was set back meanwhile and with it the timer.
      if (nowMs - run.startedAtMs < this.#settings.timeoutMs) return run.done;
      run.cancelTimer();
      this.#expire(run);
      return undefined;
    }
    const result = this.#result;
    if (result !== undefined) {
      const servedUntilMs = result.atMs + servedForMs(result.found.status, this.#settings.ttlMs);
      if (nowMs < servedUntilMs) return undefined;
    }
    if (run === undefined) return this.#start(nowMs);
    // That it still hangs is a result too, so a hung check is never remembered as it was before.
    const ranMs = nowMs - run.startedAtMs;
    this.#book(finding(this.#errorStatus, `timed out and is still running after ${shortMs(ranMs)}`), ranMs, nowMs);
    return undefined;
  }

  show(resultsBefore: number): ComponentHealth {
    const { critical, maxAgeMs } = this.#settings;
    const { shown, consecutiveFailures } = this.#standing;
    const nowMs = this.#now();
    const result = this.#result;
    if (result === undefined || shown === undefined) {
      return {
        name: this.name,
        ...finding(HealthStatus.DEGRADED, 'pending'),
        responseTimeMs: Math.max(0, nowMs - (this.#run?.startedAtMs ?? nowMs)),
        observedAt: this.#clock.wallNow(),
        ageMs: 0,
        cached: false,
        critical,
        consecutiveFailures,
      };
    }
    const ageMs = Math.max(0, nowMs - result.atMs);
    const known: SafeFinding = { ...result.found, status: shown };
    return {
      name: this.name,
      // Not knowing makes nothing better, so a stale UNHEALTHY stays what it was.
      ...(ageMs > maxAgeMs
        ? finding(worse(shown, HealthStatus.DEGRADED), `stale: the last result is ${shortMs(ageMs)} old`)
        : known),
      responseTimeMs: result.durationMs,
      observedAt: result.observedAt,
      ageMs,
      cached: this.#results === resultsBefore,
      critical,
      consecutiveFailures,
    };
  }

  stop(): void {
    const run = this.#run;
    this.#run = undefined;
    if (run === undefined) return;
    run.cancelTimer();
    if (!run.timedOut) run.controller.abort();
    run.resolve();
  }

  #start(nowMs: number): Promise<void> {
    let resolve!: () => void;
    const done = new Promise<void>((settle) => {
      resolve = settle;
    });
    const controller = new AbortController();
    const run: Run = { startedAtMs: nowMs, controller, done, resolve, cancelTimer: () => undefined, timedOut: false };
    // Set before the check runs: one that asks for a report itself must find its own run.
    this.#run = run;
    run.cancelTimer = this.#clock.schedule(
      () => {
        this.#expire(run);
      },
      this.#settings.timeoutMs,
      { hold: true },
    );
    // The constructor turns whatever happens in there, also in a broken thenable, into a settled promise.
    new Promise<unknown>((settle) => {
      settle(this.#check({ signal: controller.signal }));
    }).then(
      (outcome) => {
        this.#end(run, (durationMs) => this.#judge(readOutcome(outcome), durationMs));
      },
      (error: unknown) => {
        this.#end(run, () => failure(this.#errorStatus, 'failed', error));
      },
    );
    return done;
  }

  #expire(run: Run): void {
    run.timedOut = true;
    const nowMs = this.#now();
    const { timeoutMs } = this.#settings;
    this.#book(finding(this.#errorStatus, `timed out after ${shortMs(timeoutMs)}`), nowMs - run.startedAtMs, nowMs);
    run.resolve();
    run.controller.abort(new CheckTimeoutError(`health check '${this.name}' timed out after ${shortMs(timeoutMs)}`));
  }

  #end(run: Run, judge: (durationMs: number) => SafeFinding): void {
    // Unregistered meanwhile: nobody wants the answer.
    if (this.#run !== run) return;
    this.#run = undefined;
    if (run.timedOut) return;
    run.cancelTimer();
    const nowMs = this.#now();
    const durationMs = Math.max(0, nowMs - run.startedAtMs);
    this.#book(judge(durationMs), durationMs, nowMs);
    run.resolve();
  }

  #judge(found: SafeFinding, durationMs: number): SafeFinding {
    const { degradedAboveMs } = this.#settings;
    if (degradedAboveMs === undefined || durationMs <= degradedAboveMs || found.status !== HealthStatus.HEALTHY) {
      return found;
    }
    return {
      ...found,
      ...finding(HealthStatus.DEGRADED, `took ${shortMs(durationMs)}, more than ${shortMs(degradedAboveMs)}`),
    };
  }

  get #errorStatus(): HealthStatus {
    return this.#settings.critical ? HealthStatus.UNHEALTHY : this.#settings.onError;
  }

  #book(found: SafeFinding, durationMs: number, atMs: number): void {
    const before = this.#result;
    if (before !== undefined && atMs - before.atMs > this.#settings.maxAgeMs) this.#standing.forget();
    this.#standing.record(found.status);
    this.#results++;
    this.#result = { found, durationMs, atMs, observedAt: this.#clock.wallNow() };
    this.#onResult();
  }
}
