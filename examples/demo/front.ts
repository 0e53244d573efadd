import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { contentType, metricsFormat } from 'breakwater/metrics';
import type { Observability } from './observability.js';

/**
 * What stands before the framework: the route of the metrics, which no guard limits, and for everything else the context
 * that all lines of a request share.
 */
export function front(app: RequestListener, { logger, metrics }: Observability): RequestListener {
  return (request, response) => {
    if (isScrape(request)) {
      void scrape(metrics, request, response);
      return;
    }
    // Ids of our own, which the pipeline takes over: what a client would write into every line could be anything.
    const id = randomUUID();
    request.headers['x-request-id'] = id;
    const { traceparent, tracestate } = request.headers;
    const handle = (): void => {
      app(request, response);
    };
    logger.withContext({ id }, () => {
      if (traceparent === undefined) handle();
      else logger.withTrace({ traceparent, tracestate }, handle);
    });
  };
}

/** Metrics tell of the inside of the service: who comes through the load balancer, from outside, does not find them. */
function isScrape({ method, url, headers }: IncomingMessage): boolean {
  const [path] = (url ?? '').split('?');
  return method === 'GET' && path === '/metrics' && headers['x-forwarded-for'] === undefined;
}

async function scrape(
  metrics: Observability['metrics'],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const format = metricsFormat(request.headers.accept);
  response.setHeader('Content-Type', contentType(format));
  try {
    // In pieces, as fast as they are taken; between two of them everybody else has a turn.
    await pipeline(Readable.from(metrics.stream(format)), response);
  } catch {
    // Whoever asked hung up.
  }
}
