import type { ConnectionShape, Exchange, ResponseShape } from '../exchange.js';

/** Whether the client is gone, so that nobody waits for an answer and nobody can be counted for the request. @internal */
export function isGone({ socketAddress, socket, response }: Exchange): boolean {
  if (socketAddress !== undefined) return false;
  return response.destroyed === true || response.closed === true || socket?.destroyed === true;
}

interface StreamResponse {
  readonly writableEnded?: boolean;
  readonly stream: { readonly rstCode?: number } | null | undefined;
}

/** Whether all of an answer was sent, once it is over. @internal */
export function isWhole(response: ResponseShape): boolean {
  if (!('stream' in response)) return response.writableFinished;
  // Node calls finished what a client has cancelled as well.
  const { writableEnded, stream } = response as ResponseShape & StreamResponse;
  return response.writableFinished && writableEnded !== false && (stream?.rstCode ?? 0) === 0;
}

const OPEN = /* @__PURE__ */ Symbol.for('breakwater.http.open');

/**
 * Calls `over` once, when the response is over or its connection is: a response that waits for its turn on a connection
 * that closes never hears of that itself, and one that only looks as if it had a connection, as where a platform calls the
 * service as a function, never closes.
 *
 * @param over - told whether all was handed over, where there was nobody to take it.
 * @internal
 */
export function whenOver({ response, socket }: Exchange, over: (isHandedOver: boolean) => void): void {
  // A stream of HTTP/2 has a turn of its own.
  const connection = 'stream' in response ? undefined : socket;
  const open = connection === undefined ? undefined : openOn(connection);
  let isOver = false;
  const end = (isHandedOver = false): void => {
    if (isOver) return;
    isOver = true;
    open?.delete(close);
    over(isHandedOver);
  };
  const isPretended = connection !== undefined && !('writableLength' in connection);
  const close = (): void => {
    end(isPretended && (response as { readonly writableEnded?: boolean }).writableEnded === true);
  };
  response.once('close', close);
  if (isPretended) {
    // An event of Node's responses that those have, too.
    (response as unknown as { once(event: 'finish', listener: () => void): void }).once('finish', () => {
      end(true);
    });
  }
  open?.add(close);
  // Both may have told everybody already.
  if (connection?.destroyed === true) queueMicrotask(close);
}

/** Those that wait for the end of a connection, with one listener for all of them. */
function openOn(socket: ConnectionShape): Set<() => void> | undefined {
  const holder = socket as ConnectionShape & { [OPEN]?: Set<() => void> };
  if (holder[OPEN] !== undefined || typeof socket.once !== 'function') return holder[OPEN];
  const open = new Set<() => void>();
  Object.defineProperty(holder, OPEN, { value: open, enumerable: false });
  socket.once('close', () => {
    for (const end of open) end();
  });
  return open;
}
