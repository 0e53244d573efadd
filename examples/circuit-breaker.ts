// #region basic
import { CircuitBreaker } from 'breakwater/circuit-breaker';

const breaker = new CircuitBreaker({ name: 'rates', failureThreshold: 3, recoveryTimeoutMs: 30_000 });

async function exchangeRate(): Promise<number> {
  const answer = await breaker.attempt(() => fetchRate());
  if (answer.ok) return answer.value;
  // `rejected`: the circuit is open, nothing was attempted, and the answer came at once.
  console.log(answer.rejected ? `refused, try again in ${String(answer.retryAfterMs)} ms` : 'failed');
  return 1.1;
}
// #endregion basic

// #region rules
import { anyOf, consecutiveFailures, failureRate, slowCallRate } from 'breakwater/circuit-breaker';

const search = new CircuitBreaker({
  name: 'search',
  trip: anyOf(
    consecutiveFailures(10),
    failureRate({ ratio: 0.5, minimumCalls: 20, windowMs: 30_000 }),
    slowCallRate({ ratio: 0.8, slowAfterMs: 2_000 }),
  ),
  recoveryTimeoutMs: 5_000,
  recoveryBackoff: { factor: 2, maxMs: 60_000, jitter: 0.2 },
  rampUp: { fromRatio: 0.1, overMs: 10_000 },
});
// #endregion rules

/** A dependency that is down. */
function fetchRate(): Promise<number> {
  return Promise.reject(new Error('connect ECONNREFUSED'));
}

breaker.on('stateChange', ({ from, to, reason }) => {
  console.log(`${from} -> ${to}: ${reason}`);
});
for (let i = 0; i < 4; i++) await exchangeRate();
console.log(search.snapshot().rates);

// #region protect
/** Anything with methods that return promises, or that take a callback last: here, in the place of a `pg` Pool. */
const pool = { query: (sql: string): Promise<{ rows: string[] }> => Promise.resolve({ rows: [sql] }) };

const databaseBreaker = new CircuitBreaker({ name: 'database' });
const db = databaseBreaker.protect(pool, { only: ['query'] });
const { rows } = await db.query('select 1');
// #endregion protect
console.log(rows);

// #region lease
const lease = databaseBreaker.tryAcquire();
if (lease === undefined) {
  console.log('refused: no promise, no error');
} else {
  // … do the work in whatever form it has, then say once what came of it:
  lease.success();
}
// #endregion lease

// #region database
import { classifyDatabaseError } from 'breakwater/circuit-breaker';

// A violated constraint is an answer of a database that works, and no reason to stop asking it.
const orders = new CircuitBreaker({ name: 'orders', classify: classifyDatabaseError });
// #endregion database
await orders.attempt(() => Promise.reject(Object.assign(new Error('duplicate key'), { code: '23505' })));
console.log(orders.snapshot().counts.failures, 'failures');

// #region throttled
const payments = new CircuitBreaker({
  name: 'payments',
  classify({ failed, result }) {
    const { status, headers } = (failed ? {} : result) as Partial<Response>;
    const seconds = Number(headers?.get('retry-after') ?? NaN);
    // 429 and 503 with a wait: leave it alone for as long; the answer itself still goes to the caller.
    if ((status === 429 || status === 503) && seconds >= 0) return { throttledMs: seconds * 1_000 };
    return failed || status === undefined || status >= 500 ? 'failure' : 'success';
  },
});
// #endregion throttled
await payments.execute(() => new Response(null, { status: 429, headers: { 'retry-after': '7' } }));
console.log(`${payments.state} for ${String(Math.ceil((payments.snapshot().remainingMs ?? 0) / 1_000))} s`);

// #region registry
import { CircuitBreakerRegistry } from 'breakwater/circuit-breaker';

const tenants = new CircuitBreakerRegistry({
  name: 'tenants',
  maxEntries: 10_000,
  defaults: { failureThreshold: 3, recoveryTimeoutMs: 10_000 },
});
tenants.on('pressure', ({ size }) => console.log(`no room beside ${String(size)} breakers that are needed`));

function queryFor(tenant: string): Promise<string> {
  return tenants.for(tenant).execute(() => `rows of ${tenant}`);
}
// #endregion registry
console.log(await queryFor('acme'), tenants.size);

// #region restore
import type { CircuitBreakerSnapshot } from 'breakwater/circuit-breaker';

// At shutdown, wherever it is kept: plain JSON.
const saved = JSON.stringify(breaker.snapshot());

// At the next start: what was left of the break is left now, less the time in between.
const again = CircuitBreaker.restore(JSON.parse(saved) as CircuitBreakerSnapshot, { recoveryTimeoutMs: 30_000 });
// #endregion restore
console.log(again.name, again.state);

// #region presets
import { CIRCUIT_BREAKER_PRESETS, DB_CIRCUIT_BREAKER } from 'breakwater/presets';

// One for the process, ready to use, and the same as options for one of your own.
const one = await DB_CIRCUIT_BREAKER.execute(() => pool.query('select 1'));
const replica = new CircuitBreaker({ ...CIRCUIT_BREAKER_PRESETS.DB, name: 'replica' });
// #endregion presets
console.log(one.rows.length, replica.name);
