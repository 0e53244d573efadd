import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { alike, type AnyFunction } from '../../internal/alike.js';
import type { Frame } from './frame.js';

/** A frame, whose it is, and what holds around it: frames of other loggers too. */
interface Held {
  readonly owner: Contexts;
  readonly frame: Frame;
  readonly around: Held | undefined;
}

/** One for all loggers: the platform copies each of them to every promise that is made. */
const STORAGE = /* @__PURE__ */ new AsyncLocalStorage<Held>();

/** Which frame of a logger holds in the call that is running. @internal */
export class Contexts {
  current(): Frame | undefined {
    let held = STORAGE.getStore();
    while (held !== undefined && held.owner !== this) held = held.around;
    return held?.frame;
  }

  run<T>(frame: Frame, fn: () => T): T {
    return STORAGE.run({ owner: this, frame, around: STORAGE.getStore() }, fn);
  }

  /** A function that runs in the frame that holds now, whoever calls it. */
  bind<A extends unknown[], R>(fn: (...args: A) => R): (...args: A) => R {
    // Not by its static method, whose functions take a hundred times as long to make.
    const resource = new AsyncResource('breakwater.bound');
    const bound = function (this: unknown, ...args: unknown[]): unknown {
      return resource.runInAsyncScope(fn, this, ...args);
    };
    return alike(fn as unknown as AnyFunction, bound) as unknown as (...args: A) => R;
  }
}
