import type { PlatformAbortSignal } from '../core/platform.js';

/** Hears of an abort, once. @internal */
export type AbortFollower = (reason: unknown) => void;

interface Followed {
  readonly followers: Set<AbortFollower>;
  readonly listener: () => void;
}

/**
 * Many that follow one signal through a single listener on it: adding a listener costs more than everything else about
 * a call, and the platform warns of a leak from the eleventh on.
 * @internal
 */
export class AbortFollowers {
  readonly #signals = new WeakMap<PlatformAbortSignal, Followed>();

  /** Tells `follower` when `signal` aborts; not when it has already. */
  follow(signal: PlatformAbortSignal, follower: AbortFollower): void {
    if (signal.aborted) return;
    let followed = this.#signals.get(signal);
    if (followed === undefined) {
      const followers = new Set<AbortFollower>();
      const listener = (): void => {
        // What one of them does may make another leave, who must not be told then: a set passes over those that are gone.
        for (const each of followers) each(signal.reason);
        this.#signals.delete(signal);
      };
      followed = { followers, listener };
      this.#signals.set(signal, followed);
      signal.addEventListener('abort', listener, { once: true });
    }
    followed.followers.add(follower);
  }

  /** Forgets a follower; the last one takes the listener along. */
  unfollow(signal: PlatformAbortSignal, follower: AbortFollower): void {
    const followed = this.#signals.get(signal);
    if (followed?.followers.delete(follower) !== true || followed.followers.size > 0) return;
    this.#signals.delete(signal);
    signal.removeEventListener('abort', followed.listener);
  }
}
