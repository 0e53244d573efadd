import type { ConnectionShape, RequestHeaders, ResponseShape } from '../../http/index.js';

/** The part of Koa's context that the adapter reads. */
export interface KoaContext {
  /** Request method, upper case. */
  readonly method: string;
  /** The request target as it came. */
  readonly originalUrl: string;
  /** Request headers by lower-case name. */
  readonly headers: RequestHeaders;
  /** The client's address, as `app.proxy` has it. */
  readonly ip: string;
  /** Whether the client's connection is encrypted, as `app.proxy` has it. */
  readonly secure?: boolean | undefined;
  /** Node's request. */
  readonly req: { readonly socket: ConnectionShape | null };
  /** Node's response. */
  readonly res: ResponseShape;
  /** What handlers and templates share. */
  readonly state?: object | undefined;
  /** The application. */
  readonly app: { readonly proxy?: boolean | undefined };
  /** Whether Koa writes the response. */
  respond?: boolean | undefined;
}

/** A middleware as Koa takes it. */
export type KoaMiddleware = (context: KoaContext, next: () => Promise<unknown>) => Promise<unknown>;

/** The part of a Koa application that set-up needs. */
export interface KoaApp {
  /** Adds a middleware. */
  use(middleware: KoaMiddleware): unknown;
  /** What was added so far. */
  readonly middleware?: readonly unknown[] | undefined;
  /** Whether forwarding headers are believed. */
  readonly proxy?: boolean | undefined;
  /** How many proxies are believed; 0 for all. */
  readonly maxIpsCount?: number | undefined;
}
