// #region basic
import { createServer } from 'node:http';
import { createHardening } from 'breakwater/http';
import { harden, setRoute } from 'breakwater/node-http';

const hardening = createHardening({ trustProxy: 0, identify: 'x-user-id' });
const server = createServer(
  harden((request, response) => {
    if (/^\/users\/\d+$/.test(request.url ?? '')) setRoute(request, '/users/:id'); // the label in records and metrics
    response.end('hello');
  }, hardening),
);
server.listen(0);
// #endregion basic

// #region upgrade
import { hardenUpgrade } from 'breakwater/node-http';
import { WebSocketServer } from 'ws';

const sockets = new WebSocketServer({ noServer: true });
server.on(
  'upgrade',
  hardenUpgrade((request, socket, head) => {
    setRoute(request, '/chat');
    sockets.handleUpgrade(request, socket, head, (accepted) => {
      accepted.send('welcome');
    });
  }, hardening), // the same pipeline, so that requests and upgrades share their limits
);
// #endregion upgrade

import { WebSocket } from 'ws';

server.once('listening', () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  void fetch(`http://127.0.0.1:${String(port)}/users/7`).then((answer) => {
    console.log(answer.status, answer.headers.get('x-frame-options'));
    const client = new WebSocket(`ws://127.0.0.1:${String(port)}/chat`);
    client.once('message', (text: Buffer) => {
      console.log(String(text));
      client.close();
      server.close();
      server.closeAllConnections();
    });
  });
});
hardening.on('request', ({ kind, route, status }) => {
  console.log(kind, route, status);
});
