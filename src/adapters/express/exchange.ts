import type { ConnectionShape, Exchange, RequestHeaders, ResponseShape } from '../../http/index.js';
import { type RoutedRequest, TRACK } from './route-track.js';
import type { ExpressRequest } from './shapes.js';
import { trustsAll } from './trust.js';

/** A request of Express, as the pipeline sees it. @internal */
export class ExpressExchange implements Exchange<ExpressRequest> {
  readonly method: string;
  readonly url: string;
  readonly headers: RequestHeaders;
  readonly socketAddress: string | undefined;
  readonly socket: ConnectionShape | undefined;
  readonly response: ResponseShape;
  readonly native: ExpressRequest;

  constructor(request: ExpressRequest, response: ResponseShape) {
    this.method = request.method;
    this.url = request.originalUrl;
    this.headers = request.headers;
    // A body that was given up half-way has taken the socket from the request.
    this.socket = request.socket ?? undefined;
    this.socketAddress = this.socket?.remoteAddress;
    this.response = response;
    this.native = request;
  }

  /** A part that is mounted by itself meets the application here for the first time. */
  frameworkAddress(): string | undefined {
    const { app, ip } = this.native;
    // A router may be used without an application.
    return app === undefined || trustsAll(app) ? this.socketAddress : ip;
  }

  get frameworkTrustsProxy(): boolean {
    const { app } = this.native;
    const setting = app?.get('trust proxy');
    return app !== undefined && setting !== undefined && setting !== false && !trustsAll(app);
  }

  get frameworkSecure(): boolean | undefined {
    try {
      const { app, secure } = this.native;
      return app === undefined || trustsAll(app) ? undefined : secure;
    } catch {
      // The setting may be a function of the service.
      return undefined;
    }
  }

  route(): string | null | undefined {
    const request: ExpressRequest & RoutedRequest = this.native;
    return request[TRACK]?.route(request, this.response);
  }

  expose(name: string, value: string): void {
    const { locals } = this.response as ResponseShape & { readonly locals?: Record<string, unknown> };
    if (locals !== undefined) locals[name] = value;
  }
}
