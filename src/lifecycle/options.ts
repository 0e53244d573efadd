import type { Clock } from '../core/clock.js';
import type { Component } from '../core/component.js';
import type { HealthStatus } from '../core/health-status.js';
import {
  clockOption,
  describe,
  durationMs,
  flag,
  hasMethod,
  optionalFunction,
  type OptionKind,
  optionalWithMethod,
  type ParsedOptions,
  parseOptions,
  text,
} from '../core/options.js';
import { type ListenerErrorHandler, onListenerErrorOption } from '../core/reporter.js';
import { type FatalErrorKind, MOST_DRAIN_RATIO, overrunMs } from './engine.js';
import type { LifecycleLogger } from './journal.js';

/** What decides whether a service may start: a `DeploymentChecker`, or anything alike. */
export interface LifecycleDeployment {
  /** Runs every check; `allPass` is the verdict. */
  runAllChecks(): PromiseLike<LifecycleVerdict> | LifecycleVerdict;
}

/** The verdict of a {@link LifecycleDeployment}. */
export interface LifecycleVerdict {
  /** Whether the service may start: it does not where a result is a `FAIL`, whatever this says. */
  readonly allPass: boolean;
  /** What each check found; with one of the status `FAIL` the start fails, and names it. */
  readonly results?: readonly { readonly id?: string; readonly status?: string; readonly message?: string }[];
}

/** Says how the service is doing: a `HealthCheckService`, or anything alike. */
export interface LifecycleHealth {
  /** Whether the process has started. */
  startup(): PromiseLike<LifecycleHealthReport> | LifecycleHealthReport;
  /** Adds a condition of readiness. Without it readiness does not know of the lifecycle. */
  gate?(name: string, condition: () => { status: HealthStatus; message?: string } | undefined): () => void;
}

/** The report of a {@link LifecycleHealth}. */
export interface LifecycleHealthReport {
  readonly status: HealthStatus;
  readonly components?: readonly {
    readonly name: string;
    readonly status: HealthStatus;
    readonly message?: string;
    /** Of one that is, and that says `pending`, nothing is known yet. */
    readonly critical?: boolean;
  }[];
}

/** Options of {@link ApplicationLifecycle}. */
export interface ApplicationLifecycleOptions {
  /** Shown in events, logs and reports; 1 to 200 characters. @defaultValue `'default'` */
  readonly name?: string | undefined;
  /** Asked first of all at a start; unless all pass, the service does not start. @defaultValue nothing is asked */
  readonly deployment?: LifecycleDeployment | undefined;
  /**
   * Asked last of all at a start, again and again until it is not `UNHEALTHY`. While the service starts and stops its
   * readiness is `UNHEALTHY`.
   * @defaultValue nothing is asked
   */
  readonly health?: LifecycleHealth | undefined;
  /** Where each step is written. @defaultValue nothing is written, and what fails is a warning */
  readonly logger?: LifecycleLogger | undefined;
  /** Parts whose state is written when a stop begins, such as circuit breakers. @defaultValue none */
  readonly components?: readonly Component[] | undefined;
  /**
   * Longest stop, in ms, at least 100: the drain delay, the requests in flight, the tracked work and all hooks. What is
   * not done by then is cut off.
   * @defaultValue `25_000`
   */
  readonly budgetMs?: number | undefined;
  /**
   * How long a stop goes on accepting before it closes the listeners, in ms, at most four fifths of `budgetMs`: those who send to this
   * process must learn that it leaves. `'auto'`: 5,000 in Kubernetes (less `preStopMs`), 0 at a terminal and where
   * `NODE_ENV` is `test` or `development`, else 1,000; and nothing when no attached server listens.
   * @defaultValue `'auto'`
   */
  readonly drainDelayMs?: number | 'auto' | undefined;
  /** How long the orchestrator's own hook takes before SIGTERM, in ms; it is a part of the grace period. @defaultValue `0` */
  readonly preStopMs?: number | undefined;
  /**
   * Time between the orchestrator's decision and SIGKILL, in ms. A budget that does not fit into it with 2 s to spare is
   * refused; one that does not fit into what the environment says is a warning.
   * @defaultValue the environment's `TERMINATION_GRACE_PERIOD_SECONDS`, 30 s in Kubernetes, else not known
   */
  readonly gracePeriodMs?: number | undefined;
  /** Longest start, in ms, at least 1. @defaultValue `60_000` */
  readonly startTimeoutMs?: number | undefined;
  /** Longest run of a stop hook that says nothing else, in ms, at least 1. @defaultValue `5_000` */
  readonly hookTimeoutMs?: number | undefined;
  /**
   * Ends the process with 0 or 1, once everything has stopped. Several lifecycles that end it in the same way wait for
   * each other.
   * @defaultValue `process.exit`
   */
  readonly exit?: ((code: number) => void) | undefined;
  /** Signals that stop the service. @defaultValue `['SIGTERM', 'SIGINT']` */
  readonly signals?: readonly string[] | undefined;
  /** Errors that stop the service, with exit code 1. @defaultValue `['uncaughtException', 'unhandledRejection']` */
  readonly fatalErrors?: readonly FatalErrorKind[] | undefined;
  /** Whether a clean stop by a signal ends with that signal instead of exit code 0. @defaultValue `false` */
  readonly reraiseSignal?: boolean | undefined;
  /** Time source. @defaultValue `systemClock` */
  readonly clock?: Clock | undefined;
  /** Hears of listeners that throw and of warnings. @defaultValue `process.emitWarning` */
  readonly onListenerError?: ListenerErrorHandler | undefined;
}

/** Defaults of {@link ApplicationLifecycleOptions}. */
export const APPLICATION_LIFECYCLE_DEFAULTS = /* @__PURE__ */ Object.freeze({
  name: 'default',
  budgetMs: 25_000,
  drainDelayMs: 'auto' as const,
  preStopMs: 0,
  startTimeoutMs: 60_000,
  hookTimeoutMs: 5_000,
  reraiseSignal: false,
});

function schema() {
  const defaults = APPLICATION_LIFECYCLE_DEFAULTS;
  return {
    name: text(defaults.name),
    deployment: optionalWithMethod<LifecycleDeployment>('runAllChecks'),
    health: optionalWithMethod<LifecycleHealth>('startup'),
    logger: optionalWithMethod<LifecycleLogger>('event'),
    components: componentsOption(),
    budgetMs: durationMs(defaults.budgetMs, { min: 100 }),
    drainDelayMs: drainDelayOption(),
    preStopMs: durationMs(defaults.preStopMs),
    gracePeriodMs: durationMs(undefined),
    startTimeoutMs: durationMs(defaults.startTimeoutMs, { min: 1 }),
    hookTimeoutMs: durationMs(defaults.hookTimeoutMs, { min: 1 }),
    exit: optionalFunction<(code: number) => void>(),
    signals: wordsOption<string, readonly string[]>(undefined, ['SIGTERM', 'SIGINT']),
    fatalErrors: wordsOption(FATAL, FATAL),
    reraiseSignal: flag(defaults.reraiseSignal),
    clock: clockOption(),
    onListenerError: onListenerErrorOption(),
  };
}

const FATAL: readonly FatalErrorKind[] = /* @__PURE__ */ Object.freeze(['uncaughtException', 'unhandledRejection']);

/** The options as the lifecycle uses them. @internal */
export type ParsedLifecycleOptions = ParsedOptions<ReturnType<typeof schema>>;

/**
 * @param canBeHeard - whether a signal exists and can be listened to.
 * @internal
 */
export function parseLifecycleOptions(
  options: ApplicationLifecycleOptions | undefined,
  canBeHeard: (signal: string) => boolean,
): ParsedLifecycleOptions {
  return parseOptions('ApplicationLifecycle', schema(), options, (parsed, report) => {
    const { budgetMs, drainDelayMs, preStopMs, gracePeriodMs } = parsed;
    for (const [i, signal] of parsed.signals.entries()) {
      if (!canBeHeard(signal)) report(`signals[${String(i)}]`, 'is no signal that a process can hear of');
    }
    const mostMs = Math.floor(budgetMs * MOST_DRAIN_RATIO);
    if (drainDelayMs !== 'auto' && drainDelayMs > mostMs) {
      report('drainDelayMs', `must be at most ${String(mostMs)}, four fifths of budgetMs: hooks need the rest`);
    }
    const overMs = gracePeriodMs === undefined ? 0 : overrunMs(budgetMs, preStopMs, gracePeriodMs);
    if (overMs > 0) {
      report(
        'budgetMs',
        `must leave, with preStopMs, 2,000 ms of gracePeriodMs, or SIGKILL comes first: ${String(overMs)} ms too long`,
      );
    }
  });
}

/** Options of {@link ApplicationLifecycle.onStart}. */
export interface StartHookOptions {
  /** Longest run, in ms, at least 1. @defaultValue what is left of `startTimeoutMs` */
  readonly timeoutMs?: number | undefined;
  /**
   * Names of the start hooks that must be done before; `[]` is none of them. Hooks that do not need each other run at the
   * same time.
   * @defaultValue all that were registered before
   */
  readonly needs?: readonly string[] | undefined;
}

/** Options of {@link ApplicationLifecycle.onStop}. */
export interface StopHookOptions {
  /** Longest run, in ms, at least 1; less when the budget runs out. @defaultValue `hookTimeoutMs` */
  readonly timeoutMs?: number | undefined;
}

/** @internal */
export function parseStartHook(options: StartHookOptions | undefined): StartHookOptions {
  const hook = {
    timeoutMs: durationMs(undefined, { min: 1 }),
    needs: wordsOption<string, undefined>(undefined, undefined),
  };
  return parseOptions('ApplicationLifecycle.onStart', hook, options);
}

/** @internal */
export function parseStopHook(options: StopHookOptions | undefined): StopHookOptions {
  return parseOptions('ApplicationLifecycle.onStop', { timeoutMs: durationMs(undefined, { min: 1 }) }, options);
}

function drainDelayOption(): OptionKind<number | 'auto'> {
  const number = durationMs(0);
  return {
    parse(value, path, report) {
      if (value === undefined || value === 'auto') return 'auto';
      if (typeof value !== 'number') {
        report(path, `must be 'auto' or a number of milliseconds, got ${describe(value)}`);
        return 'auto';
      }
      return number.parse(value, path, report);
    },
  };
}

function wordsOption<W extends string, D extends readonly W[] | undefined>(
  words: readonly W[] | undefined,
  fallback: D,
): OptionKind<readonly W[] | D> {
  return {
    parse(value, path, report) {
      if (value === undefined) return fallback;
      if (!Array.isArray(value)) {
        report(path, `must be an array, got ${describe(value)}`);
        return fallback;
      }
      for (const [i, item] of (value as unknown[]).entries()) {
        const at = `${path}[${String(i)}]`;
        if (typeof item !== 'string') report(at, `must be a string, got ${describe(item)}`);
        else if (words?.includes(item as W) === false) report(at, `must be one of ${words.join(', ')}`);
      }
      return [...new Set(value as W[])];
    },
  };
}

function componentsOption(): OptionKind<readonly Component[]> {
  return {
    parse(value, path, report) {
      if (value === undefined) return [];
      if (!Array.isArray(value)) {
        report(path, `must be an array of components, got ${describe(value)}`);
        return [];
      }
      for (const [i, item] of (value as unknown[]).entries()) {
        if (!hasMethod(item, 'snapshot')) report(`${path}[${String(i)}]`, 'must be a component, with snapshot()');
      }
      return [...(value as Component[])];
    },
  };
}
