import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import type { Frame } from './frame.js';

/** Which frame holds in the call that is running. @internal */
export class Contexts {
  readonly #storage = new AsyncLocalStorage<Frame>();

  current(): Frame | undefined {
    return this.#storage.getStore();
  }

  run<T>(frame: Frame, fn: () => T): T {
    return this.#storage.run(frame, fn);
  }

  /** A function that runs in the frame that holds now, whoever calls it. */
  bind<A extends unknown[], R>(fn: (...args: A) => R): (...args: A) => R {
    const run = AsyncResource.bind(function (this: unknown, ...args: unknown[]): unknown {
      return Reflect.apply(fn, this, args);
    });
    return function (this: unknown, ...args: A): R {
      return Reflect.apply(run, this, args) as R;
    };
  }
}
