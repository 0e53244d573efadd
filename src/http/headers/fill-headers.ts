import { type ResponseShape, stateOf } from '../exchange.js';
import { appendFields } from '../limits/append-fields.js';
import { atHead } from './at-head.js';

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
  if ('stream' in response && !response.headersSent) complete(response);
  if (first) atHead(response, complete);
}

function complete(response: ResponseShape): void {
  const { headers, limitFields } = stateOf(response);
  if (limitFields !== undefined) appendFields(response, limitFields);
  for (const [name, value] of headers ?? []) if (!response.hasHeader(name)) response.setHeader(name, value);
}
