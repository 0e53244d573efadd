import type { ComponentEvent } from '../../core/component.js';

/** The store could not be asked several times in a row: from now on decisions are made without it. */
export interface StoreLost {
  /** Name of what shares the store. */
  readonly name: string;
  /** What the last failure was; redacted. */
  readonly reason: string;
}

/** The store answers again. */
export interface StoreRestored {
  /** Name of what shares the store. */
  readonly name: string;
  /** How long decisions were made without it, in ms. */
  readonly lostForMs: number;
}

/** The events of everything that shares a store, by name. */
export interface StoreEvents {
  storeLost: StoreLost;
  storeRestored: StoreRestored;
}

/** What there is to subscribe to. @internal */
export const STORE_EVENTS = /* @__PURE__ */ Object.freeze(['storeLost', 'storeRestored'] as const);

/** What tells of them, whatever else it tells of. */
interface StoreEmitter {
  emit(type: 'storeLost', event: StoreLost): void;
  emit(type: 'storeRestored', event: StoreRestored): void;
  on(type: 'storeLost', listener: (event: StoreLost) => void): () => void;
  on(type: 'storeRestored', listener: (event: StoreRestored) => void): () => void;
}

/** Tells of a store that is lost or back. @internal */
export function storeHooks(events: StoreEmitter): {
  readonly onLost: (event: StoreLost) => void;
  readonly onRestored: (event: StoreRestored) => void;
} {
  return {
    onLost: (event) => {
      events.emit('storeLost', event);
    },
    onRestored: (event) => {
      events.emit('storeRestored', event);
    },
  };
}

/** Hears of a store that is lost or back, as a component tells it. @internal */
export function subscribeStore(events: StoreEmitter, listener: (event: ComponentEvent) => void): (() => void)[] {
  return [
    events.on('storeLost', (data) => listener({ type: 'storeLost', level: 'error', data })),
    events.on('storeRestored', (data) => listener({ type: 'storeRestored', level: 'info', data })),
  ];
}
