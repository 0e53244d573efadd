import type { ComponentEvent } from '../../core/component.js';
import type { Emitter } from '../../core/emitter.js';

/** The main thread was busy, and is not any more. */
export interface LivenessStall {
  /** Name of the server. */
  readonly server: string;
  /** For how long nothing else could run, in ms. */
  readonly blockedMs: number;
  /** Whether that was long enough for probes to be told that the process is not alive. */
  readonly reported: boolean;
}

/** The server is gone, although nobody stopped it. */
export interface LivenessDown {
  /** Name of the server. */
  readonly server: string;
  /** Why; redacted, at most 200 characters. */
  readonly reason: string;
  /** When it is started anew, in ms. */
  readonly restartInMs: number;
}

/** The server listens. */
export interface LivenessUp {
  /** Name of the server. */
  readonly server: string;
  readonly port: number;
  /** How often it has been started anew so far. */
  readonly restarts: number;
}

/** The events of a {@link LivenessServer}, by name. */
export interface LivenessServerEvents {
  stall: LivenessStall;
  down: LivenessDown;
  up: LivenessUp;
}

/** What there is to subscribe to. @internal */
export const LIVENESS_EVENTS = /* @__PURE__ */ Object.freeze(['stall', 'down', 'up'] as const);

/** Passes events on as plain JSON; the returned function stops that. @internal */
export function tellAsJson(
  events: Emitter<LivenessServerEvents>,
  listener: (event: ComponentEvent) => void,
): () => void {
  const stops = [
    events.on('stall', (data) => {
      listener({ type: 'stall', level: data.reported ? 'error' : 'warn', data });
    }),
    events.on('down', (data) => {
      listener({ type: 'down', level: 'error', data });
    }),
    events.on('up', (data) => {
      listener({ type: 'up', level: 'info', data });
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
