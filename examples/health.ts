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

/** In the place of a database driver. */
function query(sql: string, signal: AbortSignal): Promise<string> {
  signal.throwIfAborted();
  return Promise.resolve(sql);
}

/** In the place of a queue. */
function queued(): Promise<number> {
  return Promise.resolve(250);
}
