import { type Exchange, type RequestView } from '../exchange.js';
import { type LimitTable, mannersFor } from '../limits/limits.js';
import { fillHeaders } from './fill-headers.js';
import { type HeadersFor, headersFor } from './headers-for.js';
import type { SecurityHeaders } from './security-headers.js';

/** The security headers of every part of the service. @internal */
export class HeaderTable {
  readonly #general: HeadersFor | undefined;
  readonly #table: LimitTable;
  readonly #own = new Map<SecurityHeaders, HeadersFor>();
  readonly #trusts: ((peer: string | undefined) => boolean) | undefined;

  /** @param trusts - whether a peer is a declared proxy; absent when the framework knows about proxies. */
  constructor(
    general: SecurityHeaders | undefined,
    table: LimitTable,
    trusts: ((peer: string | undefined) => boolean) | undefined,
  ) {
    this.#trusts = trusts;
    this.#table = table;
    this.#general = general && this.#make(general);
    for (const { limits } of table.routes) {
      if (typeof limits.headers === 'object') this.#own.set(limits.headers, this.#make(limits.headers));
    }
  }

  /** Has the response carry the headers of its route. */
  add(request: RequestView): void {
    // As the router reads the path: who spells it otherwise must not choose the headers of another route.
    const own = this.#table.routes.length === 0 ? undefined : mannersFor(this.#table, [request.path]).headers;
    if (own === false) return;
    const chosen = own === undefined ? this.#general : this.#own.get(own);
    if (chosen !== undefined) fillHeaders(request, chosen(request));
  }

  #make(headers: SecurityHeaders): HeadersFor {
    return headersFor(headers, ({ exchange }) => this.#isSecure(exchange));
  }

  /** A declared proxy tells of its client's connection; nobody else is believed. */
  #isSecure({ socket, socketAddress, headers, frameworkSecure }: Exchange): boolean {
    if (socket?.encrypted === true) return true;
    if (this.#trusts === undefined) return frameworkSecure === true;
    return this.#trusts(socketAddress) && /(^|,)\s*https\s*$/i.test(String(headers['x-forwarded-proto'] ?? ''));
  }
}
