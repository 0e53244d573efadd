import type { Clock } from '../../core/clock.js';
import { CircuitBreaker } from './circuit-breaker.js';

/**
 * The breaker that a full registry hands out: it lets every call through, uncounted, whatever is done to it, since many
 * keys share it.
 * @internal
 */
export class PassThroughBreaker extends CircuitBreaker {
  /** Made by a registry that is full. */
  static make(name: string, clock: Clock): PassThroughBreaker {
    const breaker = new PassThroughBreaker({ name, clock });
    breaker.#letThrough();
    return breaker;
  }

  override isolate(): Disposable {
    return { [Symbol.dispose]: () => undefined };
  }

  override reset(): void {
    // It stays as it is.
  }

  override enable(): void {
    // It stays as it is.
  }

  override disable(): void {
    // It is already.
  }

  override on(): () => void {
    return () => undefined;
  }

  override subscribe(): () => void {
    return () => undefined;
  }

  #letThrough(): void {
    super.disable();
  }
}
