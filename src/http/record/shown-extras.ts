import { redactText, redactValue } from '../../core/redaction.js';
import type { RequestView } from '../exchange.js';

const LONGEST = 200;
/** Clients choose how long it is. */
const LOOKED_AT = 8_000;
const MASKED_BEYOND = 2_000;

const NOTHING = /* @__PURE__ */ Object.freeze({});

/** Which parts of a request its record has besides; lower-case names of headers. @internal */
export interface ExtrasOptions {
  readonly query: readonly string[];
  readonly headers: readonly string[];
}

/**
 * Parameters of the query and headers that a service wants to see in its records, by their names; all others may hold
 * anything. What is sensitive by its name is masked all the same.
 * @internal
 */
export class ShownExtras {
  readonly #query: readonly string[];
  readonly #headers: readonly string[];

  constructor({ query, headers }: ExtrasOptions) {
    this.#query = query;
    this.#headers = headers;
  }

  of(request: RequestView): { query?: Readonly<Record<string, string>>; headers?: Readonly<Record<string, string>> } {
    if (this.#query.length === 0 && this.#headers.length === 0) return NOTHING;
    const query = this.#query.length === 0 ? undefined : shown(this.#query, queryOf(request.exchange.url));
    const headers = this.#headers.length === 0 ? undefined : shown(this.#headers, (name) => request.header(name));
    return { ...(query === undefined ? {} : { query }), ...(headers === undefined ? {} : { headers }) };
  }
}

function queryOf(url: string): (name: string) => string | undefined {
  const start = url.indexOf('?');
  const parameters =
    start === -1 ? undefined : new URLSearchParams(url.slice(start + 1, start + LOOKED_AT).split('#', 1)[0]);
  return (name) => parameters?.get(name) ?? undefined;
}

/** `undefined` when there is none of them. */
function shown(
  names: readonly string[],
  read: (name: string) => string | undefined,
): Readonly<Record<string, string>> | undefined {
  const found: [string, string][] = [];
  for (const name of names) {
    const value = read(name);
    if (value !== undefined) found.push([name, redactText(value, LONGEST, MASKED_BEYOND)]);
  }
  return found.length === 0 ? undefined : (redactValue(Object.fromEntries(found)) as Record<string, string>);
}
