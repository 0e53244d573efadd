import type { AbortSignalShape } from '../../core/platform.js';

/** The part of `Headers` that the adapter uses. */
export interface FetchHeaders {
  /** Calls `fn` for each header, with its name in lower case. */
  forEach(fn: (value: string, name: string) => void): void;
}

/** The part of a `Request` that the adapter reads. */
export interface FetchRequest {
  /** Request method. */
  readonly method: string;
  /** The whole address, or the path and the query. */
  readonly url: string;
  /** What the client sent. */
  readonly headers: FetchHeaders;
  /** Aborts when the client hangs up, where the runtime says so. */
  readonly signal?: Omit<AbortSignalShape, 'reason'> | null | undefined;
}

/** The part of a `Response` that the adapter reads. */
export interface FetchResponse {
  /** Status of the answer, … */
  readonly status: number;
  /** … and its words. */
  readonly statusText: string;
  /** What is sent before the body. */
  readonly headers: FetchHeaders;
  /** The body as a stream; `null` for none. */
  readonly body: object | null;
  /** Whether somebody has read of it. */
  readonly bodyUsed: boolean;
}

/** What a handler answers: nothing, where the runtime took the connection over. */
export type FetchAnswer = FetchResponse | undefined;

/** What the adapter cannot find out by itself, from whatever the runtime gives a handler. */
export interface FetchOptions<Request, Rest extends readonly unknown[]> {
  /**
   * The address of the connection, or of the client where the platform says it. Without it nothing is counted by address.
   * @defaultValue nobody knows
   */
  readonly address?: ((request: Request, ...rest: Rest) => string | null | undefined) | undefined;
  /**
   * Pattern of the route that answers, such as `/users/:id`; asked when the answer begins. `null` when there is none.
   * @defaultValue what `setRoute` was told
   */
  readonly route?: ((request: Request, ...rest: Rest) => string | null | undefined) | undefined;
}
