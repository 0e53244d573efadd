import { appendFields } from '../limits/append-fields.js';
import { type ExchangeState, type ResponseShape, stateOf } from '../exchange.js';

type WriteHead = (this: ResponseShape, ...args: unknown[]) => unknown;

/**
 * Makes sure that a response carries `headers` when it begins, whoever writes it: headers that the service sets itself
 * stay, and what a framework's error handling threw away comes back. So do the fields about limits. Called again it only
 * adds to the list.
 * @internal
 */
export function fillHeaders(
  response: ResponseShape,
  headers: readonly (readonly [name: string, value: string])[],
): void {
  const state = stateOf(response);
  const first = state.headers === undefined;
  const list = (state.headers ??= new Map());
  for (const [name, value] of headers) list.set(name, value);
  // HTTP/2 responses begin without a call of writeHead.
  if ('stream' in response && !response.headersSent) complete(response, list, state);
  if (!first) return;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called on the response again, below
  const writeHead = response.writeHead as unknown as WriteHead;
  const filling: WriteHead = function (...args) {
    if (!this.headersSent) complete(this, list, state);
    return writeHead.apply(this, args);
  };
  response.writeHead = filling;
}

function complete(response: ResponseShape, headers: ReadonlyMap<string, string>, { limitFields }: ExchangeState): void {
  if (limitFields !== undefined) appendFields(response, limitFields);
  for (const [name, value] of headers) if (!response.hasHeader(name)) response.setHeader(name, value);
}
