// #region basic
import { isBreakwaterError } from 'breakwater/core';
import { timeout } from 'breakwater/resilience';

const limit = timeout(50, { name: 'rates' });

try {
  // Hand the signal on: it is what ends the work when the time is over.
  console.log(await limit.execute(({ signal }) => fetchRate(signal)));
} catch (error) {
  if (!isBreakwaterError(error, 'BREAKWATER_TIMEOUT')) throw error;
  console.log('no answer in time');
}
// #endregion basic

/** A dependency that takes a minute, unless it is told that nobody waits. */
function fetchRate(signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, 60_000, 1.1);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
}

// #region deadline
import { deadline, pipeline, retry } from 'breakwater/resilience';

/** At most 100 ms for an attempt, at most 250 for the call with all its attempts and waits. */
const call = pipeline(deadline(250), retry({ baseDelayMs: 20, maxAttempts: 10 }), timeout(100, { name: 'attempt' }));

await call
  .execute(({ signal, attempt }) => {
    console.log(`attempt ${String(attempt)}`);
    return fetchRate(signal);
  })
  .catch((error: unknown) => {
    console.log(isBreakwaterError(error) ? error.code : error);
  });
// #endregion deadline

// #region nested
const outer = deadline(500, { name: 'page' });
const inner = retry({ name: 'rates' });

// The context as options: so the retry hears of the abort, and of the time that is left.
const rate = await outer.execute((page) => inner.execute(() => Promise.resolve(1.1), page));
// #endregion nested
console.log(rate);

// #region remaining
const answer = await deadline(5_000).execute((call) => {
  // What is left, for the other side: it need not work on an answer for which nobody waits any more.
  const headers = { 'x-timeout-ms': String(Math.floor(call.remainingMs())) };
  return ask(headers);
});
// #endregion remaining
console.log(answer);

/** In the place of a request. */
function ask(headers: Record<string, string>): Promise<string> {
  return Promise.resolve(Number(headers['x-timeout-ms']) > 4_000 ? 'time enough' : 'hurry');
}
