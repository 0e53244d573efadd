import { BreakwaterError } from '../../core/errors.js';

/** A {@link LivenessServer} could not be started; nothing of it is left. */
export class LivenessStartError extends BreakwaterError {
  readonly code = 'BREAKWATER_LIVENESS_START';
  /** The port that was asked for. */
  readonly port: number;
  /** Why: what the platform calls it, such as `EADDRINUSE`, or `stopped` when `stop()` came first. */
  readonly reason: string;

  constructor(port: number, reason: string, message: string) {
    super(message);
    this.port = port;
    this.reason = reason;
  }

  /** The class's name. */
  override get name(): string {
    return 'LivenessStartError';
  }
}

const HINTS: Readonly<Record<string, string>> = /* @__PURE__ */ Object.freeze({
  EADDRINUSE: 'the port is in use: each process needs one of its own, apart from that of the service',
  EACCES: 'the port may not be used: take one above 1023',
  EADDRNOTAVAIL: 'the host is no address of this machine',
  ENOTFOUND: 'the host is not known',
  stopped: 'it was stopped while it started',
});

/** @internal */
export function startError(name: string, port: number, reason: string): LivenessStartError {
  const why = Object.hasOwn(HINTS, reason) ? HINTS[reason] : undefined;
  return new LivenessStartError(
    port,
    reason,
    `LivenessServer '${name}': port ${String(port)}: ${why === undefined ? reason : `${reason}, ${why}`}`,
  );
}
