import type { Component, ComponentEvent, MetricSample } from '../../core/component.js';
import { Emitter } from '../../core/emitter.js';
import { InvalidArgumentError } from '../../core/errors.js';
import { HealthStatus } from '../../core/health-status.js';
import { Reporter } from '../../core/reporter.js';
import { steady } from '../../core/steady.js';
import { maskEnvironment } from '../../internal/masked-environment.js';
import type { DeploymentCheck } from '../check.js';
import { CheckStatus } from '../finding.js';
import { hostEnvironment } from '../host.js';
import { builtInChecks, checkedNames } from './built-in.js';
import { allPass, select } from './engine.js';
import { DEPLOYMENT_EVENTS, type DeploymentEvents, tellAsJson } from './events.js';
import { deploymentMetrics } from './metrics.js';
import {
  DEPLOYMENT_CHECKER_DEFAULTS,
  type DeploymentCheckerOptions,
  type ParsedCheckerOptions,
  parseCheckerOptions,
  parseRunOptions,
  type RunChecksOptions,
} from './options.js';
import { readOutcome, worstFirst } from './outcome.js';
import { asCheck, registered, type RegisteredCheck } from './registration.js';
import type { CheckResult, DeploymentResults, DeploymentSnapshot, DeploymentSummary } from './result.js';
import { Pulse } from './pulse.js';
import { runCheck } from './run-check.js';
import { silence, silenceFindings } from './silences.js';
import { countsLine, countsOf, problemsOf } from './tally.js';

/** What there is to say of a run. */
interface Run extends DeploymentResults {
  readonly profile: string;
  readonly ranAt: number;
  readonly durationMs: number;
}

/**
 * Says whether a build may go to production, and why not: it runs its checks side by side, each for no longer than it may
 * take, and tells what is wrong from what could not be found out.
 *
 * @example
 * const checker = new DeploymentChecker({ security: true, database: () => pool.query('SELECT 1') });
 * const { allPass, results } = await checker.runAllChecks();
 */
export class DeploymentChecker implements Component<DeploymentSnapshot> {
  readonly kind = 'deployment-checker';
  readonly name: string;
  readonly #options: ParsedCheckerOptions;
  readonly #events: Emitter<DeploymentEvents>;
  readonly #now: () => number;
  readonly #checks = new Map<string, RegisteredCheck>();
  #latest: Run | undefined;

  /** @throws {@link InvalidOptionsError} naming every option that is unknown or out of range. */
  constructor(options?: DeploymentCheckerOptions) {
    this.#options = parseCheckerOptions(options);
    this.name = this.#options.name;
    const { clock, onListenerError, checks } = this.#options;
    this.#now = steady(clock);
    this.#events = new Emitter(
      new Reporter(`DeploymentChecker '${this.name}'`, clock, onListenerError),
      DEPLOYMENT_EVENTS,
    );
    for (const check of [...builtInChecks(this.#options), ...checks]) this.register(check);
  }

  /**
   * Adds a check of one's own. A run that has begun goes on without it.
   *
   * @throws {@link InvalidArgumentError} when it is no check, or one with its id is registered.
   */
  register(check: DeploymentCheck): void {
    const { check: sound, problems: wrong } = asCheck(check);
    if (sound === undefined) throw new InvalidArgumentError(`register: ${wrong.join('; ')}`);
    if (this.#checks.has(sound.id))
      throw new InvalidArgumentError(`register: check '${sound.id}' is registered already`);
    this.#checks.set(sound.id, registered(sound));
  }

  /**
   * Runs the checks side by side. What a check does wrong is a result of it and never rejects; the longest `timeoutMs` is
   * the longest that it takes. No secret of the environment is in the results, nor any value of a variable that was looked at
   * and is more than an ordinary word.
   *
   * @throws {@link InvalidOptionsError} (as a rejection) naming every option that is unknown or impossible.
   * @throws {@link InvalidArgumentError} (as a rejection) for a profile or a tag that no check knows.
   */
  async runAllChecks(options?: RunChecksOptions): Promise<DeploymentResults> {
    const selection = parseRunOptions(options);
    const all = [...this.#checks.values()];
    const selected = select(all, selection);
    const { clock, environment, silence: silences } = this.#options;
    const { timeoutMs = DEPLOYMENT_CHECKER_DEFAULTS.timeoutMs } = this.#options;
    const source = environment ?? hostEnvironment();
    const pulse = new Pulse(clock, this.#now);
    const mask = maskEnvironment(source, checkedNames(this.#options));
    try {
      const ranAt = clock.wallNow();
      const startedAtMs = this.#now();
      const running = selected.map(async (check) => {
        const beganAtMs = this.#now();
        const outcome = await runCheck(check, {
          pulse,
          now: this.#now,
          profile: selection.profile,
          timeoutMs,
        });
        return this.#result(check, outcome, this.#now() - beganAtMs);
      });
      // What the checks did while they were begun is known already.
      pulse.start();
      const results = await Promise.all(running);
      if (results.length === 0) results.push(NOTHING_CHECKED);
      const lapsed = silenceFindings(silences, [...this.#checks.keys()], results, clock.wallNow());
      if (lapsed.length > 0) results.push(silenceResult(lapsed));
      const run = { profile: selection.profile, ranAt, durationMs: shortened(this.#now() - startedAtMs) };
      return this.#end({ ...run, allPass: allPass(results), results: Object.freeze(results) });
    } finally {
      pulse.stop();
      mask[Symbol.dispose]();
    }
  }

  /** The latest run in short: how many results there are of each kind, and what is wrong. */
  getSummary(): DeploymentSummary {
    const run = this.#latest;
    const counts = countsOf(run?.results ?? []);
    const known = { checker: this.name, ...counts, problems: summaryProblems(run?.results ?? []) };
    if (run === undefined) return { ...known, allPass: false, message: 'the checks have not run yet' };
    const { profile, ranAt, durationMs } = run;
    return { ...known, allPass: run.allPass, message: countsLine(counts), profile, ranAt, durationMs };
  }

  /** Subscribes to `type`; the returned function unsubscribes. */
  on<K extends keyof DeploymentEvents>(type: K, listener: (event: DeploymentEvents[K]) => void): () => void {
    return this.#events.on(type, listener);
  }

  /** Hears of runs, as plain JSON, for loggers and status pages. */
  subscribe(listener: (event: ComponentEvent) => void): () => void {
    return tellAsJson(this.#events, listener);
  }

  /** The latest run in full, as plain JSON. */
  snapshot(): DeploymentSnapshot {
    return { ...this.getSummary(), results: this.#latest?.results ?? [] };
  }

  /** How each check of the latest run came out, for a scrape. */
  metrics(): readonly MetricSample[] {
    return deploymentMetrics(this.snapshot());
  }

  /** `DEGRADED` when the latest run found something that must not go to production. */
  health(): { status: HealthStatus; message?: string } {
    const run = this.#latest;
    if (run === undefined || run.allPass) return { status: HealthStatus.HEALTHY };
    return { status: HealthStatus.DEGRADED, message: countsLine(countsOf(run.results)) };
  }

  #result({ id, name, tags }: RegisteredCheck, outcome: ReturnType<typeof readOutcome>, tookMs: number): CheckResult {
    const { silence: silences, clock } = this.#options;
    const { status, message, ...rest } = silence(id, outcome, silences, clock.wallNow());
    return Object.freeze({ id, name, status, message, ...rest, durationMs: shortened(tookMs), tags });
  }

  #end(run: Run): DeploymentResults {
    this.#latest = run;
    const { results, profile, durationMs } = run;
    const failedChecks = results.filter(({ status }) => status === CheckStatus.FAIL).map(({ id }) => id);
    const counts = countsOf(results);
    this.#events.emit('checked', {
      checker: this.name,
      profile,
      allPass: run.allPass,
      ...counts,
      durationMs,
      failedChecks,
    });
    return { allPass: run.allPass, results };
  }
}

/** What is wrong, the worst first. */
function summaryProblems(results: readonly CheckResult[]): DeploymentSummary['problems'] {
  return worstFirst(problemsOf(results)).map(({ id, status, message, hint }) => ({
    id,
    status,
    message,
    ...(hint === undefined ? {} : { hint }),
  }));
}

/** Tenths of a millisecond are all that a timer knows. */
function shortened(ms: number): number {
  return Math.round(Math.max(0, ms) * 10) / 10;
}

const NOTHING_CHECKED: CheckResult = /* @__PURE__ */ Object.freeze({
  id: 'checks',
  name: 'Checks',
  status: CheckStatus.FAIL,
  message: 'nothing was checked: no check is registered for what was asked',
  hint: 'register a check, or ask for other tags or another profile',
  metadata: /* @__PURE__ */ Object.freeze({}),
  durationMs: 0,
  tags: /* @__PURE__ */ Object.freeze([]),
  crashed: true,
});

function silenceResult(lapsed: ReturnType<typeof silenceFindings>): CheckResult {
  const message = `${String(lapsed.length)} ${lapsed.length === 1 ? 'silence' : 'silences'} to look at`;
  const { status, metadata, findings } = readOutcome('silence', { message, findings: lapsed });
  return Object.freeze({
    id: 'silence',
    name: 'Silences',
    status,
    message,
    metadata,
    durationMs: 0,
    tags: Object.freeze([]),
    ...(findings === undefined ? {} : { findings }),
  });
}
