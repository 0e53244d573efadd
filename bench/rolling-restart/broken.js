import { constants } from 'node:http2';
import { wait } from './drivers/shared.js';

/** Ways to stop that are broken on purpose, each in another way that the harness must see. */

const LONGER_THAN_THE_LAG_MS = 1_000;

const driver = (id, onTerm) => ({
  id,
  module: import.meta.url,
  name: id,
  async serve(app) {
    const connections = new Set();
    app.server.on('connection', (socket) => {
      connections.add(socket);
      socket.on('close', () => connections.delete(socket));
    });
    const sessions = new Set();
    app.server.on('session', (session) => {
      sessions.add(session);
      session.on('close', () => sessions.delete(session));
    });
    await app.listen();
    process.once('SIGTERM', () => void onTerm({ ...app, connections, sessions }));
  },
});

async function exitLater(code = 0) {
  await wait(LONGER_THAN_THE_LAG_MS);
  process.exit(code);
}

/** Another answer for what comes from now on. */
function answering(server, answer) {
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    request.resume();
    answer(response);
  });
}

/** Does nothing for a moment, so that requests are on their way for certain. */
function stall() {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
}

/** Every connection is destroyed, and the process is gone. */
export const abrupt = driver('abrupt', ({ connections }) => {
  for (const socket of connections) socket.destroy();
  process.exit(0);
});

/** Waits long enough, and then cuts off what is open. */
export const cutting = driver('cutting', async ({ connections }) => {
  await wait(LONGER_THAN_THE_LAG_MS);
  for (const socket of connections) socket.destroy();
  process.exit(0);
});

/** Refuses what comes while it waits for its clients to go. */
export const unavailable = driver('unavailable', ({ server }) => {
  answering(server, (response) => response.writeHead(503).end());
  return exitLater();
});

/** Answers with a part of what was asked for, in good form. */
export const curt = driver('curt', ({ server }) => {
  answering(server, (response) => response.writeHead(200).end('1'));
  return exitLater();
});

/** Hands every stream back unread. */
export const declining = driver('declining', ({ server }) => {
  server.removeAllListeners('request');
  server.removeAllListeners('stream');
  server.on('stream', (stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM));
  return exitLater();
});

/** Says at once which request was the last, and refuses what is on its way. */
export const hasty = driver('hasty', async ({ sessions }) => {
  await wait(LONGER_THAN_THE_LAG_MS);
  stall();
  for (const session of sessions) session.close();
  await wait(500);
  process.exit(0);
});

/** Ends its streams in good form, in the middle of an event. */
export const interrupting = driver('interrupting', async ({ streams }) => {
  await wait(LONGER_THAN_THE_LAG_MS);
  for (const stream of streams) stream.end('data: 1');
  await wait(100);
  process.exit(0);
});

/** Closes as who has said all that there was to say. */
export const farewell = driver('farewell', async ({ sockets }) => {
  await wait(LONGER_THAN_THE_LAG_MS);
  for (const socket of sockets.clients) socket.close(1000);
  await wait(100);
  process.exit(0);
});

/** Takes messages that it does not answer any more, and closes as it should. */
export const mute = driver('mute', async ({ sockets }) => {
  for (const socket of sockets.clients) socket.removeAllListeners('message');
  await wait(LONGER_THAN_THE_LAG_MS);
  for (const socket of sockets.clients) socket.close(1001);
  await wait(100);
  process.exit(0);
});

/** Does not stop. */
export const deaf = driver('deaf', () => undefined);

/** Stops as it should, and says that it did not. */
export const unhappy = driver('unhappy', () => exitLater(1));
