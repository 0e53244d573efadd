import { InvalidArgumentError } from '../../core/errors.js';
import { describe } from '../../core/options.js';
import type { Policy } from '../call-context.js';

/** A method that returns a promise. */
type AsyncMethod = (this: never, ...args: never[]) => PromiseLike<unknown>;

/** Decorates a method, in the standard form (TC39) and in TypeScript's older one (`experimentalDecorators`). */
export interface GuardedDecorator {
  /** The standard form. */
  <M extends AsyncMethod>(method: M, context: { readonly kind: 'method'; readonly name: string | symbol }): M;
  /** The older form. */
  <M extends AsyncMethod>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<M>,
  ): TypedPropertyDescriptor<M>;
}

/**
 * A decorator that runs a method through `policy`: a breaker, or anything else with `execute`. `this` and the arguments
 * are passed on; the method must return a promise.
 *
 * @example
 * class Rates {
 *   \@guarded(breaker)
 *   async latest(currency: string): Promise<number> { … }
 * }
 *
 * @throws {@link InvalidArgumentError} for anything but a policy, and where it decorates anything but a method.
 */
export function guarded(policy: Policy): GuardedDecorator {
  const given: unknown = policy;
  if (typeof (given as { readonly execute?: unknown } | null | undefined)?.execute !== 'function') {
    throw new InvalidArgumentError(`guarded: expected a policy such as a CircuitBreaker, got ${describe(given)}`);
  }
  return ((target: unknown, context: unknown, descriptor?: PropertyDescriptor): unknown => {
    if (isStandard(context)) {
      if (context.kind !== 'method') throw notAMethod(String(context.kind), context.name);
      return guard(policy, target, context.name);
    }
    const method: unknown = descriptor?.value;
    if (descriptor === undefined) throw notAMethod('field', context);
    if (descriptor.get !== undefined || descriptor.set !== undefined) throw notAMethod('accessor', context);
    return { ...descriptor, value: guard(policy, method, context) };
  }) as GuardedDecorator;
}

function isStandard(context: unknown): context is { readonly kind: unknown; readonly name: unknown } {
  return typeof context === 'object' && context !== null && 'kind' in context;
}

function guard(policy: Policy, method: unknown, name: unknown): unknown {
  if (typeof method !== 'function') throw notAMethod(describe(method), name);
  const run = function (this: unknown, ...args: unknown[]): Promise<unknown> {
    return policy.execute(() => Reflect.apply(method, this, args) as unknown);
  };
  // Stacks and loggers show the method's own name.
  Object.defineProperty(run, 'name', { value: method.name, configurable: true });
  return run;
}

function notAMethod(what: string, name: unknown): InvalidArgumentError {
  const shown = typeof name === 'symbol' ? String(name) : `'${String(name)}'`;
  return new InvalidArgumentError(`guarded: ${shown} is no method but a ${what}; only methods can be guarded`);
}
