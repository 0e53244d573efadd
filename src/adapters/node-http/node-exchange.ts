import type { ConnectionShape, Exchange, RequestHeaders, ResponseShape } from '../../http/index.js';
import { notedError, notedRoute } from '../../http/request-notes.js';

/** The part of Node's request that the adapter reads: `IncomingMessage` and `Http2ServerRequest` have it. */
export interface NodeRequest {
  /** Request method. */
  readonly method?: string | undefined;
  /** The request target: path and query. */
  readonly url?: string | undefined;
  /** Headers by lower-case name. */
  readonly headers: RequestHeaders;
  /** The connection that it came by. */
  readonly socket: ConnectionShape;
}

/** The part of Node's response that the adapter uses: `ServerResponse` and `Http2ServerResponse` have it. */
export interface NodeResponse extends ResponseShape {
  /** Whether all that there is to send has been handed over. */
  readonly writableEnded: boolean;
  /** Names of the headers that are set, in lower case. */
  getHeaderNames(): string[];
  /** Takes a header back. */
  removeHeader(name: string): void;
  /** Hears of failures. */
  on(event: 'error', listener: (error: unknown) => void): unknown;
  /** Gives the response up. */
  destroy(error?: Error): unknown;
}

/**
 * A request of Node and its response as a pipeline takes them, to mount one by hand in a framework that has no adapter:
 * its address is that of the connection, unless the `trustProxy` option knows better.
 *
 * @example
 * const exchange = nodeExchange(request, response);
 * if (!(await hardening.handle(exchange))) hardening.within(exchange, next);
 */
export function nodeExchange<Request extends NodeRequest>(
  request: Request,
  response: ResponseShape,
): Exchange<Request> {
  const { socket } = request;
  return {
    method: request.method ?? '',
    url: request.url ?? '/',
    headers: request.headers,
    socketAddress: socket.remoteAddress,
    socket,
    frameworkAddress: () => socket.remoteAddress,
    frameworkTrustsProxy: false,
    response,
    route: () => notedRoute(request, response),
    error: () => notedError(request),
    native: request,
  };
}
