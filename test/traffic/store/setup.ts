import { SharedPerUserRateLimiter, type SharedPerUserRateLimiterOptions } from 'breakwater/rate-limiter';
import { createMemoryStore, type LimitStore, ManualClock } from 'breakwater/testing';

/** How a store behaves that somebody broke. */
type Mode = 'well' | 'hangs' | 'rejects' | 'throws' | 'lies';

/** A store whose failures a test chooses, and which remembers what it was asked. */
export function brittleStore(clock: ManualClock) {
  const inner = createMemoryStore({ clock });
  const state = {
    mode: 'well' as Mode,
    asked: [] as string[],
    late: [] as (() => void)[],
    fail: [] as ((error: Error) => void)[],
  };
  const method =
    (name: 'take' | 'count' | 'record' | 'mark' | 'changes' | 'clear') =>
    (...args: never[]): Promise<never> => {
      state.asked.push(name);
      const call = inner[name] as (...given: never[]) => Promise<never>;
      switch (state.mode) {
        case 'well':
          return call.apply(inner, args);
        case 'hangs':
          return new Promise((resolve, reject) => {
            state.fail.push(reject);
            state.late.push(() => {
              void call.apply(inner, args).then(resolve);
            });
          });
        case 'rejects':
          return Promise.reject(new Error('connect ECONNREFUSED redis://user:hunter2secret@10.0.0.1'));
        case 'throws':
          throw new Error('the client is closed');
        case 'lies':
          return Promise.resolve({ allowed: 'yes' } as never);
      }
    };
  const store: LimitStore = {
    take: method('take'),
    count: method('count'),
    record: method('record'),
    mark: method('mark'),
    changes: method('changes'),
    clear: method('clear'),
  };
  return {
    store,
    state,
    asked: (name: string) => state.asked.filter((one) => one === name).length,
  };
}

/** A clock, a store on it, and a way to lose it. */
export function sharedSetup() {
  const clock = new ManualClock({ now: 1_000 });
  const brittle = brittleStore(clock);
  /** Resolves once `promise` does, moving time on by `ms` meanwhile. */
  const within = async <T>(ms: number, promise: Promise<T>): Promise<T> => {
    const settled = promise.then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    await clock.advanceAsync(ms);
    const result = await settled;
    if ('error' in result) throw result.error;
    return result.value;
  };
  return { clock, ...brittle, within };
}

/** One of a list that is there; from the end when below 0. */
export function nth<T>(list: readonly T[], i: number): T {
  const one = list.at(i);
  if (one === undefined) throw new Error(`there is no ${String(i)}`);
  return one;
}

/** Whatever a limiter may be made with. */
export type Options = Partial<SharedPerUserRateLimiterOptions>;

/** A shared limiter, and a store that may be lost. */
export function perUserSetup() {
  const made = sharedSetup();
  const make = (options: Options = {}) =>
    new SharedPerUserRateLimiter({
      name: 'api',
      capacity: 10,
      refillPerSecond: 1,
      store: made.store,
      instances: 2,
      clock: made.clock,
      ...options,
    } as SharedPerUserRateLimiterOptions);
  const lose = async (limiter: SharedPerUserRateLimiter, mode: 'hangs' | 'rejects' = 'rejects') => {
    made.state.mode = mode;
    for (let i = 0; i < 3; i++) await made.within(50, limiter.peek(`nobody${String(i)}`));
  };
  return { ...made, make, lose };
}
