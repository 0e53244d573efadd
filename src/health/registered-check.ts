import type { Clock } from '../core/clock.js';
import { HealthStatus, worse } from '../core/health-status.js';
import { Standing, servedForMs } from './engine.js';
import { CheckTimeoutError } from './errors.js';
import { failure, finding, readOutcome, type SafeFinding, shortMs } from './finding.js';
import { SampleRing } from './history.js';
import type { Member, Time } from './member.js';
import type { CheckSettings, HealthCheck, HealthKind } from './options.js';
import { Reasons } from './reasons.js';
import type { ComponentHealth } from './report.js';
import { Sampler } from './sampler.js';

/** A run that is not over: until its check settles, however late, no other begins. */
interface Run {
  readonly startedAtMs: number;
  readonly controller: AbortController;
  /** Resolves when there is a result or nobody wants one any more, which is at the timeout at the latest. */
  readonly done: Promise<void>;
  readonly resolve: () => void;
  cancelTimer: () => void;
  /** Its answer is of no interest any more: it took too long, or maintenance began. */
  dropped: boolean;
}

interface Result {
  readonly found: SafeFinding;
  readonly durationMs: number;
  readonly atMs: number;
  readonly observedAt: number;
}

const PENDING: SafeFinding = /* @__PURE__ */ Object.freeze({ status: 'DEGRADED', message: 'pending' });

/** Runs one check: a single run at a time, its result kept, its late answer dropped. @internal */
export class RegisteredCheck implements Member {
  readonly name: string;
  /** It asks by itself. */
  readonly awaitsCall = false;
  /** Why it must not be run at present. */
  readonly maintenance = new Reasons((latest) => {
    this.#maintain(latest);
  });
  told: HealthStatus | undefined;
  readonly #check: HealthCheck;
  readonly #settings: CheckSettings;
  readonly #clock: Clock;
  readonly #now: () => number;
  readonly #onChange: () => void;
  readonly #past: SampleRing;
  readonly #sampler: Sampler | undefined;
  #standing: Standing;
  #run: Run | undefined;
  #result: Result | undefined;
  #results = 0;
  #stopped = false;

  /**
   * @param time - the clock, and what reads it so that it never goes back.
   * @param historySize - how many results are remembered.
   * @param onChange - told when there is something else to show.
   */
  constructor(
    name: string,
    check: HealthCheck,
    settings: CheckSettings,
    time: Time,
    historySize: number,
    onChange: () => void,
  ) {
    this.name = name;
    this.#check = check;
    this.#settings = settings;
    this.#clock = time.clock;
    this.#now = time.now;
    this.#past = new SampleRing(historySize);
    this.#onChange = onChange;
    this.#standing = new Standing(settings);
    if (settings.intervalMs === undefined) return;
    this.#sampler = new Sampler(time.clock, settings.intervalMs, (isFirst) => {
      // A report may have been asked for before the first sample, and got one.
      if (!isFirst || this.#result === undefined) void this.#advance(this.#now());
    });
    this.#sampler.start();
  }

  get kinds(): readonly HealthKind[] {
    return this.#settings.kinds;
  }

  get critical(): boolean {
    return this.#settings.critical;
  }

  get known(): boolean {
    return this.#result !== undefined || this.maintenance.latest !== undefined;
  }

  get results(): number {
    return this.#results;
  }

  /** The last results, the oldest first. */
  get past(): SampleRing {
    return this.#past;
  }

  refresh(): Promise<void> | undefined {
    if (this.#stopped || this.maintenance.latest !== undefined) return undefined;
    const nowMs = this.#now();
    // The timer ends what takes too long, unless the clock was set back meanwhile and with it the timer.
    const isLate = this.#run?.dropped === false && nowMs - this.#run.startedAtMs >= this.#settings.timeoutMs;
    if (!isLate && this.#result !== undefined && this.#serves(this.#result, nowMs)) return undefined;
    return this.#advance(nowMs);
  }

  show(resultsBefore: number): ComponentHealth {
    const { critical, maxAgeMs } = this.#settings;
    const { shown, consecutiveFailures } = this.#standing;
    const nowMs = this.#now();
    const result = this.#result;
    const reason = this.maintenance.latest;
    if (reason !== undefined || result === undefined || shown === undefined) {
      return {
        name: this.name,
        ...(reason === undefined ? PENDING : finding(HealthStatus.DEGRADED, `in maintenance: ${reason}`)),
        responseTimeMs: Math.max(0, nowMs - (this.#run?.startedAtMs ?? nowMs)),
        observedAt: this.#clock.wallNow(),
        ageMs: 0,
        cached: false,
        critical,
        consecutiveFailures,
      };
    }
    const ageMs = Math.max(0, nowMs - result.atMs);
    const isStale = ageMs > maxAgeMs;
    // Not knowing makes nothing better, so a stale UNHEALTHY stays what it was.
    const stale = isStale
      ? finding(worse(shown, HealthStatus.DEGRADED), `stale: the last result is ${shortMs(ageMs)} old`)
      : undefined;
    const { message, details } = stale ?? result.found;
    const health: { -readonly [K in keyof ComponentHealth]: ComponentHealth[K] } = {
      name: this.name,
      status: stale?.status ?? shown,
      responseTimeMs: result.durationMs,
      observedAt: result.observedAt,
      ageMs,
      cached: this.#results === resultsBefore,
      critical,
      consecutiveFailures,
    };
    // Set only where there is one, and not spread: this is what a probe costs.
    if (message !== undefined) health.message = message;
    if (details !== undefined) health.details = details;
    return health;
  }

  stop(): void {
    this.#stopped = true;
    this.#sampler?.stop();
    const run = this.#run;
    this.#run = undefined;
    if (run !== undefined) drop(run);
  }

  /** Whether a result need not be replaced yet. */
  #serves(result: Result, nowMs: number): boolean {
    const { maxAgeMs, ttlMs } = this.#settings;
    const ageMs = nowMs - result.atMs;
    return this.#sampler === undefined ? ageMs < servedForMs(result.found.status, ttlMs) : ageMs <= maxAgeMs;
  }

  /** Goes about a new result; the promise says when there is one. */
  #advance(nowMs: number): Promise<void> | undefined {
    const run = this.#run;
    if (run === undefined) return this.#start(nowMs);
    const ranMs = nowMs - run.startedAtMs;
    if (ranMs < this.#settings.timeoutMs) return run.dropped ? undefined : run.done;
    if (!run.dropped) {
      this.#expire(run);
      return undefined;
    }
    // That it still hangs is a result too, so a hung check is never remembered as it was before.
    this.#book(finding(this.#errorStatus, `timed out and is still running after ${shortMs(ranMs)}`), ranMs, nowMs);
    return undefined;
  }

  #start(nowMs: number): Promise<void> {
    let resolve!: () => void;
    const done = new Promise<void>((settle) => {
      resolve = settle;
    });
    const controller = new AbortController();
    const run: Run = { startedAtMs: nowMs, controller, done, resolve, cancelTimer: () => undefined, dropped: false };
    // Set before the check runs: one that asks for a report itself must find its own run.
    this.#run = run;
    // Whoever waits for a report is held by that one's timer; a run that nobody waits for holds nobody.
    run.cancelTimer = this.#clock.schedule(() => {
      this.#expire(run);
    }, this.#settings.timeoutMs);
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
    const nowMs = this.#now();
    const { timeoutMs } = this.#settings;
    run.dropped = true;
    run.cancelTimer();
    this.#book(finding(this.#errorStatus, `timed out after ${shortMs(timeoutMs)}`), nowMs - run.startedAtMs, nowMs);
    run.resolve();
    run.controller.abort(new CheckTimeoutError(`health check '${this.name}' timed out after ${shortMs(timeoutMs)}`));
  }

  #end(run: Run, judge: (durationMs: number) => SafeFinding): void {
    // Unregistered meanwhile: nobody wants the answer.
    if (this.#run !== run) return;
    this.#run = undefined;
    if (run.dropped) return;
    run.cancelTimer();
    const nowMs = this.#now();
    const durationMs = Math.max(0, nowMs - run.startedAtMs);
    this.#book(judge(durationMs), durationMs, nowMs);
    run.resolve();
  }

  #judge(found: SafeFinding, durationMs: number): SafeFinding {
    const { degradedAboveMs, timeoutMs } = this.#settings;
    // The loop was blocked, most probably by the check itself: the timer that should have said so came too late.
    if (durationMs > timeoutMs) {
      return finding(this.#errorStatus, `took ${shortMs(durationMs)}, more than its time of ${shortMs(timeoutMs)}`);
    }
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
    const observedAt = this.#clock.wallNow();
    this.#result = { found, durationMs, atMs, observedAt };
    this.#past.add(observedAt, found.status, durationMs);
    this.#onChange();
  }

  /** What was found before maintenance says nothing about afterwards. */
  #maintain(reason: string | undefined): void {
    if (this.#stopped) return;
    this.#result = undefined;
    this.#standing = new Standing(this.#settings);
    if (reason === undefined) {
      this.#sampler?.start();
      return;
    }
    this.#sampler?.stop();
    // It stays the run that goes on, so that none begins beside it however late it settles.
    if (this.#run?.dropped === false) drop(this.#run);
    this.#onChange();
  }
}

/** Nobody waits for the answer any more. */
function drop(run: Run): void {
  run.cancelTimer();
  if (!run.dropped) run.controller.abort();
  run.dropped = true;
  run.resolve();
}
