import type { ExchangeState, RequestView, ResponseShape } from '../exchange.js';
import { headList } from './head-list.js';

type WriteHead = (this: ResponseShape, ...args: unknown[]) => unknown;

/**
 * Calls `fn` when a response begins, whoever begins it; again, when that attempt fails, as with a status that there is not.
 * Responses of HTTP/2 begin without a call of `writeHead` that could be followed: nothing is called there.
 * @internal
 */
export function atHead(
  { state, exchange: { response } }: RequestView,
  fn: (response: ResponseShape, state: ExchangeState) => void,
): void {
  if (state.atHead !== undefined) {
    state.atHead.push(fn);
    return;
  }
  const fns = (state.atHead = [fn]);
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called on the response again, below
  const writeHead = response.writeHead as unknown as WriteHead;
  const telling: WriteHead = function (...args) {
    if (state.begun !== true) {
      if (typeof args[0] === 'number') state.status = args[0];
      const response = headList(this, args) ?? this;
      for (const one of fns) one(response, state);
    }
    const result = writeHead.apply(this, args);
    state.begun = true;
    return result;
  };
  response.writeHead = telling;
}
