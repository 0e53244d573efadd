import { HealthStatus } from '../../core/health-status.js';
import type { Reporter } from '../../core/reporter.js';
import type { RequestView } from '../exchange.js';
import { send } from '../send.js';
import { sendHealth } from './send-report.js';

/** One health route. @internal */
export interface HealthRoute {
  /** Its path below the prefix, such as `live`. */
  readonly name: string;
  /** Sends the answer, to GET and HEAD alike. What it fails with is reported, and the answer is 503. */
  answer(request: RequestView): Promise<void>;
}

/** Answers the health routes; every other request is not its business. @internal */
export class HealthRoutes {
  readonly #routes: ReadonlyMap<string, HealthRoute>;
  readonly #reporter: Reporter;

  constructor(prefix: string, routes: readonly HealthRoute[], reporter: Reporter) {
    this.#routes = new Map(routes.map((route) => [`${prefix}/${route.name}`, route]));
    this.#reporter = reporter;
  }

  /** Whether a path is one of its routes. */
  has(path: string): boolean {
    return this.#routes.has(path);
  }

  /** `undefined` when the request asks for something else, else a promise of the answer having been sent. */
  answer(request: RequestView): Promise<void> | undefined {
    const { path, method } = request;
    const route = this.#routes.get(path);
    if (route === undefined) return undefined;
    // The path of a route is its pattern as well.
    request.state.route = path;
    if (method !== 'GET' && method !== 'HEAD') {
      const body = { type: 'about:blank', title: 'Method not allowed', status: 405 };
      send(request, 405, { contentType: 'application/problem+json', headers: [['Allow', 'GET, HEAD']], body });
      return Promise.resolve();
    }
    return this.#answer(route, request);
  }

  async #answer(route: HealthRoute, request: RequestView): Promise<void> {
    try {
      await route.answer(request);
    } catch (error) {
      this.#reporter.listenerError(error);
      this.#fail(request);
    }
  }

  /** A health route that fails must not look healthy. */
  #fail(request: RequestView): void {
    const body = JSON.stringify({ status: HealthStatus.UNHEALTHY });
    try {
      sendHealth(request, { status: 503, contentType: 'application/json; charset=utf-8', body });
    } catch (error) {
      // Nobody waits for this promise.
      this.#reporter.listenerError(error);
    }
  }
}
