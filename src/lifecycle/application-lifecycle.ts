import type { Component, ComponentEvent, MetricSample } from '../core/component.js';
import { Emitter } from '../core/emitter.js';
import { InvalidArgumentError } from '../core/errors.js';
import { HealthStatus } from '../core/health-status.js';
import { describe } from '../core/options.js';
import type { PlatformAbortSignal } from '../core/platform.js';
import { Reporter } from '../core/reporter.js';
import { steady } from '../core/steady.js';
import { quiet } from '../core/thenable.js';
import { within } from '../internal/within.js';
import { Ending, type StopCause } from './ending.js';
import {
  drainDelayFor,
  gracePeriodOf,
  LAST_RESORT_MS,
  LifecyclePhase,
  mayFollow,
  MOST_DRAIN_RATIO,
  MOST_FLUSH_MS,
  overrunMs,
  STOP_PHASES,
  startOrder,
  type StopPhase,
} from './engine.js';
import { StartFailedError, tookTooLong } from './errors.js';
import { LIFECYCLE_EVENTS, type LifecycleEvents, tellAsJson } from './events.js';
import { hookFunction, hookName, Hooks, hookWarning, type LifecycleHook, shownReason } from './hooks.js';
import { aTurn, canBeHeard, keepsAlive, processExit, soon, surroundings } from './host.js';
import { InFlight, type TrackedWork } from './in-flight.js';
import { Journal, stateOf } from './journal.js';
import { later } from './later.js';
import { lifecycleMetrics } from './metrics.js';
import {
  type ApplicationLifecycleOptions,
  type ParsedLifecycleOptions,
  parseLifecycleOptions,
  parseStartHook,
  parseStopHook,
  type StartHookOptions,
  type StopHookOptions,
} from './options.js';
import type { LifecycleReport, LifecycleStep, StartReport, StopReport } from './report.js';
import { type AttachableServer, Servers, type WebSocketServerShape } from './servers/index.js';
import { runStart } from './start-run.js';
import { runStop } from './stop-run.js';
import { Stopping } from './stopping.js';
import { READY_STEP, startReport, Timeline } from './timeline.js';

const AT_ONCE = 'the process ends at once';

/**
 * Starts and stops a service in order: it is ready only when everything is, and it leaves without losing a request that
 * it had accepted.
 *
 * @example
 * const lifecycle = new ApplicationLifecycle({ health, logger });
 * lifecycle.attach(server);
 * lifecycle.onStop('resources', 'database', () => pool.end());
 * await lifecycle.start();
 */
export class ApplicationLifecycle implements Component<LifecycleReport> {
  readonly kind = 'application-lifecycle';
  readonly name: string;
  readonly #options: ParsedLifecycleOptions;
  readonly #now: () => number;
  readonly #reporter: Reporter;
  readonly #events: Emitter<LifecycleEvents>;
  readonly #journal: Journal;
  readonly #hooks = new Hooks();
  readonly #work: InFlight;
  readonly #servers: Servers;
  readonly #ending: Ending;
  readonly #leaving = new AbortController();
  readonly #started = new Set<string>();
  readonly #drainMs: number;
  #phase: LifecyclePhase = LifecyclePhase.STARTING;
  #startTimeline: Timeline | undefined;
  #startRun: Promise<unknown> | undefined;
  #start: Promise<StartReport> | undefined;
  #stopping: Stopping | undefined;
  #stop: Promise<StopReport> | undefined;

  /** @throws {@link InvalidOptionsError} naming every option that is unknown or out of range. */
  constructor(options?: ApplicationLifecycleOptions) {
    const parsed = (this.#options = parseLifecycleOptions(options, canBeHeard));
    const { name, clock, onListenerError, logger, exit = processExit() } = parsed;
    this.name = name;
    this.#reporter = new Reporter(`ApplicationLifecycle '${name}'`, clock, onListenerError);
    this.#events = new Emitter(this.#reporter, LIFECYCLE_EVENTS);
    this.#now = steady(clock);
    this.#journal = new Journal(logger, this.#reporter, { lifecycle: name });
    this.#work = new InFlight(this.#now);
    const where = surroundings();
    this.#drainMs = Math.min(
      parsed.drainDelayMs === 'auto' ? drainDelayFor(where, parsed.preStopMs) : parsed.drainDelayMs,
      parsed.budgetMs * MOST_DRAIN_RATIO,
    );
    this.#servers = new Servers({ clock, now: this.#now, graceMs: Math.min(1_000, this.#drainMs) });
    this.#ending = new Ending({ ...parsed, exit }, this.#now, {
      stop: (cause) => {
        quiet(this.#stopFor(cause));
      },
      force: (why) => {
        this.#force(why);
      },
      tell: (kind, error) => {
        this.#journal.fatal(kind, error);
      },
    });
    const graceMs = parsed.gracePeriodMs === undefined ? gracePeriodOf(where) : undefined;
    if (graceMs !== undefined && overrunMs(parsed.budgetMs, parsed.preStopMs, graceMs) > 0) {
      this.#reporter.warn(
        'BREAKWATER_W_GRACE_PERIOD',
        `budgetMs (${String(parsed.budgetMs)}) and preStopMs (${String(parsed.preStopMs)}) leave less than 2,000 ms of the ` +
          `grace period (${String(graceMs)} ms): SIGKILL may come first`,
      );
    }
    parsed.health?.gate?.(`${this.kind}:${name}`, () => this.health());
  }

  /** Where the process is in its life. It never goes back to an earlier phase. */
  get phase(): LifecyclePhase {
    return this.#phase;
  }

  /** Aborts when a stop begins, for whatever goes on by itself, such as loops and streams. */
  get signal(): PlatformAbortSignal {
    return this.#leaving.signal;
  }

  /**
   * Adds something to start. Without `needs` it waits for all that were added before.
   *
   * @param name - 1 to 200 characters, each name once. A stop hook of the same name runs only if this one was done.
   * @throws {@link InvalidArgumentError} when the name is impossible or in use, or the start has begun.
   * @throws {@link InvalidOptionsError} naming every option that is unknown or out of range.
   */
  onStart(name: string, start: LifecycleHook, options?: StartHookOptions): void {
    const shown = hookName('onStart', name);
    const run = hookFunction('onStart', shown, start);
    const { timeoutMs, needs } = parseStartHook(options);
    if (this.#startTimeline !== undefined || this.#stopping !== undefined) {
      throw new InvalidArgumentError(`onStart: '${shown}' comes too late, the start has begun`);
    }
    this.#hooks.addStart({ name: shown, run, timeoutMs, needs: needs?.map((need) => hookName('needs', need)) });
  }

  /**
   * Adds something to stop: after the requests in flight, phase by phase (`ingress`, `work`, `resources`, `telemetry`),
   * last added first. One that throws or takes too long stops no other; the exit code is then 1.
   *
   * @param name - 1 to 200 characters, each once a phase. With a start hook of that name it runs only if that was done.
   * @throws {@link InvalidArgumentError} when a name is impossible or in use, the phase is unknown, or the stop has begun.
   * @throws {@link InvalidOptionsError} naming every option that is unknown or out of range.
   */
  onStop(phase: StopPhase, name: string, stop: LifecycleHook, options?: StopHookOptions): void {
    if (!STOP_PHASES.includes(phase)) {
      throw new InvalidArgumentError(
        `onStop: the phase must be one of ${STOP_PHASES.join(', ')}, got ${describe(phase)}; it comes first, then the name`,
      );
    }
    const shown = hookName('onStop', name);
    const run = hookFunction('onStop', shown, stop);
    const { timeoutMs } = parseStopHook(options);
    if (this.#stopping !== undefined) {
      throw new InvalidArgumentError(`onStop: '${shown}' comes too late, the stop has begun`);
    }
    this.#hooks.addStop({ phase, name: shown, run, timeoutMs });
  }

  /**
   * Holds the exit until the work is done, or the budget is spent.
   *
   * @param label - names the work when it has to be cut off; 200 characters of it are shown. @defaultValue `'work'`
   * @throws {@link InvalidArgumentError} when the label is not text.
   */
  track(label = 'work'): TrackedWork {
    if (typeof label !== 'string')
      throw new InvalidArgumentError(`track: the label must be text, got ${describe(label)}`);
    const done = this.#work.add(() => label);
    return { done, [Symbol.dispose]: done };
  }

  /**
   * Lets the lifecycle stop a server: `http`, `https`, `http2`, `net`, or a `WebSocketServer` of the package `ws`. It
   * closes it, so no hook needs to. Best before it listens.
   *
   * @throws {@link InvalidArgumentError} when it is no server, or the stop has begun.
   */
  attach(server: AttachableServer | WebSocketServerShape): void {
    if (this.#stopping !== undefined) throw new InvalidArgumentError('attach: too late, the stop has begun');
    this.#servers.attach(server);
  }

  /**
   * Starts the service: deployment checks, verdict, start hooks, health initialised, health confirmed, ready. From now on
   * signals and fatal errors stop it. When a step fails, what was started is stopped and the process exits with 1.
   * Calling it again gives the same promise.
   *
   * @throws {@link StartFailedError} after a start that failed or was given up, if the process is still there.
   * @throws {@link InvalidArgumentError} when start hooks need an unknown one or wait for each other; nothing has begun.
   */
  start(): Promise<StartReport> {
    if (this.#start !== undefined) return this.#start;
    const { promise, settle } = later<StartReport>();
    // Known before anything runs that may ask for it again.
    this.#start = promise;
    settle(this.#run());
    return promise;
  }

  /**
   * Stops the service: readiness first, drain while still accepting, listeners closed, requests in flight awaited, hooks,
   * exit. Calling it again gives the same promise, which resolves after `exit` was called, or once the process was left to
   * other lifecycles. Never rejects.
   *
   * @param reason - shown in logs and reports; text, or an error whose message says it. @defaultValue `'stop() was called'`
   */
  stop(reason: unknown = 'stop() was called'): Promise<StopReport> {
    return this.#stopFor({ reason: shownReason(reason), exitCode: 0 });
  }

  /** What was done so far, as plain JSON: each step with its time, what was cut off, what kept the process alive. */
  report(): LifecycleReport {
    const start = this.#startTimeline;
    return {
      version: 1,
      name: this.name,
      phase: this.#phase,
      requestsInFlight: this.#servers.requests.size,
      trackedWork: this.#work.size,
      ...(start === undefined ? {} : { start: startReport(start) }),
      ...(this.#stopping === undefined ? {} : { stop: this.#stopping.report(this.#ending.hadFatal) }),
    };
  }

  /** The same as {@link ApplicationLifecycle.report}. */
  snapshot(): LifecycleReport {
    return this.report();
  }

  /** Subscribes to `type`; the returned function unsubscribes. */
  on<K extends keyof LifecycleEvents>(type: K, listener: (event: LifecycleEvents[K]) => void): () => void {
    return this.#events.on(type, listener);
  }

  /** Hears of phases and steps, as plain JSON, for loggers and status pages. */
  subscribe(listener: (event: ComponentEvent) => void): () => void {
    return tellAsJson(this.#events, listener);
  }

  /** Phase, requests in flight and tracked work, for a scrape. */
  metrics(): Iterable<MetricSample> {
    return lifecycleMetrics(this.report());
  }

  /** `HEALTHY` while it is ready, else `UNHEALTHY` with the phase. */
  health(): { readonly status: HealthStatus; readonly message?: string } {
    if (this.#phase === LifecyclePhase.READY) return { status: HealthStatus.HEALTHY };
    return { status: HealthStatus.UNHEALTHY, message: this.#phase.toLowerCase() };
  }

  async #run(): Promise<StartReport> {
    if (this.#stopping !== undefined) throw new InvalidArgumentError('start: it was stopped already; make a new one');
    const order = startOrder(this.#hooks.starts);
    if (typeof order === 'string') throw new InvalidArgumentError(`start: ${order}`);
    const { clock, startTimeoutMs, hookTimeoutMs, budgetMs, deployment, health } = this.#options;
    const timeline = (this.#startTimeline = this.#timeline('start'));
    this.#ending.begin();
    this.#journal.note('starting');
    const run = runStart({
      clock,
      timeline,
      timeoutMs: startTimeoutMs,
      giveUpMs: Math.min(hookTimeoutMs, budgetMs / 2),
      deployment,
      health,
      hooks: this.#hooks.starts,
      order,
      abort: this.#leaving.signal,
      started: this.#started,
    });
    this.#startRun = run;
    const failure = await run;
    timeline.end();
    if (failure === undefined && this.#enter(LifecyclePhase.READY)) {
      timeline.add(READY_STEP, 'DONE', timeline.elapsedMs);
      const warning = hookWarning(this.#hooks, this.#drainMs, budgetMs);
      if (warning !== undefined) this.#reporter.warn('BREAKWATER_W_HOOK_BUDGET', warning);
      return startReport(timeline);
    }
    const step = failure?.step ?? 'ready';
    const why = `${step}: ${failure?.message ?? 'a stop had begun'}`;
    if (this.#phase === LifecyclePhase.STARTING) {
      this.#journal.trouble('BREAKWATER_W_START_FAILED', `the start failed at ${why}`, { step });
    }
    await this.#stopFor({ reason: 'start failed', exitCode: 1 });
    throw new StartFailedError(`the start failed at ${why}`, { step, report: this.report(), cause: failure?.cause });
  }

  #stopFor(cause: StopCause): Promise<StopReport> {
    if (this.#stop !== undefined) return this.#stop;
    const wasReady = this.#phase === LifecyclePhase.READY;
    const stopping = (this.#stopping = new Stopping(cause, this.#timeline('stop'), this.#servers.requests, this.#work));
    const { promise, settle } = later<StopReport>();
    this.#stop = promise;
    // Readiness says so before anything else is done.
    this.#enter(LifecyclePhase.DRAINING, cause.reason);
    settle(this.#leave(stopping, wasReady));
    return promise;
  }

  async #leave(stopping: Stopping, wasReady: boolean): Promise<StopReport> {
    const { clock, budgetMs, hookTimeoutMs, components, drainDelayMs } = this.#options;
    const { timeline, requestsInFlight, trackedWork, cause } = stopping;
    this.#ending.begin();
    const cancelLastResort = clock.schedule(
      () => {
        this.#force('the budget was spent');
      },
      budgetMs + LAST_RESORT_MS,
      { hold: true },
    );
    this.#journal.note('stopping', {
      reason: cause.reason,
      components: stateOf(components),
      requestsInFlight,
      trackedWork,
    });
    this.#leaving.abort();
    await this.#startRun;
    const drains = wasReady && (drainDelayMs !== 'auto' || this.#servers.listening);
    await runStop({
      clock,
      timeline,
      budgetMs,
      drainMs: drains ? this.#drainMs : 0,
      hookTimeoutMs,
      servers: this.#servers,
      work: this.#work,
      hooks: this.#hooks,
      isRunning: ({ name }) => !this.#hooks.isStarted(name) || this.#started.has(name),
      cutOff: (going) => {
        stopping.cutOff(going);
      },
    });
    timeline.end();
    cancelLastResort();
    stopping.keptAlive = await keepsAlive();
    this.#enter(LifecyclePhase.STOPPED, cause.reason);
    const report = stopping.report(this.#ending.hadFatal);
    if (report.ok) this.#journal.note('stopped', report);
    else this.#journal.trouble('BREAKWATER_W_STOP_NOT_CLEAN', stopping.whatWentWrong, report);
    await within(clock, MOST_FLUSH_MS, tookTooLong('flush', MOST_FLUSH_MS), () => this.#journal.flush(MOST_FLUSH_MS));
    await aTurn();
    this.#attempt(() => {
      if (this.#ending.end(report.exitCode, cause.signal)) return;
      this.#journal.note('the process is left to the other lifecycles');
    });
    return report;
  }

  #force(why: string): void {
    const stopping = this.#stopping;
    stopping?.force(this.#servers.requests, this.#work);
    this.#journal.trouble('BREAKWATER_W_STOP_FORCED', `${AT_ONCE}: ${why}`, this.report());
    // A warning is written in the next turn, and must not be lost.
    soon(() => {
      this.#attempt(() => {
        this.#ending.force();
      });
    });
  }

  /** An own `exit` may throw; so does that of a test runner. */
  #attempt(end: () => void): void {
    try {
      end();
    } catch (error) {
      this.#reporter.listenerError(error);
    }
  }

  #enter(to: LifecyclePhase, reason?: string): boolean {
    const from = this.#phase;
    if (!mayFollow(from, to)) return false;
    this.#phase = to;
    this.#events.emit('phaseChange', { lifecycle: this.name, from, to, ...(reason === undefined ? {} : { reason }) });
    return true;
  }

  #timeline(during: 'start' | 'stop'): Timeline {
    return new Timeline(this.#options.clock, this.#now, (step: LifecycleStep) => {
      this.#journal.step(during, step);
      this.#events.emit('step', { lifecycle: this.name, during, ...step });
    });
  }
}
