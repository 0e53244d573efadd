import { redactText } from '../../core/redaction.js';

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

const VARIABLES = /\b[A-Z][A-Z\d]*(?:_[A-Z\d]+)+\b/g;

/** Words that say how a service is, in lower case. */
const WORDS =
  'alive available degraded down draining error fail failed false healthy live maintenance not_ready not_serving ok okay out_of_service pass passed ready running serving starting stopped stopping success true unavailable unhealthy unknown up warn warning';
/** Those of them that say that it does not work. */
const BAD =
  'down draining error fail failed not_ready not_serving out_of_service starting stopped stopping unavailable unhealthy';

const has = (words: string, word: string): boolean => ` ${words} `.includes(` ${word} `);

function wordOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 32) return undefined;
  const word = value
    .trim()
    .toLowerCase()
    .replace(/[.!]$/, '')
    .replace(/[\s-]+/g, '_');
  return has(WORDS, word) ? word : undefined;
}

const STATUS_KEYS = 'status state health result phase';
const FLAG_KEYS = 'ok healthy alive live ready up success';
/** Counts that say nothing of who it is. */
const COUNT_KEYS = 'flagged blocked';

function isStatusField([key, value]: readonly [string, unknown]): boolean {
  if (has(STATUS_KEYS, key)) return wordOf(value) !== undefined || typeof value === 'boolean';
  if (has(FLAG_KEYS, key)) return typeof value === 'boolean';
  return has(COUNT_KEYS, key) && (typeof value === 'number' || value === null);
}

/** What a body says of the service's status: a word that is known, and may be shown. @internal */
export function statusWord(body: string): string | undefined {
  const value = parsed(body);
  return fieldWord(body, 'status') ?? fieldWord(body, 'state') ?? wordOf(value) ?? wordOf(body);
}

/** The same of a field, such as `phase`. @internal */
export function fieldWord(body: string, field: string): string | undefined {
  return wordOf(fieldsOf(parsed(body))?.find(([key]) => key === field)?.[1]);
}

/** Whether such a word says that the service does not work. @internal */
export function isBadWord(word: string | undefined): boolean {
  return word !== undefined && has(BAD, word);
}

/** Whether a body says how the service is, and nothing else. @internal */
export function isStatusOnly(body: string): boolean {
  if (body.trim() === '' || wordOf(body) !== undefined) return true;
  const value = parsed(body);
  const fields = fieldsOf(value);
  if (fields !== undefined) return fields.every(isStatusField);
  return typeof value === 'boolean' || wordOf(value) !== undefined || isStatusScrape(body);
}

/** As Prometheus reads it: that it is up, and which of the states it is in. */
function isStatusScrape(body: string): boolean {
  const samples = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const isStatus = (line: string): boolean =>
    /^(?:up|\w+_up|\w*health_status)(?:\{status="[A-Z]+"\})? [\d.]+$/.test(line);
  return samples.length > 0 && samples.every(isStatus);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): (readonly [string, unknown])[] | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : undefined;
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
  return found.includes('credentials') || redactText(text, text.length + 1) === text
    ? found
    : ['credentials', ...found];
}

/** All that a public body gives away. @internal */
export function leaksOf(body: string, own: readonly string[]): readonly Leak[] {
  const text = without(body, own);
  const names = (text.match(VARIABLES) ?? []).filter((name) => wordOf(name) === undefined);
  const variables: readonly Leak[] = names.length > 0 ? ['a name of an environment variable'] : [];
  return [...gravestLeaks(body, own), ...matching(text, IN_PUBLIC_BODIES), ...variables];
}

function matching(text: string, patterns: readonly Pattern[]): Leak[] {
  return [...new Set(patterns.filter(({ pattern }) => pattern.test(text)).map(({ leak }) => leak))];
}

function without(body: string, own: readonly string[]): string {
  return own.reduce((text, one) => text.replaceAll(one, ''), body);
}
