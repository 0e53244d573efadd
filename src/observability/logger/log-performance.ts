import { InvalidArgumentError } from '../../core/errors.js';
import { describe } from '../../core/options.js';
import { redactName } from '../../core/redaction.js';
import type { AnyFunction } from '../../internal/alike.js';
import { timedCall } from './timing-call.js';
import { parseTimingOptions, type TimingOptions } from './timing-options.js';
import { TimingReport } from './timing-report.js';

/** The two functions of an `accessor`. */
export interface AccessorFunctions<This, Value> {
  /** Reads it. */
  get(this: This): Value;
  /** Writes it. */
  set(this: This, value: Value): void;
}

/**
 * Decorates a method, getter, setter or accessor, static and private ones included, in the standard form (TC39) and in
 * TypeScript's older one (`experimentalDecorators`).
 */
export interface LogPerformanceDecorator {
  /**
   * The standard form.
   *
   * @typeParam F - the type of the method, getter or setter, which stays.
   */
  <F extends (this: never, ...args: never[]) => unknown>(
    method: F,
    context: { readonly kind: 'method' | 'getter' | 'setter'; readonly name: string | symbol },
  ): F;
  /** The standard form, of an `accessor`. */
  <This, Value>(
    accessor: AccessorFunctions<This, Value>,
    context: { readonly kind: 'accessor'; readonly name: string | symbol },
  ): AccessorFunctions<This, Value>;
  /** The older form. It changes the descriptor, since of an `accessor` it may return none. */
  <T>(target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<T>): void;
}

/**
 * A decorator that tells how long a method took: see {@link timed}, whose options and events these are. The events go to
 * the `logger` of the object, when it has one and no other is named. The operation is class and method, such as
 * `Rates.latest`, or `Rates.get total` of a getter.
 *
 * @throws {@link InvalidOptionsError} naming every option that is unknown or impossible.
 * @throws {@link InvalidArgumentError} where it decorates a field or a class, or was not called: `\@logPerformance()`.
 *
 * @example
 * class Rates {
 *   \@logPerformance({ slowMs: 200 })
 *   async latest(currency: string): Promise<number> { … }
 * }
 */
export function logPerformance(options?: TimingOptions): LogPerformanceDecorator;
export function logPerformance(options?: TimingOptions, ...more: readonly unknown[]): LogPerformanceDecorator {
  if (more.length > 0 || typeof options === 'function') {
    throw new InvalidArgumentError('logPerformance: it must be called where it decorates, as @logPerformance()');
  }
  const parsed = parseTimingOptions('logPerformance', options);
  const { name: given } = parsed;
  return ((target: unknown, context: unknown, descriptor?: unknown): unknown => {
    const report = new TimingReport('logPerformance', parsed);
    const wrap = (kind: Member, fn: unknown, name: unknown): AnyFunction => {
      if (typeof fn !== 'function') throw refusal(describe(fn), name);
      return timedCall(report, fn as AnyFunction, given === undefined ? namer(kind, name) : () => given);
    };
    if (isStandard(context)) return standard(wrap, target, context);
    older(wrap, target, context, descriptor);
    return undefined;
  }) as LogPerformanceDecorator;
}

type Member = 'method' | 'getter' | 'setter';
type Wrap = (kind: Member, fn: unknown, name: unknown) => AnyFunction;

interface StandardContext {
  readonly kind: unknown;
  readonly name: unknown;
}

function isStandard(context: unknown): context is StandardContext {
  return typeof context === 'object' && context !== null && 'kind' in context;
}

function standard(wrap: Wrap, target: unknown, { kind, name }: StandardContext): unknown {
  if (kind === 'method' || kind === 'getter' || kind === 'setter') return wrap(kind, target, name);
  if (kind !== 'accessor') throw refusal(`a ${String(kind)}`, name);
  const { get, set } = target as Record<'get' | 'set', unknown>;
  return { get: wrap('getter', get, name), set: wrap('setter', set, name) };
}

function older(wrap: Wrap, target: unknown, key: unknown, descriptor: unknown): void {
  if (key === undefined) throw refusal('a class', (target as { readonly name?: unknown } | undefined)?.name);
  if (typeof descriptor === 'number') throw refusal('a parameter', key);
  if (typeof descriptor !== 'object' || descriptor === null || 'initializer' in descriptor) {
    throw refusal('a field', key);
  }
  const property = descriptor as { get?: unknown; set?: unknown; value?: unknown };
  if (property.get === undefined && property.set === undefined) property.value = wrap('method', property.value, key);
  if (property.get !== undefined) property.get = wrap('getter', property.get, key);
  if (property.set !== undefined) property.set = wrap('setter', property.set, key);
}

function refusal(what: string, name: unknown): InvalidArgumentError {
  const shown = typeof name === 'symbol' ? String(name) : `'${String(name)}'`;
  return new InvalidArgumentError(
    `logPerformance: ${shown} is ${what}; it can decorate a method, a getter, a setter or an accessor`,
  );
}

const PREFIX = { method: '', getter: 'get ', setter: 'set ' } as const;
const LONGEST_NAME = 200;

/** The operation of a member: with the class of the object, which a decorator does not know before the first call. */
function namer(kind: Member, name: unknown): (self: unknown) => string {
  const member = PREFIX[kind] + (typeof name === 'symbol' ? `[${name.description ?? ''}]` : String(name));
  const bare = redactName(member, LONGEST_NAME);
  let latest: { readonly owner: object; readonly operation: string } | undefined;
  return (self) => {
    const owner = ownerOf(self);
    if (owner === undefined || owner.name === '') return bare;
    if (latest?.owner !== owner.of) {
      latest = { owner: owner.of, operation: redactName(`${owner.name}.${member}`, LONGEST_NAME) };
    }
    return latest.operation;
  };
}

/** The class of an object, or the class itself of a static call. */
function ownerOf(self: unknown): { readonly of: object; readonly name: string } | undefined {
  if (self === undefined || self === null) return undefined;
  try {
    const of: unknown = typeof self === 'function' ? self : (self as { readonly constructor?: unknown }).constructor;
    // A class may have a static member of that name.
    const name: unknown = (of as { readonly name?: unknown } | undefined)?.name;
    return typeof of === 'function' && typeof name === 'string' ? { of, name } : undefined;
  } catch {
    // An object that does not let itself be looked at has no name.
    return undefined;
  }
}
