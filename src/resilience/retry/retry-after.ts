import { errorChain, fieldOf } from '../error-chain.js';

const SECONDS = /^\s*-?\d{1,12}(?:\.\d{1,9})?\s*$/;
const ZONE = /(?:gmt|utc?|[+-]\d{4})\s*$/i;
/** The three forms of RFC 9110, section 5.6.7, all begin with the name of a day. */
const HTTP_DATE = /^\s*(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? [\w :-]{10,40}$/i;

/**
 * Milliseconds that the other side asks to wait, as found on an error or its causes: `retryAfterMs` (refusals of this
 * package have it), else the headers `x-amz-retry-after` and `retry-after-ms` in ms, and `Retry-After` (RFC 9110,
 * section 10.2.3) in seconds or as a date. What lies in the past is 0; what is neither is `undefined`.
 * @internal
 */
export function retryAfterMs(error: unknown, wallNowMs: number): number | undefined {
  for (const link of errorChain(error)) {
    const own = fieldOf(link, 'retryAfterMs');
    if (typeof own === 'number' && !Number.isNaN(own)) return Math.max(0, own);
    const headers = fieldOf(link, 'headers') ?? fieldOf(fieldOf(link, 'response'), 'headers');
    const hint = hintOf(headers, wallNowMs);
    if (hint !== undefined) return hint;
  }
  return undefined;
}

function hintOf(headers: unknown, wallNowMs: number): number | undefined {
  for (const name of ['x-amz-retry-after', 'retry-after-ms']) {
    const ms = numberOf(headerOf(headers, name));
    if (ms !== undefined) return ms;
  }
  const text = headerOf(headers, 'retry-after');
  const seconds = numberOf(text);
  if (seconds !== undefined) return seconds * 1_000;
  if (text === undefined || !HTTP_DATE.test(text)) return undefined;
  // All of them are in GMT; the oldest form does not say so.
  const dateMs = Date.parse(ZONE.test(text) ? text : `${text} GMT`);
  const waitMs = dateMs - wallNowMs;
  return Number.isNaN(waitMs) ? undefined : Math.max(0, waitMs);
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && SECONDS.test(text) ? Math.max(0, Number(text)) : undefined;
}

/** From a `Headers` object, or a plain one with names in any case. */
function headerOf(headers: unknown, name: string): string | undefined {
  if (typeof headers !== 'object' || headers === null) return undefined;
  try {
    const { get } = headers as { readonly get?: unknown };
    const value: unknown =
      typeof get === 'function'
        ? (get as (this: object, name: string) => unknown).call(headers, name)
        : Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
    return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;
  } catch {
    return undefined;
  }
}
