import type { ConnectionShape } from '../../http/index.js';

/** The part of a connection that the adapter uses when a client asks for an upgrade: Node's sockets have it. */
export interface UpgradeSocket extends ConnectionShape {
  /** Whether it is of no use any more. */
  readonly destroyed: boolean;
  /** Sends something. */
  write(chunk: string | Uint8Array): boolean;
  /** Sends the last of it. */
  end(chunk: string, done: () => void): unknown;
  /** Closes it. */
  destroy(): unknown;
  /** Lets what the client sends flow. */
  resume(): unknown;
  /** Hears of failures, each time. */
  on(event: 'error', listener: () => void): unknown;
  /** Hears of the end. */
  once(event: 'close', listener: () => void): unknown;
}
