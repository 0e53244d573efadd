import type { EventEmitter } from 'node:events';

type Listener = (...args: never[]) => void;

/**
 * Hears an event before everybody else does. Waits with that until somebody else listens: to some events of servers a
 * first listener makes a difference, such as that upgrades are no longer answered as plain requests.
 * @internal
 */
export function follow(emitter: EventEmitter, event: string, listener: Listener): void {
  const hear = listener as (...args: unknown[]) => void;
  if (emitter.listenerCount(event) > 0) {
    emitter.prependListener(event, hear);
    return;
  }
  const wait = (added: string | symbol): void => {
    if (added !== event) return;
    emitter.removeListener('newListener', wait);
    emitter.prependListener(event, hear);
  };
  emitter.on('newListener', wait);
}
