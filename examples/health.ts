// #region basic
import { databaseCheck, HealthCheckService } from 'breakwater/health';

const health = new HealthCheckService();

health.register(
  'database',
  databaseCheck(({ signal }) => query('select 1', signal)),
  { critical: true },
);
health.register('mail', async () => ({ status: (await queued()) > 100 ? 'DEGRADED' : 'HEALTHY' }));

health.on('statusChange', ({ component, from, to, message }) => {
  console.log(`${component}: ${from ?? 'first result'} -> ${to}${message === undefined ? '' : ` (${message})`}`);
});

const report = await health.check();
console.log(report.status, report.components);
// #endregion basic

// #region watch
import { CircuitBreaker } from 'breakwater/circuit-breaker';

const breaker = new CircuitBreaker({ name: 'rates' });
health.watch(breaker);

breaker.isolate('maintenance');
const { status, components } = await health.summary();
console.log(
  status,
  components.map((component) => `${component.name} ${component.status}`),
);
// #endregion watch

// #region background
const stock = new HealthCheckService({ name: 'stock' });

stock.register(
  'supplier',
  databaseCheck(({ signal }) => query('select 1', signal)),
  { intervalMs: 10_000, maxAgeMs: 30_000, critical: true, failAfter: 3 },
);
stock.register('warehouse', async () => (await queued()) < 1_000);
stock.defineGroup('orders', ['supplier', 'warehouse']);

let stopping = false;
stock.gate('lifecycle', () => (stopping ? { status: 'UNHEALTHY', message: 'stopping' } : undefined));

const upgrade = stock.maintain('upgrade of the warehouse', { check: 'warehouse' });
console.log((await stock.group('orders')).status); // DEGRADED
upgrade[Symbol.dispose]();

stopping = true;
console.log((await stock.readiness()).status); // UNHEALTHY, and no check was run
console.log(stock.history().checks.map(({ name, results }) => `${name}: ${String(results.length)}`));
stock.stop();
// #endregion background

// #region response
import { healthResponse } from 'breakwater/health';
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  void health.readiness().then((readiness) => {
    const { statusCode, headers, body } = healthResponse(readiness, { format: 'health+json' });
    response.writeHead(statusCode, headers).end(request.method === 'HEAD' ? undefined : body);
  });
});
// #endregion response
server.close();

/** In the place of a database driver. */
function query(sql: string, signal: AbortSignal): Promise<string> {
  signal.throwIfAborted();
  return Promise.resolve(sql);
}

/** In the place of a queue. */
function queued(): Promise<number> {
  return Promise.resolve(250);
}
