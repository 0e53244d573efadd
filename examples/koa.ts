// #region basic
import Koa from 'koa';
import { setupMiddleware } from 'breakwater/koa';

const app = new Koa();
setupMiddleware(app, { identify: 'x-user-id' }); // before the first router
app.use((context) => {
  context.body = 'hello';
});
const server = app.listen(0);
// #endregion basic

server.once('listening', () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  void fetch(`http://127.0.0.1:${String(port)}/`).then((answer) => {
    console.log(answer.status, answer.headers.get('x-frame-options'));
    server.close();
    server.closeAllConnections();
  });
});
