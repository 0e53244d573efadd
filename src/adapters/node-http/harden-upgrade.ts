import { InvalidArgumentError } from '../../core/errors.js';
import type { Exchange, HardeningInput, MountedPipeline, PipelineStep } from '../../http/index.js';
import { toHardening } from '../../http/mount.js';
import { fail } from './failure.js';
import { nodeExchange, type NodeRequest } from './node-exchange.js';
import { runBehind } from './run-behind.js';
import { SocketResponse } from './socket-response.js';
import type { UpgradeSocket } from './upgrade-socket.js';

/** All but the health routes, which nobody asks for by an upgrade. */
const STEPS: readonly PipelineStep[] = /* @__PURE__ */ Object.freeze(['record', 'performance', 'headers', 'guard']);

/**
 * Puts the limits before a server's listener for `upgrade` or `connect`, such as that of a server of WebSockets: a refusal is
 * a whole answer of HTTP/1.1, as other requests get it, before the handshake. The record of the connection is made when it
 * closes, and says how long it was open.
 *
 * A listener that throws or rejects ends no process: the client gets a 500 without any detail, or, if an answer had begun,
 * the connection is closed; the error is in the record and reported. Nor does a client that resets the connection.
 *
 * @param listener - for `server.on('upgrade', …)` and `server.on('connect', …)`.
 * @param hardening - the pipeline that stands before the server's requests as well, so that they share their limits, or
 * options. @defaultValue all defaults
 * @returns a listener; after its `dispose()` upgrades go straight to the one that was given.
 * @throws `InvalidOptionsError` when the options are wrong.
 * @throws `InvalidArgumentError` when the listener is no function.
 *
 * @example
 * server.on('upgrade', hardenUpgrade((request, socket, head) => sockets.handleUpgrade(request, socket, head, greet), hardening));
 */
export function hardenUpgrade<Request extends NodeRequest, Socket extends UpgradeSocket, Head>(
  listener: (request: Request, socket: Socket, head: Head) => unknown,
  hardening?: HardeningInput,
): ((request: Request, socket: Socket, head: Head) => void) & MountedPipeline {
  if (typeof (listener as unknown) !== 'function') {
    throw new InvalidArgumentError('hardenUpgrade: the first argument must be a listener for upgrades');
  }
  const pipeline = toHardening(hardening);
  let mounted = true;

  function hardened(this: unknown, request: Request, socket: Socket, head: Head): void {
    const run = (): unknown => listener.call(this, request, socket, head);
    if (!mounted) {
      run();
      return;
    }
    const response = SocketResponse.of(socket);
    const exchange: Exchange = {
      ...nodeExchange(request, response),
      kind: request.method === 'CONNECT' ? 'connect' : 'upgrade',
    };
    const failed = (thrown: unknown): void => {
      fail(pipeline, exchange, thrown, { giveUp: () => socket.destroy() });
    };
    // Answered by the pipeline before another listener of the same server, or gone while a limiter was asked.
    const runOpen = (): unknown => (response.ended || socket.destroyed ? undefined : run());
    runBehind(pipeline, exchange, STEPS, runOpen, failed);
  }

  return Object.assign(hardened, {
    dispose() {
      mounted = false;
    },
  });
}
