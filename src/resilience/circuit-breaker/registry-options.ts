import type { Clock } from '../../core/clock.js';
import { clockOption, count, durationMs, type ParsedOptions, parseOptions, text } from '../../core/options.js';
import { type ListenerErrorHandler, onListenerErrorOption } from '../../core/reporter.js';
import { conditionsOf, type KeyedBreakerOptions, keyedOptions, type ParsedKeyedOptions } from './options.js';

/** Options of {@link CircuitBreakerRegistry}. */
export interface CircuitBreakerRegistryOptions {
  /** Shown in events, metrics and health; 1 to 200 characters. @defaultValue `'breakers'` */
  readonly name?: string | undefined;
  /** Breakers at the same time. Integer, at least 1. @defaultValue `10_000` */
  readonly maxEntries?: number | undefined;
  /** A breaker that nobody used for this long may go, in ms, more than 0. @defaultValue `600_000` */
  readonly idleMs?: number | undefined;
  /** Options of every breaker, unless `for` says otherwise. @defaultValue those of {@link CircuitBreaker} */
  readonly defaults?: KeyedBreakerOptions | undefined;
  /** Time source. @defaultValue `systemClock` */
  readonly clock?: Clock | undefined;
  /** Hears of listeners that throw and of configuration warnings. @defaultValue `process.emitWarning` */
  readonly onListenerError?: ListenerErrorHandler | undefined;
}

/** Defaults of {@link CircuitBreakerRegistryOptions}. */
export const CIRCUIT_BREAKER_REGISTRY_DEFAULTS = /* @__PURE__ */ Object.freeze({
  name: 'breakers',
  maxEntries: 10_000,
  idleMs: 600_000,
});

function schema() {
  const defaults = CIRCUIT_BREAKER_REGISTRY_DEFAULTS;
  return {
    name: text(defaults.name),
    maxEntries: count({ min: 1, default: defaults.maxEntries }),
    idleMs: durationMs(defaults.idleMs),
    defaults: keyedOptions(),
    clock: clockOption(),
    onListenerError: onListenerErrorOption(),
  };
}

/** @internal */
export type ParsedRegistryOptions = ParsedOptions<ReturnType<typeof schema>>;

/** @internal */
export function parseRegistryOptions(options: CircuitBreakerRegistryOptions | undefined): ParsedRegistryOptions {
  return parseOptions('CircuitBreakerRegistry', schema(), options, ({ idleMs }, report) => {
    if (idleMs === 0) report('idleMs', 'must be more than 0: no breaker would last until its second call');
  });
}

/** One breaker's options over the defaults. @internal */
export function parseKeyedOptions(defaults: KeyedBreakerOptions, options: KeyedBreakerOptions): ParsedKeyedOptions {
  const { failureThreshold: _, trip: __, ...others } = defaults;
  // Each of the two replaces the other.
  const replaced = options.trip !== undefined || options.failureThreshold !== undefined;
  const merged = { ...(replaced ? others : defaults), ...given(options) };
  return parseOptions('CircuitBreakerRegistry.for', { options: keyedOptions() }, { options: merged }).options;
}

/** A copy that later changes of the caller's object do not reach. @internal */
export function copyOptions(options: KeyedBreakerOptions | undefined): KeyedBreakerOptions {
  const { halfOpen, recoveryBackoff, rampUp, ...others } = given(options ?? {});
  return {
    ...others,
    ...(halfOpen && { halfOpen: { ...halfOpen } }),
    ...(recoveryBackoff && { recoveryBackoff: { ...recoveryBackoff } }),
    ...(rampUp && { rampUp: { ...rampUp } }),
  };
}

/** Without the keys whose value is `undefined`, which count as left out. */
function given(options: KeyedBreakerOptions): KeyedBreakerOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** Whether two breakers' options mean the same. @internal */
export function sameOptions(a: ParsedKeyedOptions, b: ParsedKeyedOptions): boolean {
  return Object.keys(a).every((name) => {
    if (name === 'failureThreshold' || name === 'trip') return alike(conditionsOf(a), conditionsOf(b));
    return alike(a[name as keyof ParsedKeyedOptions], b[name as keyof ParsedKeyedOptions]);
  });
}

/** By value, but for functions and objects of a class. */
function alike(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (!isPlain(a) || !isPlain(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && alike(a[name], b[name]))
  );
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}
