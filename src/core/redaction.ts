import { MASK, maskAssignments, maskFields } from './mask-fields.js';
import { maskUrls } from './mask-urls.js';
import { oneLine } from './printable.js';
import { maskSecrets, secretMatcher } from './secret-values.js';
import { isSensitiveKey, type Sensitivity, sensitivityOf } from './sensitive-names.js';

/** Text beyond what is shown that is masked as well: what is masked becomes shorter, so that more of it may be shown. */
const BEYOND = 20_000;
/** Whether there may be any: a quick look, as there hardly ever are. */
const SURROGATES = /[\ud800-\udfff]/;
/** With `u` a pair is one character: what is found is no half of one. */
const LONE_SURROGATES = /\p{Surrogate}/gu;
/** More than the longest value whose beginning alone would not be known as a secret. */
const EDGE = 2_100;

/**
 * Text with credentials in URLs, authorization values, `key=value` pairs of sensitive names and registered secrets
 * masked, cut to `maxLength` characters, and well-formed: half a character, which a cut may leave as well, becomes U+FFFD.
 *
 * @param beyond - how much more of the text is looked at.
 * @param of - what a field of some name holds.
 * @internal
 */
export function redactText(
  input: string,
  maxLength = 2_000,
  beyond = BEYOND,
  of: (name: string) => Sensitivity = sensitivityOf,
): string {
  return wellFormed(redact(input, maxLength, beyond, (text) => maskFields(text, of)));
}

/**
 * Text from elsewhere as one line, for people. It is masked before it becomes one as well: a secret may hold what that
 * changes, such as the lines of a key. Little more is looked at than is shown, as there may be thousands of long ones.
 * @internal
 */
export function redactLine(input: string, maxLength: number): string {
  return redactText(oneLine(redactText(input, maxLength * 2 + 1_000, EDGE)), maxLength);
}

/**
 * The same for a name of a part or a field: what only looks like a field, such as `token:refresh`, is a name.
 * @internal
 */
export function redactName(input: string, maxLength = 2_000): string {
  return redact(input, maxLength, EDGE, maskAssignments);
}

/**
 * A label of a sample, which names a part or a kind: `token:refresh` is a name there, and two parts must not become one. A
 * label whose own name is that of a secret shows nothing.
 * @internal
 */
export function redactLabel(label: string, value: string, maxLength = 200): string {
  return isSensitiveKey(label) ? MASK : wellFormed(redactName(value, maxLength));
}

/** Only registered secrets and credentials in URLs masked, for text that is to be read as it is otherwise. @internal */
export function redactSecrets(input: string, maxLength = 2_000): string {
  return wellFormed(redact(input, maxLength, EDGE, (text) => text));
}

/**
 * What is secret by how it is written masked, and not what is registered: so that a text is always shown in the same way.
 * @internal
 */
export function redactForms(input: string): string {
  return wellFormed(maskFields(maskUrls(input), sensitivityOf));
}

function wellFormed(text: string): string {
  return SURROGATES.test(text) ? text.replace(LONE_SURROGATES, '\ufffd') : text;
}

function redact(input: string, maxLength: number, beyond: number, maskMore: (text: string) => string): string {
  // Masked before it is cut, or half a secret could survive at the edge; very long text is cut first to bound the work.
  const end = input.length > maxLength + beyond ? wholeSecretsEnd(input, maxLength + beyond) : input.length;
  const text = maskMore(maskUrls(maskSecrets(end < input.length ? input.slice(0, end) : input)));
  if (text.length > maxLength) return `${text.slice(0, maxLength - 1)}…`;
  // So much was masked that the first cut shows: what stands there may be half of something.
  if (end < input.length)
    return `${text.slice(0, Math.max(text.lastIndexOf(MASK) + MASK.length, text.length - EDGE))}…`;
  return text;
}

/** Where to cut so that no registered secret is cut in two. */
function wholeSecretsEnd(text: string, length: number): number {
  const matcher = secretMatcher();
  if (matcher === undefined) return length;
  const from = Math.max(0, length - matcher.longest);
  const around = text.slice(from, length + matcher.longest);
  for (const place of matcher.places(around)) {
    if (from + place.start >= length) break;
    if (from + place.end > length) return from + place.start;
  }
  return length;
}

const DEEPEST = 8;
const MOST_ENTRIES = 200;
const LONGEST_KEY = 200;
/** Of the whole value: the same object may stand in many places, and each place is a copy. */
const MOST_VALUES = 10_000;

interface Copying {
  readonly above: Set<object>;
  left: number;
}

/**
 * A plain-JSON copy of `value` with every secret masked: bounded in depth and size, and never throwing, whatever the
 * value does when it is read.
 * @internal
 */
export function redactValue(value: unknown): unknown {
  return copy(value, 0, { above: new Set(), left: MOST_VALUES });
}

function copy(value: unknown, depth: number, copying: Copying): unknown {
  if (copying.left-- <= 0) return '[…]';
  switch (typeof value) {
    case 'string':
      return redactText(value);
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'boolean':
      return value;
    case 'bigint':
      return String(value);
    case 'object':
      if (value === null) return null;
      if (depth === DEEPEST || copying.above.has(value)) return '[…]';
      copying.above.add(value);
      try {
        const copied = copyObject(value, depth, copying);
        // Numbers, in a list or by their index, may be the bytes of what text would have shown.
        return typeof readField(value, '0') === 'number' &&
          maskSecrets(JSON.stringify(copied)) !== JSON.stringify(copied)
          ? MASK
          : copied;
      } catch {
        return '[unreadable]';
      } finally {
        copying.above.delete(value);
      }
    default:
      return undefined;
  }
}

function copyObject(value: object, depth: number, copying: Copying): unknown {
  if (Array.isArray(value)) return value.slice(0, MOST_ENTRIES).map((item) => copy(item, depth + 1, copying) ?? null);
  // Bytes may spell out what text would have shown.
  if (ArrayBuffer.isView(value)) return `[${String(value.byteLength)} bytes]`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Error) return redactText(`${value.name}: ${value.message}`);
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value).slice(0, MOST_ENTRIES)) {
    // A name may be a secret as well, such as the URL of what it is about.
    const name = redactName(key, LONGEST_KEY);
    const field = isSensitiveKey(key) ? MASK : copy(readField(value, key), depth + 1, copying);
    if (field !== undefined)
      Object.defineProperty(result, name, { value: field, enumerable: true, configurable: true, writable: true });
  }
  return result;
}

function readField(value: object, key: string): unknown {
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    return '[unreadable]';
  }
}
