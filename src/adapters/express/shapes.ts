import type { ConnectionShape, RequestHeaders, ResponseShape } from '../../http/index.js';

/** The part of Express's request that the adapter reads. */
export interface ExpressRequest {
  /** Request method, upper case. */
  readonly method: string;
  /** The request target as it came. */
  readonly originalUrl: string;
  /** Request headers by lower-case name. */
  readonly headers: RequestHeaders;
  /** The client's address, as the application's `trust proxy` setting has it. */
  readonly ip?: string | undefined;
  /** Whether the client's connection is encrypted, as that setting has it. */
  readonly secure?: boolean | undefined;
  /** The connection. */
  readonly socket: ConnectionShape | null;
  /** The application that handles the request at present; none where a router is used by itself. */
  readonly app?: Pick<ExpressApp, 'get'> | undefined;
}

/** A middleware as Express takes it. */
export type ExpressMiddleware = (
  request: ExpressRequest,
  response: ResponseShape,
  next: (error?: unknown) => void,
) => void;

/** An error handler as Express takes it: told apart from a middleware by its four parameters. */
export type ExpressErrorMiddleware = (
  error: unknown,
  request: ExpressRequest,
  response: ResponseShape,
  next: (error?: unknown) => void,
) => void;

/** The part of an Express application that set-up needs. */
export interface ExpressApp {
  /** Adds a middleware. */
  use(middleware: ExpressMiddleware): unknown;
  /** Reads a setting. */
  get(setting: string): unknown;
}
