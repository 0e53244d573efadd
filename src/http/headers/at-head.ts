import { type ResponseShape, stateOf } from '../exchange.js';

type WriteHead = (this: ResponseShape, ...args: unknown[]) => unknown;

/**
 * Calls `fn` when a response begins, whoever begins it; again, when that attempt fails, as with a status that there is not.
 * Responses of HTTP/2 begin without a call of `writeHead` that could be followed: nothing is called there.
 * @internal
 */
export function atHead(response: ResponseShape, fn: (response: ResponseShape) => void): void {
  const state = stateOf(response);
  if (state.atHead !== undefined) {
    state.atHead.push(fn);
    return;
  }
  const fns = (state.atHead = [fn]);
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called on the response again, below
  const writeHead = response.writeHead as unknown as WriteHead;
  const telling: WriteHead = function (...args) {
    if (!this.headersSent) for (const one of fns) one(this);
    return writeHead.apply(this, args);
  };
  response.writeHead = telling;
}
