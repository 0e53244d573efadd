import { createHmac, hash } from 'node:crypto';

const GROUP_CHARACTERS = 11;
/** 128 bits. */
const SUBJECT_CHARACTERS = 22;

/**
 * The names that a limiter has in a store: digests, so that no text of a client's is ever part of one, and no two keys
 * share a name whatever they are made of.
 * @internal
 */
export class StoreNames {
  /** What all limiters of this kind and name share. */
  readonly group: string;
  readonly #secret: string | undefined;

  /** @param secret - makes it impossible to find out from the store who is in it, by trying; the same on all replicas. */
  constructor(kind: string, name: string, secret: string | undefined) {
    this.#secret = secret;
    // A kind has no colon in it.
    this.group = this.#digest(`${kind}:${name}`).slice(0, GROUP_CHARACTERS);
  }

  /** The name of a key: SHA-256, or HMAC with the secret, cut to 128 bits. */
  of(key: string): string {
    return this.#digest(key).slice(0, SUBJECT_CHARACTERS);
  }

  /** A short name for a sort of event. */
  tagOf(type: string): string {
    return this.#digest(type).slice(0, GROUP_CHARACTERS);
  }

  #digest(text: string): string {
    // All there is in a string is told apart, also what is no valid text.
    const bytes = Buffer.from(text, 'utf16le');
    if (this.#secret === undefined) return hash('sha256', bytes, 'base64url');
    return createHmac('sha256', this.#secret).update(bytes).digest('base64url');
  }
}
