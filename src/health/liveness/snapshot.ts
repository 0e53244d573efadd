/** What a {@link LivenessServer} does. `DOWN`: it is to be up, and will be started anew. */
export const LivenessServerState = /* @__PURE__ */ Object.freeze({
  STOPPED: 'STOPPED',
  STARTING: 'STARTING',
  UP: 'UP',
  DOWN: 'DOWN',
});
/** One of the values of the constant {@link LivenessServerState}. */
export type LivenessServerState = (typeof LivenessServerState)[keyof typeof LivenessServerState];

/** The state of a {@link LivenessServer} as plain JSON. */
export interface LivenessServerSnapshot {
  /** Version of this shape. */
  readonly version: 1;
  readonly name: string;
  readonly state: LivenessServerState;
  /** Where it listens, or did before it went down. */
  readonly port?: number;
  readonly path: string;
  /** Milliseconds since the last heartbeat; 0 while there is none. */
  readonly heartbeatAgeMs: number;
  /** Probes by what they were told. */
  readonly probes: { readonly alive: number; readonly stalled: number };
  /** How often the main thread was found to have been busy for a second or more. */
  readonly stalls: number;
  /** The longest of these, in ms. */
  readonly longestStallMs: number;
  /** How often it was started anew after it had gone down. */
  readonly restarts: number;
  /** Why it is down; redacted, at most 200 characters. */
  readonly reason?: string;
}
