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
