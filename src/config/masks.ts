import { registerSecret } from '../core/secret-values.js';

/** Texts that stay masked at least; of those that were read before, as earlier results may still be in use. */
const LEAST_KEPT = 100;

/** What no part of Breakwater shows: what was read last, and what was read before, up to a number of texts. @internal */
export class Masks implements Disposable {
  readonly #handles = new Map<string, Disposable>();

  /** Masks these as well, from here on. */
  add(secrets: readonly string[]): void {
    for (const secret of secrets) {
      const known = this.#handles.get(secret);
      // The latest stand last.
      this.#handles.delete(secret);
      const handle = known ?? registered(secret);
      if (handle !== undefined) this.#handles.set(secret, handle);
    }
    for (const [secret, handle] of this.#handles) {
      if (this.#handles.size <= LEAST_KEPT + secrets.length) break;
      this.#handles.delete(secret);
      handle[Symbol.dispose]();
    }
  }

  [Symbol.dispose](): void {
    for (const handle of this.#handles.values()) handle[Symbol.dispose]();
    this.#handles.clear();
  }
}

function registered(secret: string): Disposable | undefined {
  try {
    return registerSecret(secret);
  } catch {
    // So many are registered that there is no room; it is hidden by its name all the same.
    return undefined;
  }
}
