// #region basic
import { retry, retryHistory } from 'breakwater/resilience';

const reads = retry({ name: 'rates', maxAttempts: 4, attemptTimeoutMs: 1_000 });

async function exchangeRate(): Promise<number> {
  try {
    // Each attempt has a signal of its own, which aborts with its time limit and with the caller.
    return await reads.execute(({ signal, attempt }) => fetchRate(attempt, signal));
  } catch (error) {
    const { attempts, stop } = retryHistory(error) ?? {};
    console.log(`gave up after ${String(attempts)} attempts: ${String(stop)}`);
    throw error;
  }
}
// #endregion basic

/** A dependency whose first two answers are lost on the way. */
function fetchRate(attempt: number, signal: { throwIfAborted(): void }): Promise<number> {
  signal.throwIfAborted();
  return attempt < 3
    ? Promise.reject(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }))
    : Promise.resolve(1.1);
}

reads.on('retry', ({ attempt, delayMs }) => {
  console.log(
    `attempt ${String(attempt)} failed, the next one begins within ${String(Math.ceil(delayMs / 100) * 100)} ms`,
  );
});
console.log('rate', await exchangeRate());

// #region retry-after
/** An answer that is no success. The retry finds `Retry-After` in its headers. */
class HttpError extends Error {
  readonly status: number;
  readonly headers: Headers;

  constructor({ status, headers }: Response) {
    super(`answered ${String(status)}`);
    this.status = status;
    this.headers = headers;
  }
}

const polite = retry({ name: 'api', retryAfter: { maxMs: 5_000 } });
// #endregion retry-after

const answer = new Response(null, { status: 429, headers: { 'Retry-After': '60' } });
await polite
  .execute(() => Promise.reject(new HttpError(answer)))
  .catch((error: unknown) => {
    const { stop, retryAfterMs } = retryHistory(error) ?? {};
    console.log(`not before ${String(retryAfterMs)} ms: ${String(stop)}`);
  });

// #region do-not-retry
import { doNotRetry } from 'breakwater/resilience';

class NotFound extends Error {}

await reads
  .execute(() => {
    throw doNotRetry(new NotFound('no such user'));
  })
  .catch((error: unknown) => {
    console.log(error instanceof NotFound, retryHistory(error)?.attempts); // true 1
  });
// #endregion do-not-retry

// #region budget
import { RetryBudget } from 'breakwater/resilience';

// One budget for everything that goes to the same dependency.
const budget = new RetryBudget({ ratio: 0.2, burst: 20 });
const queries = retry({ name: 'queries', budget });
const updates = retry({ name: 'updates', budget, idempotent: false });
// #endregion budget
console.log(queries.snapshot().budgetTokens, updates.snapshot().budgetTokens);
