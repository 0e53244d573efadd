// #region basic
import { hedge } from 'breakwater/resilience';

// One of twenty calls takes longer than 80 ms: those begin once more, and the first answer wins.
const reads = hedge({ name: 'users', delayMs: 80 });

async function user(id: string): Promise<string> {
  return reads.execute(({ signal, attempt }) => fetchUser(id, attempt, signal));
}
// #endregion basic

/** A replica that is busy at the moment, and another one that is not. */
function fetchUser(id: string, attempt: number, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, attempt === 1 ? 60_000 : 10, `${id}, by attempt ${String(attempt)}`);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      console.log(`attempt ${String(attempt)} is not needed: ${String((signal.reason as { code?: unknown }).code)}`);
      reject(signal.reason as Error);
    });
  });
}

reads.on('hedge', ({ attempt }) => {
  console.log(`attempt ${String(attempt)} begins beside the first`);
});
console.log(await user('user-17'));

// #region budget
import { pipeline, retry, RetryBudget, timeout } from 'breakwater/resilience';

// For retries and hedges together. Each of the two earns for a success, so this makes a tenth of a call for each.
const budget = new RetryBudget({ ratio: 0.05 });
const queries = pipeline(
  retry({ name: 'queries', budget }),
  timeout(1_000, { name: 'queries' }),
  hedge({ name: 'queries', delayMs: 80, budget }),
);
// #endregion budget
console.log(await queries.execute(() => 'answered'));
