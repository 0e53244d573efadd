import type { Clock } from '../../core/clock.js';
import {
  clockOption,
  count,
  describe,
  optionalFunction,
  type OptionKind,
  type ParsedOptions,
  parseOptions,
  text,
} from '../../core/options.js';
import { type ListenerErrorHandler, onListenerErrorOption } from '../../core/reporter.js';
import type { CallContext, ExecuteOptions, Policy } from '../call-context.js';
import type { CircuitState, KeyedBreakerOptions } from '../circuit-breaker/index.js';
import type { RetryOptions } from '../retry/index.js';

/** Where the breakers of the services come from, such as a `CircuitBreakerRegistry`. */
export interface BreakerSource {
  /** The breaker of this key, made with these options when there is none. */
  for(key: string, options?: KeyedBreakerOptions): Policy & { readonly state: CircuitState };
  /** The breaker of this key if there is one; saves comparing options with each call. */
  get?(key: string): Policy | undefined;
}

/** Options of {@link ErrorRecoveryService}. */
export interface ErrorRecoveryServiceOptions {
  /** Shown in events, metrics and reports; 1 to 200 characters. @defaultValue `'default'` */
  readonly name?: string | undefined;
  /** Where the breakers come from; share one to use the same breakers elsewhere. @defaultValue one of its own */
  readonly registry?: BreakerSource | undefined;
  /**
   * How calls are tried again, unless a call says otherwise; `false` for not at all. Each service has a policy, and so a
   * budget, of its own. Give options, such as `{}`, only if running operations twice is as good as once.
   * @defaultValue `{ idempotent: false }`: only what certainly did not reach the other side is tried again
   */
  readonly retry?: RetryOptions | false | undefined;
  /** Errors that are kept of each service, the latest. Integer, at least 1. @defaultValue `100` */
  readonly maxErrorsPerService?: number | undefined;
  /** Services that are told apart. Integer, at least 1. @defaultValue `1_000` */
  readonly maxServices?: number | undefined;
  /** Time source. @defaultValue `systemClock` */
  readonly clock?: Clock | undefined;
  /** Hears of listeners that throw and of configuration warnings. @defaultValue `process.emitWarning` */
  readonly onListenerError?: ListenerErrorHandler | undefined;
}

/** Options of {@link ErrorRecoveryService.execute}. */
export interface RecoveryOptions<F = never> extends ExecuteOptions {
  /** Options of the service's breaker: those of the call that makes it. @defaultValue those of the registry */
  readonly breaker?: KeyedBreakerOptions | undefined;
  /** How the service's calls are tried again: the first options given; `false` for this call not at all. */
  readonly retry?: RetryOptions | false | undefined;
  /** Answers for a call that failed or was refused, unless its caller gave up. @defaultValue none */
  readonly fallback?: ((error: unknown, call: CallContext) => F | PromiseLike<F>) | undefined;
}

/** Defaults of {@link ErrorRecoveryServiceOptions}. */
export const ERROR_RECOVERY_SERVICE_DEFAULTS = /* @__PURE__ */ Object.freeze({
  name: 'default',
  maxErrorsPerService: 100,
  maxServices: 1_000,
});

/** @internal */
export const DEFAULT_RETRY: RetryOptions = /* @__PURE__ */ Object.freeze({ idempotent: false });

/** A copy that later changes of the caller's object do not reach. */
function copyOf(options: RetryOptions): RetryOptions {
  const copied = Object.entries(options).map(([name, value]: [string, unknown]) => {
    if (Array.isArray(value)) return [name, [...(value as unknown[])]];
    const plain = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
    return [name, plain ? { ...value } : value];
  });
  return Object.fromEntries(copied) as RetryOptions;
}

function retryOption<T>(fallback: T): OptionKind<RetryOptions | false | T> {
  return {
    parse(value, path, report) {
      if (value === undefined) return fallback;
      if (value !== false && (typeof value !== 'object' || value === null)) {
        report(path, `must be retry options or false, got ${describe(value)}`);
      }
      return value === false ? false : copyOf(value as RetryOptions);
    },
  };
}

function objectOption<T extends object>(method?: string): OptionKind<T | undefined> {
  return {
    parse(value, path, report) {
      if (value === undefined) return undefined;
      if (typeof value !== 'object' || value === null) report(path, `must be an object, got ${describe(value)}`);
      else if (method !== undefined && typeof (value as Record<string, unknown>)[method] !== 'function') {
        report(path, `must have the method ${method}()`);
      }
      return value as T;
    },
  };
}

function schema() {
  const defaults = ERROR_RECOVERY_SERVICE_DEFAULTS;
  return {
    name: text(defaults.name),
    registry: objectOption<BreakerSource>('for'),
    retry: retryOption(DEFAULT_RETRY),
    maxErrorsPerService: count({ min: 1, default: defaults.maxErrorsPerService }),
    maxServices: count({ min: 1, default: defaults.maxServices }),
    clock: clockOption(),
    onListenerError: onListenerErrorOption(),
  };
}

/** The options as the service uses them. @internal */
export type ParsedRecoveryServiceOptions = ParsedOptions<ReturnType<typeof schema>>;

/** @internal */
export function parseRecoveryServiceOptions(
  options: ErrorRecoveryServiceOptions | undefined,
): ParsedRecoveryServiceOptions {
  return parseOptions('ErrorRecoveryService', schema(), options);
}

function callSchema() {
  return {
    breaker: objectOption<KeyedBreakerOptions>(),
    retry: retryOption(undefined),
    fallback: optionalFunction<(error: unknown, call: CallContext) => unknown>(),
    signal: objectOption<NonNullable<ExecuteOptions['signal']>>('addEventListener'),
  };
}

/** The options of a call as it uses them. @internal */
export type ParsedRecoveryOptions = ParsedOptions<ReturnType<typeof callSchema>>;

const NO_OPTIONS: ParsedRecoveryOptions = /* @__PURE__ */ Object.freeze({
  breaker: undefined,
  retry: undefined,
  fallback: undefined,
  signal: undefined,
});

/** Reads the options of calls; made once for all of them. @internal */
export function recoveryOptionsParser(): (options: object | undefined) => ParsedRecoveryOptions {
  const schema = callSchema();
  return (options) =>
    options === undefined ? NO_OPTIONS : parseOptions('ErrorRecoveryService.execute', schema, options);
}

/**
 * Whether two options objects say the same. Functions count as the same, since those that are written in a call are others
 * each time, and so do objects of a class, which cannot be looked into.
 * @internal
 */
export function sameOptions(a: unknown, b: unknown): boolean {
  if (Object.is(a, b) || (typeof a === 'function' && typeof b === 'function')) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const kind: unknown = Object.getPrototypeOf(a);
  if (kind !== Object.getPrototypeOf(b)) return false;
  if (kind !== Object.prototype && kind !== Array.prototype) return true;
  const [one, two] = [a, b] as [Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>];
  return Object.keys({ ...one, ...two }).every((key) => sameOptions(one[key], two[key]));
}
