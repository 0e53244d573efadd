import type { Component, ComponentEvent } from '../../core/component.js';
import type { Reporter } from '../../core/reporter.js';

/**
 * Subscribes to a component that may do anything: nothing that it, or what hears of it, throws goes any further, and once
 * stopped it is not heard any more, even if it goes on telling.
 * @internal
 */
export function listen(component: Component, reporter: Reporter, hear: (event: ComponentEvent) => void): () => void {
  let stopped = false;
  const harmless = (act: () => unknown): unknown => {
    try {
      return act();
    } catch (error) {
      reporter.listenerError(error);
      return undefined;
    }
  };
  const unsubscribe = harmless(() =>
    component.subscribe((event) => {
      if (stopped) return;
      // Written out: a flood of events must not make a function for each.
      try {
        hear(event);
      } catch (error) {
        reporter.listenerError(error);
      }
    }),
  );
  return () => {
    if (stopped) return;
    stopped = true;
    if (typeof unsubscribe === 'function') harmless(unsubscribe as () => void);
  };
}
