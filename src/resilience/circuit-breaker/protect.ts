import { InvalidArgumentError } from '../../core/errors.js';
import { describe } from '../../core/options.js';
import { redactName } from '../../core/redaction.js';
import { nearest } from '../../core/spelling.js';
import { isThenable, quiet } from '../../core/thenable.js';

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
      throw new InvalidArgumentError(`protect: '${redactName(String(key), 64)}' is not a method of the target${hint}`);
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

/**
 * What its calls have shown of a method that is given a function last: nothing but a promise tells of the outcome, or
 * a callback, or both. What it is cannot be seen from outside.
 */
interface Manner {
  shown: 'promise' | 'callback' | 'both' | undefined;
}

/** The outcome of a promise. */
interface Outcome {
  readonly failed: boolean;
  readonly value: unknown;
}

function guardMethod(begin: BeginCall, target: object, key: PropertyKey, proxy: () => object): AnyFunction {
  const manner: Manner = { shown: undefined };
  const guard: AnyFunction = function (...args) {
    // Looked up at each call, so that a method that is replaced later is the one that runs.
    const method: unknown = Reflect.get(target, key, target);
    const last = args.at(-1);
    const given = typeof last === 'function' ? (last as AnyFunction) : undefined;
    let end: EndCall;
    try {
      if (typeof method !== 'function') {
        throw new InvalidArgumentError(`protect: '${String(key)}' is no longer a method of the target`);
      }
      end = begin();
    } catch (refusal) {
      return given === undefined ? rejected(refusal) : refuse(refusal, manner, method, given);
    }
    const run = (passed: unknown[]): unknown => {
      const result: unknown = Reflect.apply(method as AnyFunction, target, passed);
      return result === target ? proxy() : result;
    };
    return given === undefined
      ? runForPromise(end, () => run(args))
      : runWithFunction(end, manner, given, (listening) => run([...args.slice(0, -1), listening]));
  };
  const { name, length } = Reflect.get(target, key, target) as AnyFunction;
  // Stacks and loggers show the method's own name, and some libraries go by the length.
  return Object.defineProperties(guard, {
    name: { value: name, configurable: true },
    length: { value: length, configurable: true },
  });
}

function runForPromise(end: EndCall, run: () => unknown): unknown {
  let result: unknown;
  try {
    result = run();
  } catch (error) {
    end('failed', error);
    return rejected(error);
  }
  if (isThenable(result)) return countPromise(result, end);
  // What is no promise, such as a cursor, comes back as it is: its outcome cannot be known here.
  end('unknown');
  return result;
}

/** By `await`, which asks no native promise for a `then` of its own, and fails with what cannot be waited for. */
async function countPromise(
  result: PromiseLike<unknown>,
  end: EndCall,
  learn?: (outcome: Outcome) => void,
): Promise<unknown> {
  let value: unknown;
  try {
    value = await result;
  } catch (error) {
    learn?.({ failed: true, value: error });
    end('failed', error);
    throw error;
  }
  learn?.({ failed: false, value });
  end('succeeded', value);
  return value;
}

function runWithFunction(
  end: EndCall,
  manner: Manner,
  given: AnyFunction,
  run: (listening: AnyFunction) => unknown,
): unknown {
  let first: readonly unknown[] | undefined;
  let times = 0;
  let heard: (() => void) | undefined;
  // A proxy, because a function that is no callback may be looked at, or be a class.
  const listening = new Proxy(given, {
    apply(_, self, args: unknown[]) {
      first ??= args;
      times++;
      heard?.();
      return Reflect.apply(given, self, args);
    },
  });
  let result: unknown;
  try {
    result = run(listening);
  } catch (error) {
    const { shown } = manner;
    // What comes out of a method that has called back already is the callback's own mistake.
    if (first === undefined || shown === 'promise') end('failed', error);
    else countCallback(first, end);
    if (shown === 'promise' || shown === 'both') return rejected(error);
    throw error;
  }
  if (!isPromise(result)) {
    heard = () => {
      if (first === undefined) return;
      manner.shown = 'callback';
      countCallback(first, end);
    };
    heard();
    return result;
  }
  // Calls that are refused meanwhile need an answer before this one has shown everything.
  heard = () => {
    if (first !== undefined && !isErrorFirst(first)) manner.shown ??= 'promise';
  };
  heard();
  let answer: Promise<unknown> | undefined = undefined;
  answer = countPromise(result, end, (outcome) => {
    // Some methods call back only after everybody who waits for their promise.
    heard = () => {
      if (times > 0 || manner.shown !== 'both') {
        manner.shown = times === 1 && tells(first, outcome) ? 'both' : 'promise';
      }
      // Who takes the callback need not look at the promise.
      if (outcome.failed && manner.shown === 'both') quiet(answer);
    };
    heard();
  });
  return answer;
}

function countCallback([error, value]: readonly unknown[], end: EndCall): void {
  if (error) end('failed', error);
  else end('succeeded', value);
}

/** Whether a callback may have been called like this. */
function isErrorFirst(args: readonly unknown[]): boolean {
  const [error] = args;
  // Nothing at all is what functions get that are no callbacks.
  return args.length > 0 && (error === null || error === undefined || error instanceof Error);
}

/** Whether a callback that was called like this was told what became of the promise. */
function tells(args: readonly unknown[] = [], { failed, value }: Outcome): boolean {
  const [error, result] = args;
  return failed ? args.length > 0 && Object.is(error, value) : isErrorFirst(args) && !error && Object.is(result, value);
}

/** The answer of a method that was given a function last and may not run. */
function refuse(refusal: unknown, { shown }: Manner, method: unknown, given: AnyFunction): Promise<never> {
  const answer = rejected(refusal);
  // To call a function that is no callback would do the very work that was refused.
  if (shown === 'promise' || (shown === undefined && (isAsync(method) || isAsync(given)))) return answer;
  // Later, as the method itself would answer: a callback that runs at once surprises its caller.
  queueMicrotask(() => given(refusal));
  quiet(answer);
  return answer;
}

/** Whether a function is `async`, in whichever realm. */
function isAsync(fn: unknown): boolean {
  try {
    return Object.prototype.toString.call(fn) === '[object AsyncFunction]';
  } catch {
    // What cannot be read tells nothing.
    return false;
  }
}

/**
 * Whether a method that was given a function last answers with a promise: a native one of any realm, or a library's.
 * Other objects have a `then` only to say that it must not be called.
 */
function isPromise(value: unknown): value is Promise<unknown> {
  try {
    const { finally: last, catch: failed } = Object(value) as Partial<Promise<unknown>>;
    return typeof last === 'function' && typeof failed === 'function' && isThenable(value);
  } catch {
    // What cannot be read cannot be waited for.
    return false;
  }
}

function rejected(error: unknown): Promise<never> {
  // The value is the method's own or the refusal.
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
  return Promise.reject(error);
}
