import { InvalidArgumentError } from './errors.js';
import { MASK, maskAssignments, maskFields } from './mask-fields.js';
import { maskUrls } from './mask-urls.js';
import { isSensitiveKey } from './sensitive-names.js';

const REGISTRY = /* @__PURE__ */ Symbol.for('breakwater.secrets');
const MOST_SECRETS = 10_000;
const SHORTEST_SECRET = 4;

/** Handles that mask a value, and how many of each are live. Shared by every copy of the package in the process. */
function secrets(): Map<string, number> {
  const holder = globalThis as unknown as { [REGISTRY]: Map<string, number> | undefined };
  return (holder[REGISTRY] ??= new Map<string, number>());
}

/**
 * Masks `value` in whatever Breakwater prints or exposes, in the whole process, until the handle is disposed.
 *
 * @param value - the secret text, at least 4 characters: shorter ones would blank out ordinary words.
 * @throws {@link InvalidArgumentError} when the value is too short, or when 10,000 values are registered already.
 */
export function registerSecret(value: string): Disposable {
  if (typeof value !== 'string' || value.length < SHORTEST_SECRET) {
    throw new InvalidArgumentError(
      `registerSecret: value must be a string of at least ${String(SHORTEST_SECRET)} characters`,
    );
  }
  const all = secrets();
  if (all.size >= MOST_SECRETS && !all.has(value)) {
    throw new InvalidArgumentError(
      `registerSecret: ${String(MOST_SECRETS)} values are registered; dispose those no longer in use`,
    );
  }
  all.set(value, (all.get(value) ?? 0) + 1);
  let live = true;
  return {
    [Symbol.dispose]() {
      if (!live) return;
      live = false;
      const left = (all.get(value) ?? 1) - 1;
      if (left === 0) all.delete(value);
      else all.set(value, left);
    },
  };
}

/** Text beyond what is shown that is masked as well: what is masked becomes shorter, so that more of it may be shown. */
const BEYOND = 20_000;
/** With `u` a pair is one character: what is found is no half of one. */
const LONE_SURROGATES = /\p{Surrogate}/gu;
/** More than the longest value whose beginning alone would not be known as a secret. */
const EDGE = 2_100;

/**
 * Text with credentials in URLs, authorization values, `key=value` pairs of sensitive names and registered secrets
 * masked, cut to `maxLength` characters, and well-formed: half a character, which a cut may leave as well, becomes U+FFFD.
 *
 * @param beyond - how much more of the text is looked at.
 * @internal
 */
export function redactText(input: string, maxLength = 2_000, beyond = BEYOND): string {
  return redact(input, maxLength, beyond, maskFields).replace(LONE_SURROGATES, '\ufffd');
}

/**
 * The same for a name of a part or a field: what only looks like a field, such as `token:refresh`, is a name.
 * @internal
 */
export function redactName(input: string, maxLength = 2_000): string {
  return redact(input, maxLength, EDGE, maskAssignments);
}

function redact(input: string, maxLength: number, beyond: number, maskMore: (text: string) => string): string {
  // Masked before it is cut, or half a secret could survive at the edge; very long text is cut first to bound the work.
  const all = longestFirst();
  const end = input.length > maxLength + beyond ? wholeSecretsEnd(input, maxLength + beyond, all) : input.length;
  const text = maskMore(maskUrls(maskRegistered(end < input.length ? input.slice(0, end) : input, all)));
  if (text.length > maxLength) return `${text.slice(0, maxLength - 1)}…`;
  // So much was masked that the first cut shows: what stands there may be half of something.
  if (end < input.length)
    return `${text.slice(0, Math.max(text.lastIndexOf(MASK) + MASK.length, text.length - EDGE))}…`;
  return text;
}

function maskRegistered(text: string, all: readonly string[]): string {
  let masked = text;
  for (const secret of all) if (masked.includes(secret)) masked = masked.replaceAll(secret, MASK);
  return masked;
}

/** Where to cut so that no registered secret is cut in two. */
function wholeSecretsEnd(text: string, length: number, all: readonly string[]): number {
  let end = length;
  for (let before = Infinity; end < before;) {
    before = end;
    for (const secret of all) {
      const from = Math.max(0, end - secret.length + 1);
      const found = text.slice(from, end + secret.length - 1).indexOf(secret);
      if (found !== -1) end = from + found;
    }
  }
  return end;
}

/** A secret that contains another must be replaced before it. */
function longestFirst(): string[] {
  const all = secrets();
  return all.size === 0 ? [] : [...all.keys()].sort((a, b) => b.length - a.length);
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
        return copyObject(value, depth, copying);
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
