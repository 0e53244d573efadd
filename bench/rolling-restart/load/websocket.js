import { clearTimeout, setTimeout } from 'node:timers';
import { WebSocket } from 'ws';
import { Failure, failureOf, failureOfStatus } from './tally.js';

const LONGEST_ECHO_MS = 5_000;
/** With these a server says that it goes, and that its clients may come back. */
const GOING = new Set([1001, 1012]);
/**
 * No server can answer what reaches it after its close, and no client can know that it is too late: a message that was sent
 * so shortly before the close came is counted apart, as one that the close crossed. One that is older was lost. Echoes take
 * about a millisecond, and on a busy machine up to a few hundred.
 */
const CROSSED_MS = 500;

/**
 * One connection, from its opening to its close; rejects when the close is none that a server announces, or a message is
 * lost.
 */
function converse(world) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${String(world.replica.port)}`, { handshakeTimeout: LONGEST_ECHO_MS });
    let failure;
    let sent;
    let n = 0;
    let heardMs = 0;
    let timer;
    const say = () => {
      if (socket.readyState !== WebSocket.OPEN) return;
      world.tally.requests++;
      sent = { text: `message ${String(++n)}`, atMs: performance.now() };
      socket.send(sent.text);
      timer = setTimeout(() => {
        failure ??= new Failure('other', 'no echo');
        socket.terminate();
      }, LONGEST_ECHO_MS);
    };
    const forget = world.onStop(() => socket.terminate());
    // The close is the last that is heard; the end of the connection may come much later.
    socket.on('upgrade', (response) => {
      response.socket.on('data', () => {
        heardMs = performance.now();
      });
    });
    socket.on('open', say);
    socket.on('message', (data) => {
      clearTimeout(timer);
      if (String(data) !== sent?.text) failure ??= new Failure('other', 'another echo');
      sent = undefined;
      void world.think().then(say);
    });
    socket.on('unexpected-response', (asked, response) => {
      failure ??= failureOfStatus(response.statusCode);
      response.resume();
      asked.destroy();
      settle();
    });
    socket.on('error', (error) => {
      failure ??= failureOf(error);
    });
    socket.on('close', (code) => settle(code));
    function settle(code) {
      clearTimeout(timer);
      forget();
      if (failure === undefined && !GOING.has(code)) {
        failure = new Failure(code === 1006 ? 'reset' : 'other', `closed with ${String(code)}`);
      }
      if (failure === undefined && sent !== undefined) {
        if (heardMs - sent.atMs > CROSSED_MS) failure = new Failure('other', 'closed without an echo');
        else world.tally.crossed++;
      }
      if (failure === undefined) resolve();
      else reject(failure);
    }
  });
}

/** A client that has its messages echoed, and opens another connection when the server closes one. */
export function echoClient(world) {
  return world.loop(() => converse(world));
}
