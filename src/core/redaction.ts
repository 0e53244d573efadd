import { InvalidArgumentError } from './errors.js';

/** What stands in place of anything hidden. */
const MASK = '[secret]';
const REGISTRY = /* @__PURE__ */ Symbol.for('breakwater.secrets');
const MOST_SECRETS = 10_000;
const SHORTEST_SECRET = 4;

/** How the names of fields that hold secrets end. */
const SENSITIVE_END =
  '(?:secret|token|password|passwd|pwd|passphrase|private_?key|credentials?|authorization|cookie|session_?id|dsn|api_?key|access_?key|_key)';
const SENSITIVE_KEY = /* @__PURE__ */ new RegExp(`${SENSITIVE_END}$`, 'i');
const URL_CREDENTIALS = /\b([a-z][a-z0-9+.-]{0,40}:\/\/)[^\s/]{0,500}@/gi;
const AUTH_SCHEME = /\b(bearer|basic|digest)\s+[\w~+/.=-]{4,}/gi;
// The end of a name is enough to know it by; what stands before it is kept as it is, and costs nothing to pass over.
const KEY_VALUE = /* @__PURE__ */ new RegExp(
  `(${SENSITIVE_END}\\\\{0,3}["']?\\s{0,3}[=:]\\s{0,3}\\\\{0,3})` +
    `(?:"(?:[^"\\\\]|\\\\.)*"?|'(?:[^'\\\\]|\\\\.)*'?|[^\\s,;&"'{}()[\\]]+)`,
  'gis',
);

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

/** Whether a field of this name usually holds a secret. @internal */
export function isSensitiveKey(name: string): boolean {
  return SENSITIVE_KEY.test(name);
}

/**
 * Text with credentials in URLs, authorization values, `key=value` pairs of sensitive names and registered secrets
 * masked, cut to `maxLength` characters.
 * @internal
 */
export function redactText(input: string, maxLength = 2_000): string {
  // Masked before it is cut, or half a secret could survive at the edge; very long text is cut first to bound the work.
  let text = input.length > maxLength + 20_000 ? input.slice(0, maxLength + 20_000) : input;
  for (const secret of longestFirst()) if (text.includes(secret)) text = text.replaceAll(secret, MASK);
  text = text.replace(URL_CREDENTIALS, `$1${MASK}@`).replace(AUTH_SCHEME, `$1 ${MASK}`).replace(KEY_VALUE, `$1${MASK}`);
  return text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;
}

/** A secret that contains another must be replaced before it. */
function longestFirst(): string[] {
  const all = secrets();
  return all.size === 0 ? [] : [...all.keys()].sort((a, b) => b.length - a.length);
}

const DEEPEST = 8;
const MOST_ENTRIES = 200;
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
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Error) return redactText(`${value.name}: ${value.message}`);
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value).slice(0, MOST_ENTRIES)) {
    const field = isSensitiveKey(key) ? MASK : copy(readField(value, key), depth + 1, copying);
    if (field !== undefined)
      Object.defineProperty(result, key, { value: field, enumerable: true, configurable: true, writable: true });
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
