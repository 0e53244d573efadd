import { InvalidArgumentError } from '../../core/errors.js';
import { describe } from '../../core/options.js';
import { nearest } from '../../core/spelling.js';
import { isThenable } from '../../core/thenable.js';

type LastParam<F> = F extends (...a: infer A) => unknown
  ? A extends readonly [...unknown[], infer L]
    ? L
    : never
  : never;

/** The methods of `T` that return promises or take an error-first callback last. */
export type AsyncMethodKeys<T> = {
  [K in keyof T]-?: T[K] extends (...a: never[]) => PromiseLike<unknown>
    ? K
    : [LastParam<T[K]>] extends [never]
      ? never
      : LastParam<T[K]> extends (e: never, ...r: never[]) => unknown
        ? K
        : never;
}[keyof T];

/** Options of {@link CircuitBreaker.protect}. */
export interface ProtectOptions<T> {
  /** The methods that go through the breaker; at least one. */
  readonly only: readonly AsyncMethodKeys<T>[];
}

/** Tells what came of a call; only the first word counts. `unknown` says nothing about the dependency. @internal */
export type EndCall = (outcome: 'succeeded' | 'failed' | 'unknown', value?: unknown) => void;

/** Admits a call, or throws the refusal. @internal */
export type BeginCall = () => EndCall;

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

/** See {@link CircuitBreaker.protect}. @internal */
export function protect<T extends object>(begin: BeginCall, target: T, options: ProtectOptions<T>): T {
  const guarded = new Map<PropertyKey, AnyFunction>();
  for (const key of checkedNames(target, options))
    guarded.set(
      key,
      guardMethod(begin, target, key, () => proxy),
    );
  const bound = new WeakMap<object, unknown>();
  const proxy: T = new Proxy(target, {
    get(_, key) {
      const method = guarded.get(key);
      if (method !== undefined) return method;
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function' || key === 'constructor' || isFixed(target, key)) return value;
      let stand = bound.get(value);
      if (stand === undefined) bound.set(value, (stand = onTarget(value as AnyFunction, target, () => proxy)));
      return stand;
    },
    // The target itself is the receiver, or accessors that touch private fields would throw.
    set: (_, key, value) => Reflect.set(target, key, value, target),
  });
  return proxy;
}

function checkedNames(target: object, options: { readonly only?: unknown } | undefined): PropertyKey[] {
  if ((typeof target !== 'object' && typeof target !== 'function') || (target as unknown) === null) {
    throw new InvalidArgumentError(`protect: the target must be an object, got ${describe(target)}`);
  }
  const only: unknown = options?.only;
  if (!Array.isArray(only) || only.length === 0) {
    throw new InvalidArgumentError("protect: 'only' must name at least one method, such as { only: ['query'] }");
  }
  for (const key of only as PropertyKey[]) {
    if (typeof Reflect.get(target, key, target) !== 'function') {
      const meant = nearest(String(key), methodNames(target));
      const hint = meant === undefined ? '' : `; did you mean '${meant}'?`;
      throw new InvalidArgumentError(`protect: '${String(key).slice(0, 64)}' is not a method of the target${hint}`);
    }
    if (isFixed(target, key)) {
      throw new InvalidArgumentError(
        `protect: '${String(key)}' is read-only on the target and cannot be guarded; wrap it instead`,
      );
    }
  }
  return only as PropertyKey[];
}

function methodNames(target: object): string[] {
  const names: string[] = [];
  for (let o: object | null = target; o !== null && o !== Object.prototype; o = Reflect.getPrototypeOf(o)) {
    // Without asking a getter, which might do anything.
    const properties = Object.entries(Object.getOwnPropertyDescriptors(o));
    for (const [name, { value }] of properties) if (typeof value === 'function') names.push(name);
  }
  return names;
}

/** A proxy must show such a property as it is. */
function isFixed(target: object, key: PropertyKey): boolean {
  const property = Reflect.getOwnPropertyDescriptor(target, key);
  return property?.configurable === false && property.writable === false;
}

/** `method`, run on the target when it is called on the proxy: private fields live on the target alone. */
function onTarget(method: AnyFunction, target: object, proxy: () => object): AnyFunction {
  return new Proxy(method, {
    apply(_, self, args: unknown[]) {
      const result: unknown = Reflect.apply(method, self === proxy() ? target : self, args);
      return result === target ? proxy() : result;
    },
  });
}

function guardMethod(begin: BeginCall, target: object, key: PropertyKey, proxy: () => object): AnyFunction {
  // Some methods take a function last that is no callback, and answer with a promise: only a call can tell.
  let lastIsNoCallback = false;
  return function (...args) {
    // Looked up at each call, so that a method that is replaced later is the one that runs.
    const method = Reflect.get(target, key, target) as AnyFunction;
    const run = (given: unknown[]): unknown => {
      const result: unknown = Reflect.apply(method, target, given);
      return result === target ? proxy() : result;
    };
    const last = args.at(-1);
    if (typeof last !== 'function' || lastIsNoCallback) return runForPromise(begin, () => run(args));
    return runWithCallback(begin, args, last as AnyFunction, run, () => {
      lastIsNoCallback = true;
    });
  };
}

function runForPromise(begin: BeginCall, run: () => unknown): unknown {
  let end: EndCall;
  let result: unknown;
  try {
    end = begin();
  } catch (refusal) {
    return rejected(refusal);
  }
  try {
    result = run();
  } catch (error) {
    end('failed', error);
    return rejected(error);
  }
  return countPromise(result, end);
}

/** What is no promise, such as a cursor, comes back as it is: its outcome cannot be known here. */
function countPromise(result: unknown, end: EndCall): unknown {
  if (!isThenable(result)) {
    end('unknown');
    return result;
  }
  return Promise.resolve(result).then(
    (value) => {
      end('succeeded', value);
      return value;
    },
    (error: unknown) => {
      end('failed', error);
      throw error;
    },
  );
}

function runWithCallback(
  begin: BeginCall,
  args: readonly unknown[],
  callback: AnyFunction,
  run: (args: unknown[]) => unknown,
  noticeNoCallback: () => void,
): unknown {
  let end: EndCall;
  try {
    end = begin();
  } catch (refusal) {
    // Later, as the method itself would answer: a callback that runs at once surprises its caller.
    queueMicrotask(() => callback(refusal));
    return undefined;
  }
  let running = true;
  let early: readonly unknown[] | undefined;
  const count = ([error, value]: readonly unknown[]): void => {
    if (error) end('failed', error);
    else end('succeeded', value);
  };
  const counting: AnyFunction = function (...outcome) {
    if (running) early ??= outcome;
    else count(outcome);
    return Reflect.apply(callback, this, outcome);
  };
  let result: unknown;
  try {
    result = run([...args.slice(0, -1), counting]);
  } catch (error) {
    // What comes out of a method that has called back already is the callback's own mistake.
    if (early === undefined) end('failed', error);
    else count(early);
    throw error;
  }
  running = false;
  if (isThenable(result)) {
    noticeNoCallback();
    return countPromise(result, end);
  }
  if (early !== undefined) count(early);
  return result;
}

function rejected(error: unknown): Promise<never> {
  // The value is the method's own or the refusal.
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
  return Promise.reject(error);
}
