import { setTimeout as sleep } from 'node:timers/promises';

const query = (_sql: string): Promise<void> => sleep(2);
// A service has it in its configuration; whoever may see the page gets it from there.
const TOKEN = 'a-token-for-the-night-shift';

// #region basic
import express from 'express';
import { CircuitBreaker } from 'breakwater/circuit-breaker';
import { setupMiddleware } from 'breakwater/express';
import { databaseCheck, HealthCheckService } from 'breakwater/health';

const health = new HealthCheckService();
health.register(
  'database',
  databaseCheck(() => query('select 1')),
  { critical: true },
);
const payments = new CircuitBreaker({ name: 'payments' });

const app = express();
setupMiddleware(app, {
  health,
  components: [payments],
  authorize: TOKEN, // as a bearer token, and in a browser as the password
  statusPage: { title: 'Orders', refreshSeconds: 10 },
});
const server = app.listen(0); // http://localhost:…/health/status
// #endregion basic

server.once('listening', () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const authorization = `Basic ${btoa(`anybody:${TOKEN}`)}`;
  void fetch(`http://127.0.0.1:${String(port)}/health/status`, { headers: { authorization } }).then(async (answer) => {
    console.log(answer.status, /<title>(.*)<\/title>/.exec(await answer.text())?.[1]);
    server.close();
    server.closeAllConnections();
  });
});
