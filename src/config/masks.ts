import { registerSecret } from '../core/secret-values.js';

/** From here on no part of Breakwater shows these texts, until the handle is disposed. @internal */
export function masking(secrets: readonly string[]): Disposable {
  const handles: Disposable[] = [];
  for (const secret of secrets) {
    try {
      handles.push(registerSecret(secret));
    } catch {
      // So many are registered that there is no room; it is hidden by its name all the same.
    }
  }
  return {
    [Symbol.dispose]() {
      for (const handle of handles) handle[Symbol.dispose]();
    },
  };
}

/** What is masked now, and what was just before, which calls under way may still use. @internal */
export class Masks implements Disposable {
  #kept: Disposable[] = [];

  /** Masks these from here on, and no longer those before the last. */
  renew(secrets: readonly string[]): void {
    this.#kept.push(masking(secrets));
    this.#drop(2);
  }

  [Symbol.dispose](): void {
    this.#drop(0);
  }

  #drop(kept: number): void {
    while (this.#kept.length > kept) this.#kept.shift()?.[Symbol.dispose]();
  }
}
