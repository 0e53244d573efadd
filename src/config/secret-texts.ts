import { isSensitiveKey } from '../core/sensitive-names.js';
import { jsonOf } from './fields/field.js';
import { isPlain } from './frozen.js';
import { credentialsIn } from './fields/url-field.js';
import type { Outcome } from './reading.js';
import type { Registration } from './registration.js';

const SHORTEST_SECRET = 4;
/** What a flag says is a word of any text. */
const WORD = /^(?:true|false|null)$/i;

/** The texts that no output may show because of a key: all of a value that is hidden, else the passwords of URLs. @internal */
export function secretTexts(one: Registration, outcome: Outcome): string[] {
  const texts = [...(one.hidden ? textsOf(outcome) : []), ...credentialsOf(one, outcome)];
  return texts.filter((text) => text.length >= SHORTEST_SECRET && !WORD.test(text));
}

/** The password of a URL, as it is written there and as it is. */
function credentialsOf({ field }: Registration, { text = '' }: Outcome): string[] {
  if (field.type !== 'url') return [];
  return credentialsIn(text).flatMap((credentials) => {
    const written = credentials.slice(credentials.indexOf(':') + 1);
    if (written === credentials) return [];
    try {
      return [written, decodeURIComponent(written)];
    } catch {
      // It is written as it is.
      return [written];
    }
  });
}

/** All that its value is written as, in the environment and by whoever quotes it later. */
function textsOf({ text, value }: Outcome): string[] {
  if (text === undefined) return [];
  try {
    return [text, text.trim(), ...(isPlain(value) ? [jsonOf(value) ?? ''] : []), ...partsOf(value)];
  } catch {
    // What a parser made may be unreadable.
    return [text, text.trim()];
  }
}

/** A value as text, with its items; of an object, which may hold ordinary words, the fields whose names say so. */
function partsOf(value: unknown, isSecret = true, seen = new Set<unknown>()): string[] {
  if (!isPlain(value)) return isSecret && isTextual(value) ? [String(value)] : [];
  if (seen.has(value)) return [];
  seen.add(value);
  if (!Array.isArray(value))
    return Object.entries(value).flatMap(([name, field]) => partsOf(field, isSensitiveKey(name), seen));
  const whole = isSecret && value.every(isTextual) ? [String(value)] : [];
  return [...whole, ...value.flatMap((item) => partsOf(item, isSecret, seen))];
}

function isTextual(value: unknown): value is string | number | bigint {
  return ['string', 'number', 'bigint'].includes(typeof value);
}
