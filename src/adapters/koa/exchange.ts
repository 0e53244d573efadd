import { stateOf } from '../../http/exchange.js';
import type { ConnectionShape, Exchange, RequestHeaders, ResponseShape } from '../../http/index.js';
import { anything, chosenRoute, type RoutedContext } from './route.js';
import type { KoaContext } from './shapes.js';
import { trustsAll } from './trust.js';

/** A request of Koa, as the pipeline sees it. @internal */
export class KoaExchange implements Exchange<KoaContext> {
  readonly method: string;
  readonly url: string;
  readonly headers: RequestHeaders;
  readonly socketAddress: string | undefined;
  readonly socket: ConnectionShape | undefined;
  readonly response: ResponseShape;
  readonly native: KoaContext;

  constructor(context: KoaContext) {
    this.method = context.method;
    this.url = context.originalUrl;
    this.headers = context.headers;
    // A body that was given up half-way has taken the socket from the request.
    this.socket = context.req.socket ?? undefined;
    this.socketAddress = this.socket?.remoteAddress;
    this.response = context.res;
    this.native = context;
  }

  /** A part that is mounted by itself meets the application here for the first time. */
  frameworkAddress(): string | undefined {
    return trustsAll(this.native.app) ? this.socketAddress : this.native.ip;
  }

  get frameworkTrustsProxy(): boolean {
    const { app } = this.native;
    return app.proxy === true && !trustsAll(app);
  }

  get frameworkSecure(): boolean | undefined {
    try {
      return trustsAll(this.native.app) ? undefined : this.native.secure;
    } catch {
      // The context is the service's to extend.
      return undefined;
    }
  }

  route(): string | null {
    const context = this.native as KoaContext & RoutedContext;
    return chosenRoute(context) ?? (this.#isUnanswered() ? null : anything(context));
  }

  expose(name: string, value: string): void {
    const { state } = this.native;
    if (state !== undefined) Object.assign(state, { [name]: value });
  }

  /** Koa begins with 404; what knows the path but not the method says which methods there are. */
  #isUnanswered(): boolean {
    const { response, socket } = this;
    // Nothing was decided when the client hung up.
    if (response.destroyed === true || socket?.destroyed === true) return false;
    const status = stateOf(response).status ?? response.statusCode;
    return status === 404 || response.hasHeader('allow');
  }
}
