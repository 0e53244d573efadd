import { InvalidArgumentError } from '../../core/errors.js';
import { optionalFunction, parseOptions } from '../../core/options.js';
import { quiet } from '../../core/thenable.js';
import type { Exchange, Hardening, HardeningInput, MountedPipeline } from '../../http/index.js';
import { noteError } from '../../http/exchange.js';
import { toHardening } from '../../http/mount.js';
import { linkResponse } from '../../http/native-response.js';
import { notedError, notedRoute } from '../../http/request-notes.js';
import { Answer } from './answer.js';
import { closed, complete } from './complete.js';
import type { FetchAnswer, FetchOptions, FetchRequest } from './shapes.js';

/**
 * Puts the whole pipeline before a handler that takes a `Request` and answers with a `Response`, as Hono, Next, Bun, Deno and
 * Workers have them: record, security headers, health routes and limits, in that order.
 *
 * What the handler throws is in the record, and thrown on as it is: the runtime answers.
 *
 * @param handler - takes the request, and whatever else the runtime gives it.
 * @param hardening - a pipeline of `createHardening`, or its options. @defaultValue all defaults
 * @param options - how to find out the client's address, and the route.
 * @returns a handler with the same parameters; after its `dispose()` requests go straight to the one that was given.
 * @throws `InvalidOptionsError` when the options are wrong.
 * @throws `InvalidArgumentError` when the handler is no function.
 *
 * @example
 * export default { fetch: harden(app.fetch, { identify: 'x-user-id' }, { address: (request) => request.headers.get('cf-connecting-ip') }) };
 */
export function harden<
  Request extends FetchRequest,
  Rest extends readonly unknown[],
  Answered extends FetchAnswer | Promise<FetchAnswer>,
>(
  handler: (request: Request, ...rest: Rest) => Answered,
  hardening?: HardeningInput,
  // What else a handler is given is inferred from the handler alone.
  options?: FetchOptions<Request, [Rest][Rest extends unknown ? 0 : never]>,
): ((request: Request, ...rest: Rest) => Promise<Awaited<Answered>>) & MountedPipeline {
  if (typeof (handler as unknown) !== 'function') {
    throw new InvalidArgumentError(
      'harden: the first argument must be a function that takes a Request, such as app.fetch',
    );
  }
  const { address, route } = parseOptions('harden', schema<Request, Rest>(), options);
  const pipeline = toHardening(hardening);
  let mounted = true;

  async function hardened(this: unknown, request: Request, ...rest: Rest): Promise<Awaited<Answered>> {
    const run = (): Answered => handler.call(this, request, ...rest);
    if (!mounted) return await run();
    const answer = new Answer(request.signal);
    const peer = addressOf(pipeline, () => address?.(request, ...rest));
    const exchange: Exchange<Request> = {
      method: request.method,
      url: request.url,
      headers: namesAndValues(request),
      socketAddress: peer,
      socket: { encrypted: request.url.startsWith('https:') },
      frameworkAddress: () => peer,
      frameworkTrustsProxy: false,
      response: answer,
      route() {
        const named: unknown = route?.(request, ...rest);
        quiet(named);
        return typeof named === 'string' || named === null ? named : notedRoute(request, answer);
      },
      error: () => notedError(request),
      native: request,
    };
    // For cspNonce: the handler's own Response is not made by then.
    linkResponse(request, answer);
    const answers = pipeline.handle(exchange);
    answer.heed();
    if (typeof answers === 'boolean' ? answers : await answers) return (await answer.own()) as Awaited<Answered>;
    try {
      return complete(answer, exchange, await pipeline.within(exchange, run));
    } catch (thrown) {
      noteError(answer, thrown);
      closed(answer, 500);
      throw thrown;
    }
  }

  return Object.assign(hardened, {
    dispose() {
      mounted = false;
    },
  });
}

function schema<Request, Rest extends readonly unknown[]>() {
  type Ask = (request: Request, ...rest: Rest) => string | null | undefined;
  return { address: optionalFunction<Ask>(), route: optionalFunction<Ask>() };
}

/** What the service's own function says, which may fail: then nobody knows. */
function addressOf(pipeline: Hardening, ask: () => unknown): string | undefined {
  try {
    const address = ask();
    if (typeof address === 'string') return address;
    quiet(address);
  } catch (error) {
    pipeline.report(error);
  }
  return undefined;
}

function namesAndValues({ headers }: FetchRequest): Record<string, string> {
  const found: [string, string][] = [];
  headers.forEach((value, name) => found.push([name, value]));
  return Object.fromEntries(found);
}
