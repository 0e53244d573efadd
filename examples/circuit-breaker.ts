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

/** A dependency that is down. */
function fetchRate(): Promise<number> {
  return Promise.reject(new Error('connect ECONNREFUSED'));
}

breaker.on('stateChange', ({ from, to, reason }) => {
  console.log(`${from} -> ${to}: ${reason}`);
});
for (let i = 0; i < 4; i++) await exchangeRate();

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
