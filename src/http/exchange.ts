import type { Decision } from '../traffic/decision.js';
import type { AddressLimiter, KeyLimiter } from './limits/limits.js';
import type { RateLimitField } from './limits/rate-limit-drafts.js';
import type { TraceContext } from '../internal/traceparent.js';
import type { RecordTeller, RequestKind } from './record/request-record.js';
import { pathOf, spellingsOf } from './request-path.js';

/** Request headers by lower-case name, as Node has them. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The part of Node's server response that the pipeline uses. */
export interface ResponseShape {
  statusCode: number;
  readonly headersSent: boolean;
  readonly writableFinished: boolean;
  /** Whether it was given up, … */
  readonly destroyed?: boolean | undefined;
  /** … or is over. */
  readonly closed?: boolean | undefined;
  /** What it was given up for. */
  readonly errored?: unknown;
  /** Whether a header is set. */
  hasHeader(name: string): boolean;
  /** What a header is set to; without it headers that are there are left alone. */
  getHeader?(name: string): number | string | readonly string[] | undefined;
  /** Sets a header. */
  setHeader(name: string, value: string): unknown;
  /** Begins the response. */
  writeHead(statusCode: number, ...rest: never[]): unknown;
  /** Sends a piece of the body; `false` when the next one should wait for `drain`. Without it a body is sent at its end. */
  write?(chunk: string): boolean;
  /** Ends the response without a body, … */
  end(): unknown;
  /** … or with one. */
  // eslint-disable-next-line @typescript-eslint/unified-signatures -- Node's response over HTTP/2 has two as well
  end(body: string): unknown;
  /** Gives the response up, so that the client can tell that it is not whole. */
  destroy?(): unknown;
  /** Hears of the end, however it came, or that there is room for more. */
  once(event: 'close' | 'drain', listener: () => void): unknown;
}

/** The part of a connection that the pipeline uses. */
export interface ConnectionShape {
  /** The peer's address; `undefined` when the connection is gone, or has none. */
  readonly remoteAddress?: string | undefined;
  /** Whether it is encrypted. */
  readonly encrypted?: boolean | undefined;
  readonly destroyed?: boolean | undefined;
  /** Hears of the end. */
  once?(event: 'close', listener: () => void): unknown;
}

/** One request and its response, as an adapter hands them to the pipeline. */
export interface Exchange<Native = unknown> {
  /** Request method, upper case. */
  readonly method: string;
  /** The request target as it came: path and query. */
  readonly url: string;
  readonly headers: RequestHeaders;
  /** The peer of the connection; `undefined` when it is gone. */
  readonly socketAddress: string | undefined;
  /** The connection: tells a client that hung up from one that has no address. */
  readonly socket?: ConnectionShape | undefined;
  /** The client's address as the framework was told to find it. */
  frameworkAddress(): string | undefined;
  /** Whether the framework was told about proxies. */
  readonly frameworkTrustsProxy: boolean;
  /** Whether the client's connection is encrypted, as the framework was told to find out. @defaultValue by the socket */
  readonly frameworkSecure?: boolean | undefined;
  readonly response: ResponseShape;
  /** Whether the connection will belong to this request alone. @defaultValue it will not, but for the method CONNECT */
  readonly kind?: 'upgrade' | 'connect' | undefined;
  /**
   * Pattern of the route that answers, such as `/users/:id`: asked when the answer begins and when the request is over.
   * `undefined` while none is known; `null` when there is none, so that nothing of the path is a label.
   */
  route?(): string | null | undefined;
  /** What was thrown while it was handled, where the framework keeps that: asked when the request is over. */
  error?(): { readonly thrown: unknown } | undefined;
  /** Puts a value where handlers and templates find it: `res.locals` of Express, `ctx.state` of Koa. */
  expose?(name: string, value: string): void;
  /** The framework's own request: `req` of Express, `ctx` of Koa. */
  readonly native: Native;
}

/** A request as `identify`, `authorize` and `exempt` see it. */
export interface HardeningRequest<Native = unknown> {
  /** Request method, upper case. */
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  /** The client's address in its usual form; `undefined` when it is not known. */
  readonly address: string | undefined;
  /** A request header; the name in any case. Several of one name are joined with commas. */
  header(name: string): string | undefined;
  /** The framework's own request: `req` of Express, `ctx` of Koa. */
  readonly native: Native;
}

/** @internal */
export class RequestView implements HardeningRequest {
  readonly method: string;
  readonly path: string;
  readonly native: unknown;
  readonly exchange: Exchange;
  /** That of its response. */
  readonly state: ExchangeState;
  readonly #resolve: (exchange: Exchange) => string | undefined;
  #paths: readonly string[] | undefined;
  #address: string | undefined;
  #resolved = false;
  #isStream: boolean | undefined;

  constructor(exchange: Exchange, resolve: (exchange: Exchange) => string | undefined) {
    this.exchange = exchange;
    this.state = stateOf(exchange.response);
    this.method = exchange.method;
    this.path = pathOf(exchange.url);
    this.native = exchange.native;
    this.#resolve = resolve;
  }

  get kind(): RequestKind {
    return this.exchange.kind ?? (this.method === 'CONNECT' ? 'connect' : 'response');
  }

  /** Whether the response is one of HTTP/2, whose stream has a turn of its own. */
  get isStream(): boolean {
    return (this.#isStream ??= 'stream' in this.exchange.response);
  }

  /** The path and what else it may be read as, the plainest last. */
  get paths(): readonly string[] {
    return (this.#paths ??= spellingsOf(this.path));
  }

  get address(): string | undefined {
    this.noteAddress();
    return this.#address;
  }

  /** Finds the address out: a client that hangs up takes it along. */
  noteAddress(): void {
    if (this.#resolved) return;
    this.#address = this.#resolve(this.exchange);
    this.#resolved = true;
  }

  header(name: string): string | undefined {
    const value: unknown = this.exchange.headers[name.toLowerCase()];
    // What every object inherits, such as `constructor`, is no header.
    return typeof value === 'string' ? value : Array.isArray(value) ? value.join(', ') : undefined;
  }
}

/** A limiter's decision about a request. @internal */
export interface Decided {
  readonly limiter: AddressLimiter | KeyLimiter;
  readonly decision: Decision;
  /** Whether the client is told when the request is admitted, too. */
  readonly always: boolean;
}

/** What a field was before something was appended to it, and what it is since. @internal */
export interface Appended {
  readonly before: string | undefined;
  readonly whole: string;
}

/** Calls what tells of a request in the context of the pipeline that wants it told. @internal */
export type Told = (response: ResponseShape, tell: () => void) => void;

/** A record while its request goes on. @internal */
export interface Recording {
  /** Tells `teller` as well, in the context that `told` calls it in, unless somebody writes to its target already. */
  join(teller: RecordTeller, told: Told): void;
}

/** What one logger writes about a request within. @internal */
export interface RequestContext {
  readonly logger: object;
  readonly run: (fn: () => void) => void;
  /** Whether what comes after the pipeline runs in it. */
  entered: boolean;
}

const STATE = /* @__PURE__ */ Symbol.for('breakwater.http.exchange');

/** What the pipeline has done for a response, whichever of its middlewares did it and however often they are mounted. */
export interface ExchangeState {
  /** Headers that are filled in when the response begins; of one name those that came last. */
  headers?: (readonly (readonly [name: string, value: string])[])[];
  /** Id of the request. */
  id?: string;
  /** The record of the request, while it is open. */
  open?: Recording;
  /** Where the request stands in a trace. */
  trace?: TraceContext;
  /** What was thrown while it was handled: the first of it. */
  error?: { readonly thrown: unknown };
  /** What is done when the response begins, … */
  atHead?: ((response: ResponseShape, state: ExchangeState) => void)[];
  /** … which it has. */
  begun?: boolean;
  /** The status that it is about to begin with, where the call that begins it says so. */
  status?: number;
  /** What stands for the route where the pipeline itself answers. */
  route?: string;
  /** Value of the nonce in its headers. */
  nonce?: string;
  /** The contexts of the request, one for each logger. */
  contexts?: RequestContext[];
  /** Limiters that have counted this request, and as whose. */
  counted?: Map<object, string>;
  /** What they decided, in that order, unless nobody is told. */
  decided?: Map<object, Decided>;
  /** What clients are told of it when the response begins, … */
  limitFields?: readonly RateLimitField[];
  /** … and what of it the response has already. */
  appended?: Map<string, Appended>;
  /** Whether no limiter counts it, by what the service says. */
  exempt?: boolean;
  /** Why it was refused. */
  refusedBy?: string;
  /** What pipelines made of the request, by the pipelines' own keys. */
  views?: Map<object, HardeningRequest>;
}

/**
 * Notes what was thrown while a request was handled, for its record. The first is where it began.
 * @internal
 */
export function noteError(response: ResponseShape, thrown: unknown): void {
  stateOf(response).error ??= { thrown };
}

/** The state that belongs to a response; it lives and dies with it. @internal */
export function stateOf(response: ResponseShape): ExchangeState {
  const holder = response as Stateful;
  let state = holder[STATE];
  // Not defined as hidden, which costs twice as much where objects have no common shape, as in Express.
  if (state === undefined) holder[STATE] = state = {};
  return state;
}

/** The same, unless there is none. @internal */
export function knownState(response: object): ExchangeState | undefined {
  return (response as Stateful)[STATE];
}

interface Stateful {
  [STATE]?: ExchangeState;
}
