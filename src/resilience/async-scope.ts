import { AsyncLocalStorage, AsyncResource, executionAsyncId, executionAsyncResource } from 'node:async_hooks';

/** From where a call was made: what `AsyncLocalStorage` holds for it, such as the id of a request. @internal */
export type AsyncScope = Pick<AsyncResource, 'runInAsyncScope'>;

/** Later versions of Node carry what is held along without numbers. */
const NUMBERED = /* @__PURE__ */ Object.hasOwn(AsyncLocalStorage.prototype, '_enable');

/** Refuses whatever is copied onto it: the only way to ask an object whether it has symbols that makes no garbage. */
const PROBE = /* @__PURE__ */ new Proxy({}, { set: () => false });

/** Whether something may be held. Where nothing has a number, only in the turn in which something is held for the first time. */
function mayHold(): boolean {
  if (!NUMBERED || executionAsyncId() !== 0) return true;
  try {
    Object.assign(PROBE, executionAsyncResource());
    return false;
  } catch {
    return true;
  }
}

/** From where this call is made; `undefined` when nothing is held for anybody. @internal */
export function asyncScope(): AsyncScope | undefined {
  return mayHold() ? new AsyncResource('breakwater', { requireManualDestroy: true }) : undefined;
}

/** Goes on for a call that was made elsewhere: a timer or a place in a queue may be shared with others. @internal */
export function inScope(scope: AsyncScope | undefined, go: () => void): void {
  if (scope === undefined) go();
  else scope.runInAsyncScope(go);
}
