import type { PlatformAbortSignal } from '../core/platform.js';
import type { AbortFollowers } from '../internal/abort-followers.js';

/**
 * A run's own abort signal: follows the caller's, and can be aborted without it. Whatever is dear about that happens
 * when the signal is read for the first time.
 * @internal
 */
export class OwnSignal {
  readonly #followers: AbortFollowers;
  #caller: PlatformAbortSignal | undefined;
  #controller: AbortController | undefined;
  #aborted = false;
  /** Whether the operation has settled. */
  closed = false;
  #reason: unknown;

  constructor(followers: AbortFollowers) {
    this.#followers = followers;
  }

  /** @param caller - the caller's signal; left out once the run is over, so that nothing is left behind on it. */
  read(caller: PlatformAbortSignal | undefined): PlatformAbortSignal {
    if (this.#controller !== undefined) return this.#controller.signal;
    this.#controller = new AbortController();
    if (this.#aborted) this.#controller.abort(this.#reason);
    else if (caller?.aborted === true) this.abort(caller.reason);
    else if (caller !== undefined) {
      this.#caller = caller;
      this.#followers.follow(caller, this.#follow);
    }
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    if (this.#aborted || this.closed) return;
    this.#aborted = true;
    this.#reason = reason;
    this.#unlink();
    this.#controller?.abort(reason);
  }

  /** The operation has settled: from now on the signal stays as it is. */
  close(): void {
    this.closed = true;
    this.#unlink();
  }

  #unlink(): void {
    if (this.#caller !== undefined) this.#followers.unfollow(this.#caller, this.#follow);
    this.#caller = undefined;
  }

  readonly #follow = (reason: unknown): void => {
    this.abort(reason);
  };
}
