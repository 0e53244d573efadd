import type { Component } from '../../core/component.js';

/** What carries something from a component to one sink. @internal */
export interface Tap {
  /** Called once, when nobody wants it any more. */
  stop(): void;
}

interface Shared {
  readonly tap: Tap;
  readonly settings: string;
  wanted: number;
}

/** The taps of a component, by what they lead to, with the component itself: two calls for the same pair are one tap. */
const TAPS = /* @__PURE__ */ Symbol.for('breakwater.observed');

/**
 * Opens a tap from a component to a sink, or finds the one that is open.
 *
 * @param settings - what it goes by, as text.
 * @param differs - told what one goes by that was open already, when that is something else.
 * @returns closes it again, once everybody who opened it has done so.
 * @internal
 */
export function share(
  component: Component,
  sink: object,
  settings: string,
  open: () => Tap,
  differs: (settings: string) => void,
): () => void {
  const taps = tapsOf(component);
  const there = taps?.get(sink);
  if (there !== undefined && there.settings !== settings) differs(there.settings);
  const shared = there ?? { tap: open(), settings, wanted: 0 };
  taps?.set(sink, shared);
  shared.wanted++;
  let closed = false;
  return () => {
    if (closed) return;
    closed = true;
    if (--shared.wanted > 0) return;
    taps?.delete(sink);
    shared.tap.stop();
  };
}

/** Kept at the component, so that they are found from every copy of the package; a frozen one cannot have any. */
function tapsOf(component: Component): WeakMap<object, Shared> | undefined {
  const holder = component as { readonly [TAPS]?: WeakMap<object, Shared> };
  try {
    if (holder[TAPS] !== undefined) return holder[TAPS];
    const value = new WeakMap<object, Shared>();
    Object.defineProperty(holder, TAPS, { value });
    return value;
  } catch {
    return undefined;
  }
}
