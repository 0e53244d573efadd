// Run with `npx tsx examples/lifecycle.ts`; it stops itself.
import { once } from 'node:events';
import { createServer } from 'node:http';

const pool = {
  connect: () => Promise.resolve(),
  query: (sql: string): Promise<string> => Promise.resolve(sql),
  end: () => Promise.resolve(),
};
const log = {
  event(type: string, message: string, fields?: object) {
    console.log(type, message, JSON.stringify(fields));
  },
};

// #region basic
import { databaseCheck, HealthCheckService } from 'breakwater/health';
import { ApplicationLifecycle } from 'breakwater/lifecycle';

const health = new HealthCheckService();
health.register(
  'database',
  databaseCheck(() => pool.query('select 1')),
  { critical: true },
);

const lifecycle = new ApplicationLifecycle({ health, logger: log });
const server = createServer((_request, response) => response.end('hello'));
lifecycle.attach(server);

lifecycle.onStart('database', () => pool.connect());
lifecycle.onStop('resources', 'database', () => pool.end());
lifecycle.onStart('server', () => once(server.listen(0), 'listening'));

// From here on SIGTERM stops the service, and no request that it has accepted is lost.
await lifecycle.start();
// #endregion basic

// #region work
async function importCustomers(file: string): Promise<void> {
  // The process does not end before it is done, or the budget is spent.
  using _ = lifecycle.track(`import of ${file}`);
  while (!lifecycle.signal.aborted) if (!(await importNext(file))) return;
}
// #endregion work

let left = 2;
function importNext(file: string): Promise<boolean> {
  console.log(`a part of ${file}`);
  return Promise.resolve(--left > 0);
}
await importCustomers('customers.csv');

process.kill(process.pid, 'SIGTERM');
