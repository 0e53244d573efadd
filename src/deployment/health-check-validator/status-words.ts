/** What a body says of a service. @internal */
export interface Saying {
  readonly verdict: 'WELL' | 'LESS' | 'BAD';
  /** A word that is known, and may be shown. */
  readonly word: string;
}

/** What each word says of a service, in small letters; `not_` before one makes it the other. */
const WORDS = /* @__PURE__ */ Object.freeze({
  WELL: 'active alive available connected good green healthy live ok okay online operational pass passed passing pong ready running serving success true up yes',
  LESS: 'degraded partial warn warning yellow',
  BAD: 'bad_gateway bad_request broken crashed critical dead disconnected down draining error fail failed failing failure false forbidden gateway_timeout inactive initializing internal_server_error ko maintenance no nok not_found offline out_of_service pending red shutting_down starting stopped stopping terminating timeout too_many_requests unauthorized unavailable unhealthy unknown unready',
});

/** Fields whose value is such a word. */
const STATUS_KEYS = 'status state health result phase statuscode';
/** Fields that are true when it is well. */
const FLAG_KEYS = 'ok healthy alive live ready up success available serving passing';
/** Counts that say nothing of who it is. */
const COUNT_KEYS = 'flagged blocked';

/** Lists that tell nothing as long as they are empty. */
const EMPTY_KEYS = 'checks components dependencies details entries info error errors results services';

/** What may stand before such a word: `503 Service Temporarily Unavailable`, `the database is down`. */
const BEFORE = /^(?:\d{3}_|the_|app_|application_|database_|db_|server_|service_|system_|is_|currently_|temporarily_)+/;

const has = (words: string, word: string): boolean => ` ${words} `.includes(` ${word} `);
/** Deeper than that nobody looks for a status. */
const DEEPEST = 4;
const RANK = /* @__PURE__ */ Object.freeze({ WELL: 0, LESS: 1, BAD: 2 });

/** What a word says; nothing when it is not known. */
function sayingOf(value: unknown): Saying | undefined {
  if (typeof value !== 'string' || value.length > 40) return undefined;
  const word = value
    .trim()
    .toLowerCase()
    .replace(/[.!]+$/, '')
    .replace(/[\s-]+/g, '_')
    .replace(BEFORE, '');
  const plain = word.replace(/^not_?/, '');
  if (plain !== word && has(WORDS.WELL, plain)) return { verdict: 'BAD', word: `not_${plain}` };
  if (/^not_/.test(word) && has(WORDS.BAD, plain)) return { verdict: 'WELL', word: `not_${plain}` };
  const verdict = (['WELL', 'LESS', 'BAD'] as const).find((one) => has(WORDS[one], word));
  return verdict === undefined ? undefined : { verdict, word };
}

/** Whether it is a word that says how a service is. @internal */
export function isStatusWord(value: unknown): boolean {
  return sayingOf(value) !== undefined;
}

/** Whether a field says how a service is, and nothing else. @internal */
export function isStatusField([key, value]: readonly [string, unknown]): boolean {
  const name = nameOf(key);
  if (has(STATUS_KEYS, name)) return isStatusWord(value) || typeof value === 'boolean';
  if (name === 'message') return isStatusWord(value);
  if (has(FLAG_KEYS, name)) return typeof value === 'boolean';
  return has(COUNT_KEYS, name) && (typeof value === 'number' || value === null);
}

/** Whether a field is one of details in which there is nothing. @internal */
export function isEmptyField([key, value]: readonly [string, unknown]): boolean {
  return has(EMPTY_KEYS, nameOf(key)) && typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** `isReady` and `is_ready` as `ready`. */
function nameOf(key: string): string {
  return key
    .toLowerCase()
    .replace(/[\s_-]/g, '')
    .replace(/^is(?=.)/, '');
}

/**
 * What a body says of its service, the worst of it: as a word, a line such as `status: DOWN`, or JSON. What stands deeper is
 * looked at only where nothing above it says anything.
 *
 * @param ignored - a field that says nothing of what was asked.
 * @internal
 */
export function sayingOfBody(body: string, ignored = ''): Saying | undefined {
  const value = parsed(body);
  return value === undefined ? sayingOfText(body, ignored) : sayingOfValue(value, ignored, 0);
}

/** What a field at the top says, such as `phase`: a word that is known, and may be shown. @internal */
export function fieldWord(body: string, field: string): string | undefined {
  return sayingOf(fieldsOf(parsed(body))?.find(([key]) => key === field)?.[1])?.word;
}

function sayingOfText(text: string, ignored: string): Saying | undefined {
  // `status: DOWN`, `OK: all is well`.
  const [first = '', second] = text.replace(/^\ufeff/, '').split(/["':=;,()\r\n]+/, 2);
  return sayingOfField([first, second], ignored) ?? sayingOf(first);
}

function sayingOfField([key, value]: readonly [string, unknown], ignored: string): Saying | undefined {
  const name = nameOf(key);
  if (name === ignored || name === 'phase') return undefined;
  const isFlag = has(FLAG_KEYS, name);
  if (isFlag || has(STATUS_KEYS, name)) {
    const no: Saying = { verdict: 'BAD', word: `not_${isFlag ? name : 'ok'}` };
    const flag = isFlag && (value === 0 || value === 1) ? value === 1 : value;
    if (typeof flag === 'boolean') return flag ? { verdict: 'WELL', word: isFlag ? name : 'ok' } : no;
    if (typeof value === 'number' && value >= 200 && value <= 599)
      return value < 400 ? { verdict: 'WELL', word: 'ok' } : no;
    return sayingOf(value);
  }
  return name === 'error' && (value === true || (typeof value === 'string' && value !== ''))
    ? { verdict: 'BAD', word: 'error' }
    : undefined;
}

function sayingOfValue(value: unknown, ignored: string, depth: number): Saying | undefined {
  if (typeof value === 'boolean') return sayingOf(String(value));
  if (typeof value === 'string') return sayingOf(value);
  if (typeof value !== 'object' || value === null || depth === DEEPEST) return undefined;
  const fields = Object.entries(value);
  const own = fields.flatMap((field) => sayingOfField(field, ignored) ?? []);
  if (own.length > 0) return worst(own);
  const inner = fields.flatMap(([key, one]) =>
    nameOf(key) === 'phase' || typeof one === 'boolean' ? [] : (sayingOfValue(one, ignored, depth + 1) ?? []),
  );
  return worst(inner);
}

function worst(sayings: readonly Saying[]): Saying | undefined {
  return [...sayings].sort((a, b) => RANK[b.verdict] - RANK[a.verdict])[0];
}

/** A body as JSON; nothing when it is none. @internal */
export function parsed(body: string): unknown {
  try {
    return JSON.parse(body.replace(/^\ufeff/, ''));
  } catch {
    return undefined;
  }
}

/** The fields of what is an object. @internal */
export function fieldsOf(value: unknown): (readonly [string, unknown])[] | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : undefined;
}
