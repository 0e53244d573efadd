import { hash } from 'node:crypto';
import type { StoreKey } from '../../traffic/store/index.js';

/** 48 bits: enough that the few limiters of a service never share one. */
const GROUP_CHARACTERS = 8;
const MOST_GROUPS = 10_000;
/** 66 bits, within one of the shared keys. */
const FIELD_CHARACTERS = 11;

/** What is counted of a subject: a bucket, a window, events. */
const COUNTED = ['b', 'w', 'e'] as const;

/**
 * The names of a store's keys. All begin with its prefix in braces, so that a cluster keeps them in one place and one step can
 * change several; the group follows as a digest of fixed length. Only letters, digits and `-_` come from outside.
 * @internal
 */
export class Keys {
  readonly #tag: string;
  readonly #packs: number | undefined;
  readonly #groups = new Map<string, string>();

  /** @param packs - into how many keys the buckets of a group are packed. */
  constructor(prefix: string, packs: number | undefined) {
    this.#tag = `{${prefix}}`;
    this.#packs = packs;
  }

  /** One of what is kept of a subject. */
  of(kind: 'm' | (typeof COUNTED)[number], { group, subject }: StoreKey): string {
    return `${this.#tag}${kind}${this.#groupOf(group)}${subject}`;
  }

  /** What is there once a command has been done. */
  onceOf(command: string): string {
    return `${this.#tag}o${command}`;
  }

  /** The lists of a group's marks, by version and by end, and how the names of its marks begin. */
  marksOf(group: string): readonly [byVersion: string, byEnd: string, marks: string] {
    const of = this.#groupOf(group);
    return [`${this.#tag}v${of}`, `${this.#tag}x${of}`, `${this.#tag}m${of}`];
  }

  /** All that is counted of a subject, and where a packed bucket is. */
  countedOf(key: StoreKey): readonly string[] {
    const counted = COUNTED.map((kind) => this.of(kind, key));
    return this.#packs === undefined ? counted : [...counted, this.packOf(key)[0]];
  }

  /** The key and the field of a packed bucket. */
  packOf({ group, subject }: StoreKey): readonly [key: string, field: string] {
    const digest = hash('sha256', subject, 'buffer');
    const pack = digest.readUInt32LE(0) % (this.#packs ?? 1);
    const field = digest.toString('base64url', 4).slice(0, FIELD_CHARACTERS);
    return [`${this.#tag}p${this.#groupOf(group)}${pack.toString(36)}`, field];
  }

  #groupOf(group: string): string {
    let digest = this.#groups.get(group);
    if (digest === undefined) {
      digest = hash('sha256', group, 'base64url').slice(0, GROUP_CHARACTERS);
      if (this.#groups.size >= MOST_GROUPS) this.#groups.clear();
      this.#groups.set(group, digest);
    }
    return digest;
  }
}
