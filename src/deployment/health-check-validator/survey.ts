import { secureBytes } from '../../core/random.js';
import type { Answer } from './answer.js';
import type { Settings } from './options.js';
import type { Asked, Connections, Limit } from './request.js';

/** Routes that may tell more to those who are authorised. @internal */
export const DETAIL_ROUTES = /* @__PURE__ */ Object.freeze([
  'check',
  'summary',
  'metrics',
  'security',
  'status',
] as const);
const PROBES = /* @__PURE__ */ Object.freeze(['live', 'ready'] as const);
const REFUSED_METHODS = /* @__PURE__ */ Object.freeze(['POST', 'PUT', 'DELETE'] as const);

/** An answer, and what was asked. @internal */
export interface Heard {
  /** What is shown of it, such as `HEAD /shop/health/live`. */
  readonly what: string;
  readonly name: string;
  readonly answer: Answer;
}

/** What is asked first: when nobody answers, nothing else is. @internal */
export interface FirstLook {
  readonly live: Heard;
  readonly ready: Heard;
  /** A route that cannot be there. */
  readonly stray: Heard;
}

/** And then the rest. @internal */
export interface SecondLook {
  readonly heads: readonly Heard[];
  readonly queries: readonly Heard[];
  readonly methods: readonly Heard[];
  readonly details: readonly Heard[];
  /** With a token that nobody has. */
  readonly wrongToken: readonly Heard[];
  /** With the token that was given. */
  readonly rightToken: Heard | undefined;
  /** Two requests, one after the other, over one connection. */
  readonly kept: readonly [Heard, Heard];
}

/** Asks a service everything. @internal */
export class Survey {
  /** Texts that were sent and may come back. */
  readonly own: readonly string[];
  readonly #settings: Settings;
  readonly #limit: Limit;
  readonly #separate: Connections;
  readonly #kept: Connections;
  readonly #strayName = `breakwater-${hex(8)}`;
  readonly #wrongToken = `breakwater-${hex(16)}`;

  constructor(
    settings: Settings,
    limit: Limit,
    connections: { readonly separate: Connections; readonly kept: Connections },
  ) {
    this.#settings = settings;
    this.#limit = limit;
    this.#separate = connections.separate;
    this.#kept = connections.kept;
    const names = [...PROBES, ...DETAIL_ROUTES, this.#strayName];
    const paths = names.map((name) => `${settings.path}/${name}`);
    this.own = [...paths, this.#strayName, this.#wrongToken];
  }

  async first(): Promise<FirstLook> {
    const [live, ready, stray] = await Promise.all([this.#ask('live'), this.#ask('ready'), this.#ask(this.#strayName)]);
    return { live, ready, stray: { ...stray, what: 'a route that is not there' } };
  }

  async second(): Promise<SecondLook> {
    const { token } = this.#settings;
    const both = (more: Partial<Asked>, query = '') => PROBES.map((name) => this.#ask(name, more, query));
    const bearer = (text: string) => ({ headers: { Authorization: `Bearer ${text}` } });
    const [heads, queries, methods, details, wrongToken, rightToken, kept] = await Promise.all([
      Promise.all(both({ method: 'HEAD' })),
      Promise.all(both({}, '?breakwater=1')),
      Promise.all(REFUSED_METHODS.flatMap((method) => both({ method }))),
      Promise.all(DETAIL_ROUTES.map((name) => this.#ask(name))),
      // Two and no more: a service may stop looking at tokens after some wrong ones.
      Promise.all(['ready', 'check'].map((name) => this.#ask(name, bearer(this.#wrongToken)))),
      token === undefined ? undefined : this.#ask('check', bearer(token)),
      this.#twice(),
    ]);
    return { heads, queries, methods, details, wrongToken, rightToken, kept };
  }

  async #twice(): Promise<readonly [Heard, Heard]> {
    const first = await this.#ask('live', {}, '', this.#kept);
    return [first, await this.#ask('live', {}, '', this.#kept)];
  }

  async #ask(name: string, more: Partial<Asked> = {}, query = '', over = this.#separate): Promise<Heard> {
    const { path } = this.#settings;
    const asked = { method: 'GET', path: `${path}/${name}${query}`, ...more };
    return { what: `${asked.method} ${path}/${name}`, name, answer: await over.ask(asked, this.#limit) };
  }
}

function hex(bytes: number): string {
  return Array.from(secureBytes(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
