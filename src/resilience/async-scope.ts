import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import type { Clock } from '../core/clock.js';

/** From where a call was made: what `AsyncLocalStorage` holds for it, such as the id of a request. @internal */
export type AsyncScope = Pick<AsyncResource, 'runInAsyncScope'>;

const newScope = (): AsyncResource => new AsyncResource('breakwater', { requireManualDestroy: true });

/** From nowhere: for what belongs to no call. */
const NOWHERE = /* @__PURE__ */ newScope();

/**
 * By what name a promise has a number while anything is held for anybody. Later versions of Node hold things without, and
 * there is no such name.
 */
const NUMBER = /* @__PURE__ */ numberName(NOWHERE);

function numberName(resource: AsyncResource): symbol | undefined {
  if (!Object.hasOwn(AsyncLocalStorage.prototype, '_enable')) return undefined;
  const numbers = resource as unknown as Readonly<Record<symbol, unknown>>;
  return Object.getOwnPropertySymbols(resource).find((name) => numbers[name] === resource.asyncId());
}

/** Whether something may be held for whoever has just made this promise; costs next to nothing when it may not. @internal */
export function mayHold(promise: Promise<unknown>): boolean {
  return NUMBER === undefined || (promise as unknown as Readonly<Record<symbol, unknown>>)[NUMBER] !== undefined;
}

/**
 * From where this call is made; `undefined` when nothing is held for it.
 *
 * @param held - what {@link mayHold} said when it began.
 * @internal
 */
export function asyncScope(held: boolean): AsyncScope | undefined {
  return held ? newScope() : undefined;
}

/** Goes on for a call that was made elsewhere: a timer or a place in a queue may be shared with others. @internal */
export function inScope<T>(scope: AsyncScope | undefined, go: () => T): T {
  return (scope ?? NOWHERE).runInAsyncScope(go);
}

/** Sets timers that are shared: they must not keep alive what is held for the call that needed one first. @internal */
export function fromNowhere(clock: Clock): Clock['schedule'] {
  return (fn, delayMs, options) => inScope(undefined, () => clock.schedule(fn, delayMs, options));
}
