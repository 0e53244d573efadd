import { InvalidArgumentError } from '../../core/errors.js';
import type { HardeningInput, MountedPipeline } from '../../http/index.js';
import { toHardening } from '../../http/mount.js';
import { fail } from './failure.js';
import { nodeExchange, type NodeRequest, type NodeResponse } from './node-exchange.js';
import { runBehind } from './run-behind.js';

/** Headers of an answer that will not come. Those of the service as a whole, such as those of CORS, stay. */
const OF_THE_ANSWER =
  /^(content-(?!security-policy)|(etag|expires|last-modified|location|set-cookie|trailer|transfer-encoding)$)/;

/**
 * Puts the whole pipeline before a request listener: record, security headers, health routes and limits, in that order.
 *
 * A listener that throws or rejects ends no process: the client gets a 500 without any detail, or, if the answer had begun, a
 * connection that breaks off; the error is in the record, in the access log, and reported to `onListenerError`.
 *
 * @param listener - as `createServer` of `node:http`, `node:https` and `node:http2` takes it.
 * @param hardening - a pipeline of `createHardening`, or its options. @defaultValue all defaults
 * @returns a listener; after its `dispose()` requests go straight to the one that was given.
 * @throws `InvalidOptionsError` when the options are wrong.
 * @throws `InvalidArgumentError` when the listener is no function.
 *
 * @example
 * const server = createServer(harden((request, response) => response.end('hello'), { trustProxy: 1 }));
 */
export function harden<Request extends NodeRequest, Response extends NodeResponse>(
  listener: (request: Request, response: Response) => unknown,
  hardening?: HardeningInput,
): ((request: Request, response: Response) => void) & MountedPipeline {
  if (typeof (listener as unknown) !== 'function') {
    throw new InvalidArgumentError('harden: the first argument must be a request listener');
  }
  const pipeline = toHardening(hardening);
  let mounted = true;

  function hardened(this: unknown, request: Request, response: Response): void {
    const run = (): unknown => listener.call(this, request, response);
    if (!mounted) {
      run();
      return;
    }
    const exchange = nodeExchange(request, response);
    const failed = (thrown: unknown): void => {
      fail(pipeline, exchange, thrown, {
        takeBack() {
          // What else the listener has begun, such as a pipe, may go on writing to what has ended by then.
          response.on('error', (error) => {
            pipeline.report(error);
          });
          // Over HTTP/2 there are no words.
          if (!('stream' in response)) Object.assign(response, { statusMessage: '' });
          for (const name of response.getHeaderNames()) if (OF_THE_ANSWER.test(name)) response.removeHeader(name);
        },
        giveUp() {
          // Over HTTP/2 only an error says that it broke off; over HTTP/1.1 it would be taken for the connection's.
          const error = 'stream' in response ? new Error('the listener threw') : undefined;
          if (!response.writableEnded) response.destroy(error);
        },
      });
    };
    runBehind(pipeline, exchange, undefined, run, failed);
  }

  return Object.assign(hardened, {
    dispose() {
      mounted = false;
    },
  });
}
