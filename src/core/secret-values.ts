import { InvalidArgumentError } from './errors.js';
import { MASK } from './mask-fields.js';
import { SecretMatcher } from './secret-matcher.js';

const REGISTRY = /* @__PURE__ */ Symbol.for('breakwater.secrets');
const MOST_SECRETS = 10_000;
const SHORTEST_SECRET = 4;

/** What is registered, for those who look often. @internal */
export interface SecretRegistry {
  /** Grows with each change, so that what was made of older values is not used again. */
  readonly version: number;
  readonly live: ReadonlyMap<string, number>;
}

/** Handles that mask a value, and how many of each are live. Shared by every copy of the package in the process. */
interface Registry extends SecretRegistry {
  readonly live: Map<string, number>;
  version: number;
  /** Made of the values when it is first needed. */
  matcher: SecretMatcher | undefined;
  /** Masks these and what only the environment knows of, in the place of what is here. */
  more?: ((text: string) => string) | undefined;
  /** The environments that are masked. */
  environments?: Set<MaskedEnvironment>;
}

/** What an environment adds. @internal */
export interface MaskedEnvironment {
  /** Registers what is set by now. */
  readonly read: () => void;
  /** Masks values that are too short to be registered. */
  readonly maskWords: (text: string) => string;
}

/** What is registered in this process; the same object for ever. @internal */
export function secretRegistry(): SecretRegistry {
  return registry();
}

/** The same, to change it. @internal */
export function registry(): Registry {
  const holder = globalThis as unknown as { [REGISTRY]: Registry | undefined };
  return (holder[REGISTRY] ??= { live: new Map<string, number>(), version: 0, matcher: undefined });
}

/**
 * Masks `value` in whatever Breakwater prints or exposes, in the whole process, until the handle is disposed: as it is, and
 * as URLs, forms and JSON write it, whichever characters they escape, also one in another, such as JSON in a URL. Its lines
 * may end in either way.
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
  const all = registry();
  if (all.live.size >= MOST_SECRETS && !all.live.has(value)) {
    throw new InvalidArgumentError(
      `registerSecret: ${String(MOST_SECRETS)} values are registered; dispose those no longer in use`,
    );
  }
  change(all, value, 1);
  let live = true;
  return {
    [Symbol.dispose]() {
      if (!live) return;
      live = false;
      change(all, value, -1);
    },
  };
}

/** Counts the handles of a value. @internal */
export function change(all: Registry, value: string, by: 1 | -1): void {
  const handles = (all.live.get(value) ?? 0) + by;
  if (handles <= 0) all.live.delete(value);
  else all.live.set(value, handles);
  if (handles > 1 || (handles === 1 && by === -1)) return;
  all.version++;
  all.matcher = undefined;
}

/** What finds the values that are registered now; `undefined` when there are none. @internal */
export function secretMatcher(): SecretMatcher | undefined {
  const all = registry();
  if (all.live.size === 0) return undefined;
  return (all.matcher ??= new SecretMatcher(all.live.keys()));
}

/** Text without the values that are registered. @internal */
export function maskSecrets(text: string): string {
  return registry().more?.(text) ?? secretMatcher()?.mask(text, MASK) ?? text;
}
