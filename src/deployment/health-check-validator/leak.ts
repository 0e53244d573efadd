import { redactText } from '../../core/redaction.js';
import { isSensitiveKey } from '../../core/sensitive-names.js';
import { holdsToken } from '../../internal/known-tokens.js';
import type { Answered } from './answer.js';
import { fieldsOf, isEmptyField, isStatusField, isStatusWord, parsed } from './status-words.js';

/** What a body may give away; the words stand in findings, and what was found never does. @internal */
export type Leak =
  | 'credentials'
  | 'a stack trace'
  | 'a URL'
  | 'a file path'
  | 'a host or an address'
  | 'a name of an environment variable'
  | 'a version'
  | 'names of components';

interface Pattern {
  readonly leak: Leak;
  readonly pattern: RegExp;
}

/** What even an error page must not tell. */
const IN_ANY_BODY: readonly Pattern[] = /* @__PURE__ */ Object.freeze([
  { leak: 'credentials', pattern: /\/\/[^\s/@:"'<>]*:[^\s/@"'<>]+@/ },
  {
    leak: 'a stack trace',
    pattern: /\bat [^\n]{0,200}?:\d+:\d+\)?|\bTraceback \(most recent call|\.(?:java|kt|cs):\d+/,
  },
  {
    leak: 'a file path',
    pattern:
      /(?:^|[\s"'`(=:,>])(?:file:\/\/)?\/(?:app|bin|etc|home|lib|mnt|opt|proc|root|run|srv|tmp|usr|var|Users|workspace)\/[\w.@-]|\bnode_modules\b|\b[A-Za-z]:\\+[\w.]/,
  },
] as const);

/** And a public answer none of these. */
const IN_PUBLIC_BODIES: readonly Pattern[] = /* @__PURE__ */ Object.freeze([
  { leak: 'a URL', pattern: /\b[a-z][a-z\d+.-]{0,30}:\/\/[^\s"'<>]/i },
  {
    leak: 'a host or an address',
    pattern: /\b\d{1,3}(?:\.\d{1,3}){3}\b|::[\da-f]|\b[\da-f]{1,4}(?::[\da-f]{1,4}){7}\b/i,
  },
  // Begins where a name does, or a long text would take a long time.
  {
    leak: 'a host or an address',
    pattern:
      /(?<![\w.-])(?:localhost\b|[a-z][\w.-]{0,252}:\d{2,5}\b|[a-z\d][a-z\d.-]{0,252}\.(?:app|cloud|com|dev|example|internal|io|lan|local|net|org|svc|test)\b)/i,
  },
  {
    leak: 'a version',
    pattern: /(?<![\w.])v?\d+\.\d+\.\d+(?![.\d])|"(?:version|release(?:Id)?|commit|build|sha|revision)"/i,
  },
  {
    leak: 'names of components',
    pattern:
      /"(?:checks|components?|dependenc\w+|details|entries|info|results|services?|name|error|errors|message|output)"/i,
  },
] as const);

/** Addresses and names that only those inside can use. Source: RFC 1918, RFC 3927, RFC 4193, RFC 4291. */
const INSIDE =
  /(?<![\w.])(?:10\.\d{1,3}|192\.168|169\.254|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d{1,3}){2}(?![\w.])|(?<![\w:])f(?:[cd][\da-f]{2}|e[89ab][\da-f]):[\da-f:]|[a-z\d]\.(?:internal|local|lan|svc)(?![\w-])/i;
/** Headers that have words such as `Bearer realm`, or keys that every page shows; a cookie is told by itself. */
const OPEN_HEADERS =
  /^(?:set-cookie|(?:www|proxy)-authenticate|content-security-policy.*|report-to|reporting-endpoints)$/;

/** Headers that are called like a secret, and hold what their reader is to have. */
const OPEN_NAMES = /(?:[cx]srf-token|signature|(?:surrogate|cache|idempotency|public)-keys?)$/;
/** A number, a date or a flag: that there is something, or until when. */
const PLAIN_VALUE = /^(?:[\d.]*|true|false|yes|no|on|off|none|null|-|\w{3}, .* GMT|\d{4}-\d\d-\d\d(?:T[\d:.+-]+Z?)?)$/i;

const VARIABLES = /\b[A-Z][A-Z\d]*(?:_[A-Z\d]+)+\b/g;

/** Whether a body says how the service is, and nothing else. @internal */
export function isStatusOnly(body: string): boolean {
  if (body.trim() === '' || isStatusWord(body)) return true;
  const value = parsed(body);
  const fields = fieldsOf(value);
  if (fields !== undefined) return fields.every(isStatusField);
  return typeof value === 'boolean' || isStatusWord(value) || isStatusScrape(body);
}

/** The same, or with details in which there is nothing. @internal */
export function isHarmless(body: string): boolean {
  const fields = fieldsOf(parsed(body));
  return isStatusOnly(body) || (fields?.every((field) => isStatusField(field) || isEmptyField(field)) ?? false);
}

/** As Prometheus reads it: that it is up, and which of the states it is in. */
function isStatusScrape(body: string): boolean {
  const samples = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const isStatus = (line: string): boolean =>
    /^(?:up|\w+_up|\w*health_status)(?:\{status="[A-Z]+"\})? [\d.]+$/.test(line);
  return samples.length > 0 && samples.every(isStatus);
}

/**
 * What an error page or another body gives away that none may.
 *
 * @param own - texts that were sent, and may come back: they tell nothing new.
 * @internal
 */
export function gravestLeaks(body: string, own: readonly string[]): readonly Leak[] {
  const text = without(body, own);
  const found = matching(text, IN_ANY_BODY);
  const holdsMore = holdsToken(text) || redactText(text, text.length + 1) !== text;
  return holdsMore && !found.includes('credentials') ? ['credentials', ...found] : found;
}

/** What headers give away that none may: the same, and addresses that are of no use outside. @internal */
export function headerLeaksOf(headers: Answered['headers'], own: readonly string[]): readonly Leak[] {
  const closed = Object.entries(headers).filter(([name]) => !OPEN_HEADERS.test(name));
  const values = closed.flatMap(([, value = '']) => value);
  const isSecret = closed.some(
    ([name, value = '']) =>
      isSensitiveKey(name) &&
      !OPEN_NAMES.test(name) &&
      [value].flat().some((one) => !PLAIN_VALUE.test(without(one, own).trim())),
  );
  const leaks: readonly Leak[] = [
    ...(isSecret ? ['credentials' as const] : []),
    ...values.flatMap((value) => gravestLeaks(value, own)),
  ];
  const hosts: readonly Leak[] = values.some((value) => INSIDE.test(value)) ? ['a host or an address'] : [];
  return [...new Set([...leaks, ...hosts])];
}

/** All that a public body gives away. @internal */
export function leaksOf(body: string, own: readonly string[]): readonly Leak[] {
  const text = without(body, own);
  const names = (text.match(VARIABLES) ?? []).filter((name) => !isStatusWord(name));
  const variables: readonly Leak[] = names.length > 0 ? ['a name of an environment variable'] : [];
  return [...gravestLeaks(body, own), ...matching(text, IN_PUBLIC_BODIES), ...variables];
}

function matching(text: string, patterns: readonly Pattern[]): Leak[] {
  return [...new Set(patterns.filter(({ pattern }) => pattern.test(text)).map(({ leak }) => leak))];
}

function without(body: string, own: readonly string[]): string {
  return own.reduce((text, one) => text.replaceAll(one, ''), body);
}
