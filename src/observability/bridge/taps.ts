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

/** Where an object keeps the taps between it and others: two calls for the same pair are one tap. */
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
  // Whichever can remember the other.
  const atComponent = Object.isExtensible(component);
  const taps = tapsOf(atComponent ? component : sink);
  const other = atComponent ? sink : component;
  const there = taps?.get(other);
  if (there !== undefined && there.settings !== settings) differs(there.settings);
  const shared = there ?? { tap: open(), settings, wanted: 0 };
  taps?.set(other, shared);
  shared.wanted++;
  let closed = false;
  return () => {
    if (closed) return;
    closed = true;
    if (--shared.wanted > 0) return;
    taps?.delete(other);
    shared.tap.stop();
  };
}

/** Kept at the object itself, so that they are found from every copy of the package; a frozen one cannot have any. */
function tapsOf(owner: object): WeakMap<object, Shared> | undefined {
  try {
    if (!Object.hasOwn(owner, TAPS)) Object.defineProperty(owner, TAPS, { value: new WeakMap<object, Shared>() });
    return (owner as { readonly [TAPS]?: WeakMap<object, Shared> })[TAPS];
  } catch {
    return undefined;
  }
}
