import type { Clock } from '../../core/clock.js';
import {
  clockOption,
  count,
  durationMs,
  flag,
  group,
  optionalFunction,
  parseOptions,
  text,
  type ParsedOptions,
} from '../../core/options.js';
import { type ListenerErrorHandler, onListenerErrorOption } from '../../core/reporter.js';
import type { CircuitSettings } from './engine.js';
import type { Verdict } from './state.js';

/** How the recovering circuit is tried out. */
export interface HalfOpenOptions {
  /** Probes that may run at once. Integer, at least 1. @defaultValue `1` */
  readonly maxCalls?: number | undefined;
  /** Probes that must succeed before the circuit closes. Integer, at least 1. @defaultValue `1` */
  readonly successesToClose?: number | undefined;
  /**
   * Longest wait for a probe's answer, in ms from its admission, more than 0: a probe that takes longer is a failure,
   * and what it answers later is void.
   * @defaultValue `recoveryTimeoutMs`, at most `30_000`
   */
  readonly maxWaitMs?: number | undefined;
}

/** What a call came to, as `classify` sees it. */
export interface CallOutcome {
  /** Whether it threw or rejected. */
  readonly failed: boolean;
  /** What it threw or rejected with. */
  readonly error?: unknown;
  /** What it returned or resolved to. */
  readonly result?: unknown;
  /** Milliseconds that it took. */
  readonly durationMs: number;
}

/** Options of {@link CircuitBreaker}. */
export interface CircuitBreakerOptions {
  /** Shown in errors, events, metrics and health; 1 to 200 characters. @defaultValue `'default'` */
  readonly name?: string | undefined;
  /** Failures in a row that open the circuit. Integer, at least 1. @defaultValue `5` */
  readonly failureThreshold?: number | undefined;
  /** How long an open circuit refuses before it lets a probe through, in ms, at least 0. @defaultValue `60_000` */
  readonly recoveryTimeoutMs?: number | undefined;
  /** How the recovering circuit is tried out. */
  readonly halfOpen?: HalfOpenOptions | undefined;
  /**
   * Judges each outcome; not asked about calls whose caller gave up, which never count. When it throws or answers
   * something else, that is reported through `onListenerError` and the default judges.
   * @defaultValue an error is a failure, unless it is a refusal by another guard (`RejectedError`): that is ignored
   */
  readonly classify?: ((outcome: CallOutcome) => Verdict) | undefined;
  /** Whether refusals record where they were created; costs several microseconds each. @defaultValue `false` */
  readonly captureStack?: boolean | undefined;
  /** Time source. @defaultValue `systemClock` */
  readonly clock?: Clock | undefined;
  /** Hears of listeners that throw and of configuration warnings. @defaultValue `process.emitWarning` */
  readonly onListenerError?: ListenerErrorHandler | undefined;
}

/** Defaults of {@link CircuitBreakerOptions}. */
export const CIRCUIT_BREAKER_DEFAULTS = /* @__PURE__ */ Object.freeze({
  name: 'default',
  failureThreshold: 5,
  recoveryTimeoutMs: 60_000,
  'halfOpen.maxCalls': 1,
  'halfOpen.successesToClose': 1,
  captureStack: false,
});

const LONGEST_PROBE_WAIT_MS = 30_000;

function schema() {
  const defaults = CIRCUIT_BREAKER_DEFAULTS;
  return {
    name: text(defaults.name),
    failureThreshold: count({ min: 1, default: defaults.failureThreshold }),
    recoveryTimeoutMs: durationMs(defaults.recoveryTimeoutMs),
    halfOpen: group({
      maxCalls: count({ min: 1, default: defaults['halfOpen.maxCalls'] }),
      successesToClose: count({ min: 1, default: defaults['halfOpen.successesToClose'] }),
      maxWaitMs: durationMs(undefined),
    }),
    classify: optionalFunction<(outcome: CallOutcome) => Verdict>(),
    captureStack: flag(defaults.captureStack),
    clock: clockOption(),
    onListenerError: onListenerErrorOption(),
  };
}

/** The options as the breaker uses them. @internal */
export type ParsedCircuitBreakerOptions = ParsedOptions<ReturnType<typeof schema>>;

/** @internal */
export function parseCircuitBreakerOptions(options: CircuitBreakerOptions | undefined): ParsedCircuitBreakerOptions {
  return parseOptions('CircuitBreaker', schema(), options, ({ halfOpen }, report) => {
    if (halfOpen.maxWaitMs === 0) report('halfOpen.maxWaitMs', 'must be more than 0: no probe could ever succeed');
  });
}

/** The numbers for the engine. @internal */
export function circuitSettings({
  failureThreshold,
  recoveryTimeoutMs,
  halfOpen,
}: ParsedCircuitBreakerOptions): CircuitSettings {
  return {
    failureThreshold,
    recoveryTimeoutMs,
    maxProbes: halfOpen.maxCalls,
    successesToClose: halfOpen.successesToClose,
    // A recovery timeout of 0 gives no scale for a probe's answer.
    probeWaitMs: halfOpen.maxWaitMs ?? Math.min(recoveryTimeoutMs || LONGEST_PROBE_WAIT_MS, LONGEST_PROBE_WAIT_MS),
  };
}
