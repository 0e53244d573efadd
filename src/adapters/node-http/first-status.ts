import type { UpgradeSocket } from './upgrade-socket.js';

type Send = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Calls `tell` once with the status in the first thing that is written to a connection, whoever writes it: not at all when
 * there is none.
 * @internal
 */
export function onFirstStatus(socket: UpgradeSocket, tell: (status: number) => void): void {
  const methods = socket as unknown as Record<'write' | 'end', Send>;
  const theirs = { write: methods.write, end: methods.end };
  const ours = { write: watching(theirs.write), end: watching(theirs.end) };
  let waiting = true;

  function watching(send: Send): Send {
    return function (...args) {
      const [chunk] = args;
      if (waiting && (typeof chunk === 'string' || chunk instanceof Uint8Array) && chunk.length > 0) {
        waiting = false;
        // Somebody else may stand before it by now.
        for (const name of ['write', 'end'] as const) if (methods[name] === ours[name]) methods[name] = theirs[name];
        const status = statusIn(typeof chunk === 'string' ? chunk : String.fromCharCode(...chunk.subarray(0, 12)));
        if (status !== undefined) tell(status);
      }
      return send.apply(this, args);
    };
  }

  Object.assign(methods, ours);
}

function statusIn(head: string): number | undefined {
  const status = /^HTTP\/1\.[01] ([1-5]\d\d)/.exec(head)?.[1];
  return status === undefined ? undefined : Number(status);
}
