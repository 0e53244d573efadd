import { MASK } from '../../core/mask-fields.js';
import { redactName } from '../../core/redaction.js';
import { secretRegistry } from '../../core/secret-values.js';
import { isSensitiveKey, type Sensitivity, sensitivityOf } from '../../core/sensitive-names.js';
import type { TextRules } from './text-writer.js';

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
      else {
        this.#hiddenUnder.set(last, [...(this.#hiddenUnder.get(last) ?? []), under]);
        // Flattened, as some write it.
        this.#hidden.add(plain(path));
      }
    }
    const own = rules.hide.length > 0 || rules.show.length > 0;
    this.textRules = rules.usual
      ? { anyName: rules.hide.length > 0, of: own ? (name) => this.#sensitivity(name) : sensitivityOf }
      : undefined;
  }

  /** How text is searched for what looks like a secret; `undefined`: not at all. */
  readonly textRules: TextRules | undefined;

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

  #hides(key: string, bare: string): boolean {
    if (this.#isHidden(bare)) return true;
    return this.#rules.usual && !this.#shown.has(bare) && isSensitiveKey(key);
  }

  /** By the whole name, or by its last part: `data.iban`, `user[iban]`. */
  #isHidden(bare: string): boolean {
    if (this.#hidden.size === 0) return false;
    return (
      this.#hidden.has(bare) ||
      this.#hidden.has(
        bare
          .replace(/[\])]+$/, '')
          .split(/[.[(]/)
          .at(-1) ?? '',
      )
    );
  }

  #sensitivity(name: string): Sensitivity {
    const bare = plain(name);
    if (this.#isHidden(bare)) return 'value';
    return this.#shown.has(bare) ? 'none' : sensitivityOf(name);
  }

  #look(key: string): KeyInfo {
    const name = redactName(key, LONGEST_KEY);
    const bare = plain(key);
    const text = `${JSON.stringify(name)}:`;
    return {
      name,
      text,
      next: `,${text}`,
      hides: this.#hides(key, bare),
      hiddenUnder: this.#hiddenUnder.get(bare),
      reserved: RESERVED.includes(name),
      changed: name !== key,
      isValue: VALUES.includes(bare),
    };
  }
}

/** Whether `path` ends in these names. @internal */
export function isUnder(path: readonly string[], names: readonly string[]): boolean {
  return names.every((name, i) => plain(path.at(-1 - i) ?? '') === name);
}

/** A name that looks like others of its object, told apart from them. @internal */
export function toldApart(key: KeyInfo, object: object, others: Set<string>): KeyInfo {
  let name = key.name;
  for (let count = 2; others.has(name) || Object.hasOwn(object, name); count++) name = `${key.name}#${String(count)}`;
  others.add(name);
  if (name === key.name) return key;
  const text = `${JSON.stringify(name)}:`;
  return { ...key, name, text, next: `,${text}` };
}

/** What may be the name of a value in an object that has both, such as a header or an invalid field of a form. */
const NAMES_BESIDE: readonly string[] = ['name', 'key', 'header', 'field', 'path', 'param', 'property'];
const VALUES: readonly string[] = ['value', 'values', 'val'];

/** @internal */
export function* namesBeside(object: object): Iterable<string> {
  for (const name of Object.keys(object).slice(0, 20)) {
    const beside: unknown = NAMES_BESIDE.includes(plain(name)) ? (object as Record<string, unknown>)[name] : undefined;
    if (typeof beside === 'string') yield beside;
  }
}

/** A name as people mean it: `apiKey`, `api-key` and `API_KEY` are one. */
function plain(name: string): string {
  return name.replace(/[-_ ]/g, '').toLowerCase();
}

/** What stands in place of a hidden value, as JSON. @internal */
export const HIDDEN = /* @__PURE__ */ JSON.stringify(MASK);
