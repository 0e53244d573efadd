import type { RequestView } from './exchange.js';

/** An answer of the pipeline's own. */
export interface Answer {
  readonly contentType: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Text as it is, anything else as JSON. */
  readonly body: object | string;
}

/** Sends an answer of the pipeline's own; without a body to a HEAD request, and not at all when one has begun. @internal */
export function send(request: RequestView, status: number, { contentType, headers, body }: Answer): void {
  const { response } = request.exchange;
  if (response.headersSent) return;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.statusCode = status;
  response.setHeader('Content-Type', contentType);
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Content-Length', String(byteLength(text)));
  for (const [name, value] of headers) response.setHeader(name, value);
  if (request.method === 'HEAD') response.end();
  else response.end(text);
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
