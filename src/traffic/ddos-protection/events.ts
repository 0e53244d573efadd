/** An address or a range was blocked. */
export interface AddressBlocked {
  /** Name of the protection. */
  readonly protection: string;
  /** The address, the range of an IPv6 client, or the range that was blocked by hand. */
  readonly address: string;
  readonly reason: string;
  /** How long, in ms; `Infinity` until it is lifted. */
  readonly durationMs: number;
  /** Whether the limit did it or somebody by hand. */
  readonly by: 'threshold' | 'hand';
  /** Whether it was only noted, in shadow mode. */
  readonly shadow: boolean;
}

/** A block was lifted by hand. */
export interface AddressUnblocked {
  /** Name of the protection. */
  readonly protection: string;
  readonly address: string;
}

/** Something keeps the protection from working as it should; told at most once in a window for each reason. */
export interface ProtectionPressure {
  /** Name of the protection. */
  readonly protection: string;
  /**
   * `brake`: over a fifth of the window's addresses would be blocked, so none is, and requests beyond the limit are
   * refused one by one. `memory`: more addresses than can be counted.
   */
  readonly reason: 'brake' | 'memory';
}

/** The events of a {@link DDoSProtection}, by name. */
export interface DDoSProtectionEvents {
  blocked: AddressBlocked;
  unblocked: AddressUnblocked;
  pressure: ProtectionPressure;
}

/** What there is to subscribe to. @internal */
export const DDOS_EVENTS = /* @__PURE__ */ Object.freeze(['blocked', 'unblocked', 'pressure'] as const);
