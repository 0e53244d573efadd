import type { Clock } from '../../core/clock.js';
import type { InFlight } from '../in-flight.js';

/** The part of a server that Breakwater uses: `http`, `https`, `http2` and `net` servers have it. */
export interface AttachableServer {
  /** Whether it accepts connections. */
  readonly listening: boolean;
  /** Subscribes to an event. */
  on(event: string, listener: (...args: never[]) => void): unknown;
  /** Stops accepting. */
  close(callback?: (error?: Error) => void): unknown;
}

/** One connection of a {@link WebSocketServerShape}. */
export interface WebSocketShape {
  /** Begins the closing handshake. */
  close(code?: number, reason?: string): void;
  /** Ends the connection at once. */
  terminate(): void;
}

/** The part of a `WebSocketServer` of the package `ws` that Breakwater uses. */
export interface WebSocketServerShape {
  /** The open connections. */
  readonly clients: Iterable<WebSocketShape>;
  /** Stops accepting. */
  close(callback?: (error?: Error) => void): unknown;
}

/** What the parts of an attached server work with. @internal */
export interface DrainContext {
  /** Where requests are noted while they are in flight. */
  readonly requests: InFlight;
  readonly clock: Clock;
  /** Milliseconds that never go back. */
  readonly now: () => number;
  /** How long after the listener has closed something may still come on connections that are in use. */
  readonly graceMs: number;
}

/** What an attached server does while the process stops, step by step. @internal */
export interface Drained {
  /** It is going to be closed; still accepts everything. */
  beginDrain?(): void;
  /** Halfway between: whoever comes back now is sent elsewhere. */
  tell?(): void;
  /** Accepts nothing more, and lets go of what is idle. */
  close(): void;
  /** Ends what is still open. */
  destroy(): void;
}
