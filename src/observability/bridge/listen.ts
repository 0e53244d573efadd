import type { Component, ComponentEvent } from '../../core/component.js';
import type { Reporter } from '../../core/reporter.js';

/**
 * Subscribes to a component that may do anything: nothing that it, or what hears of it, throws goes any further, and once
 * stopped it is not heard any more, even if it goes on telling.
 * @internal
 */
export function listen(component: Component, reporter: Reporter, hear: (event: ComponentEvent) => void): () => void {
  let stopped = false;
  const unsubscribe = harmless(reporter, () =>
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
    if (typeof unsubscribe === 'function') harmless(reporter, unsubscribe as () => unknown);
  };
}

/** What it answers; what it throws or rejects with is reported. @internal */
export function harmless(reporter: Reporter, act: () => unknown): unknown {
  try {
    const answer = act();
    reporter.watch(answer);
    return answer;
  } catch (error) {
    reporter.listenerError(error);
    return undefined;
  }
}
