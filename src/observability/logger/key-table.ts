import { MASK } from '../../core/mask-fields.js';
import { redactName } from '../../core/redaction.js';
import { secretRegistry } from '../../core/secret-values.js';
import { sensitivityOf } from '../../core/sensitive-names.js';

/** What is known of a field's name. @internal */
export interface KeyInfo {
  /** The name as it is written: without secrets, and not too long. */
  readonly name: string;
  /** The same as JSON, with its colon. */
  readonly text: string;
  /** The same behind another field. */
  readonly next: string;
  /** Whether the value is hidden wherever the name stands. */
  readonly hides: boolean;
  /** The names that it is hidden under, innermost first, such as `[['user']]` for `user.email`. */
  readonly hiddenUnder: readonly (readonly string[])[] | undefined;
  /** Whether the name is one that a line has for itself. */
  readonly reserved: boolean;
  /** Whether the name had to be changed, so that another one may look the same. */
  readonly changed: boolean;
  /** Whether it holds what a field beside it names, as in `{ name: 'cookie', value: '…' }`. */
  readonly isValue: boolean;
}

/** What is hidden besides, or instead of, the usual names. @internal */
export interface KeyRules {
  /** Whether the usual names are hidden. */
  readonly usual: boolean;
  readonly hide: readonly string[];
  readonly show: readonly string[];
}

/** What a line has for itself; fields of these names stand under `fields`. */
const RESERVED: readonly string[] = ['time', 'level', 'event', 'msg', 'truncated'];
const LONGEST_KEY = 200;
/** Names come from the code, but some come from clients: no more than these are remembered. */
const MOST_KEYS = 2_000;
const LONGEST_REMEMBERED = 64;

/**
 * Names of fields, and what each means for its value; looked at once each.
 * @internal
 */
export class KeyTable {
  readonly #rules: KeyRules;
  readonly #hidden = new Set<string>();
  readonly #hiddenUnder = new Map<string, (readonly string[])[]>();
  readonly #shown: ReadonlySet<string>;
  readonly #secrets = secretRegistry();
  readonly #known = new Map<string, KeyInfo>();
  #version: number;

  constructor(rules: KeyRules) {
    this.#rules = rules;
    this.#version = this.#secrets.version;
    this.#shown = new Set(rules.show.map(plain));
    for (const path of rules.hide) {
      const [last = '', ...under] = path.split('.').map(plain).reverse();
      if (under.length === 0) this.#hidden.add(last);
      else this.#hiddenUnder.set(last, [...(this.#hiddenUnder.get(last) ?? []), under]);
    }
  }

  /** Whether text is searched for what looks like a secret. */
  get searchesText(): boolean {
    return this.#rules.usual;
  }

  of(key: string): KeyInfo {
    if (this.#version !== this.#secrets.version) {
      this.#known.clear();
      this.#version = this.#secrets.version;
    }
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const info = this.#look(key);
    if (key.length <= LONGEST_REMEMBERED && this.#known.size < MOST_KEYS) this.#known.set(key, info);
    return info;
  }

  /** Whether a value is hidden that text beside it names. */
  hidesNamed(name: string): boolean {
    return this.of(name).hides;
  }

  #look(key: string): KeyInfo {
    const name = redactName(key, LONGEST_KEY);
    const bare = plain(key);
    const shown = this.#shown.has(bare);
    const text = `${JSON.stringify(name)}:`;
    return {
      name,
      text,
      next: `,${text}`,
      hides: this.#hidden.has(bare) || (!shown && this.#rules.usual && sensitivityOf(key) !== 'none'),
      hiddenUnder: this.#hiddenUnder.get(bare),
      reserved: RESERVED.includes(name),
      changed: name !== key,
      isValue: bare === 'value' || bare === 'values',
    };
  }
}

/** Whether `path` ends in these names. @internal */
export function isUnder(path: readonly string[], names: readonly string[]): boolean {
  return names.every((name, i) => plain(path.at(-1 - i) ?? '') === name);
}

/** A name that looks like others of its object, told apart from them. @internal */
export function numbered(key: KeyInfo, seen: Map<string, number>): KeyInfo {
  const count = (seen.get(key.name) ?? 0) + 1;
  seen.set(key.name, count);
  if (count === 1) return key;
  const name = `${key.name}#${String(count)}`;
  const text = `${JSON.stringify(name)}:`;
  return { ...key, name, text, next: `,${text}` };
}

/** A name as people mean it: `apiKey`, `api-key` and `API_KEY` are one. */
function plain(name: string): string {
  return name.replace(/[-_ ]/g, '').toLowerCase();
}

/** What stands in place of a hidden value, as JSON. @internal */
export const HIDDEN = /* @__PURE__ */ JSON.stringify(MASK);
