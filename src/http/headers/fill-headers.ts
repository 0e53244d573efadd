import type { ExchangeState, RequestView, ResponseShape } from '../exchange.js';
import { appendFields } from '../limits/append-fields.js';
import { atHead } from './at-head.js';

/**
 * Makes sure that a response carries `headers` when it begins, whoever writes it: headers that the service sets itself
 * stay, and what a framework's error handling threw away comes back. So do the fields about limits. Called again it only
 * adds to the list.
 * @internal
 */
export function fillHeaders(request: RequestView, headers: readonly (readonly [name: string, value: string])[]): void {
  const { state, exchange } = request;
  if (state.headers === undefined) {
    state.headers = [headers];
    atHead(request, complete);
  } else {
    state.headers.push(headers);
  }
  // HTTP/2 responses begin without a call of writeHead.
  if (request.isStream && !exchange.response.headersSent) complete(exchange.response, state);
}

function complete(response: ResponseShape, { headers = [], limitFields }: ExchangeState): void {
  if (limitFields !== undefined) appendFields(response, limitFields);
  for (let i = headers.length - 1; i >= 0; i--) {
    for (const [name, value] of headers[i] ?? []) if (!response.hasHeader(name)) response.setHeader(name, value);
  }
}
