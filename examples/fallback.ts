// #region basic
import { fallback } from 'breakwater/resilience';

let lastKnown = { rate: 1.1, fresh: false };

const cached = fallback(() => lastKnown, { name: 'rates' });

async function exchangeRate(): Promise<{ rate: number; fresh: boolean }> {
  return cached.execute(async () => {
    const rate = await fetchRate();
    lastKnown = { rate, fresh: false };
    return { rate, fresh: true };
  });
}
// #endregion basic

let calls = 0;
/** A dependency that works once. */
function fetchRate(): Promise<number> {
  calls++;
  return calls === 1 ? Promise.resolve(1.2) : Promise.reject(new Error('connect ECONNREFUSED'));
}

cached.on('fallback', ({ error }) => {
  console.log('answered from memory:', String(error));
});
console.log(await exchangeRate());
console.log(await exchangeRate());

// #region second-source
import { isBreakwaterError } from 'breakwater/core';
import { pipeline, timeout } from 'breakwater/resilience';

/** Asks a second source, with a time limit of its own, and only when the first one took too long. */
const backup = timeout(500, { name: 'backup' });
const rates = pipeline(
  fallback((_error, call) => backup.execute(({ signal }) => fetchElsewhere(signal), call), {
    name: 'backup',
    fallbackIf: (error) => isBreakwaterError(error, 'BREAKWATER_TIMEOUT'),
  }),
  timeout(20, { name: 'first' }),
);
// #endregion second-source

/** The second source. */
function fetchElsewhere(signal: { throwIfAborted(): void }): Promise<number> {
  signal.throwIfAborted();
  return Promise.resolve(1.3);
}

console.log(await rates.execute(() => new Promise<number>((resolve) => setTimeout(resolve, 60, 1.2))));
