// #region basic
import { CircuitBreaker, deadline, fallback, pipeline, retry, timeout } from 'breakwater/resilience';

const breaker = new CircuitBreaker({ name: 'rates', recoveryTimeoutMs: 30_000 });

// From the outermost to the innermost.
const rates = pipeline(
  fallback(() => 1.1, { name: 'rates' }), // answers whatever has failed inside
  deadline(2_000), // for the whole call
  retry({ name: 'rates' }), // tries what is inside again
  breaker, // counts each attempt
  timeout(500, { name: 'rates' }), // for each attempt
);

const rate = await rates.execute(({ signal, attempt }) => fetchRate(attempt, signal));
// #endregion basic
console.log('rate', rate);

/** A dependency that fails the first attempt. */
function fetchRate(attempt: number, signal: { throwIfAborted(): void }): Promise<number> {
  signal.throwIfAborted();
  return attempt === 1 ? Promise.reject(new Error('read ECONNRESET')) : Promise.resolve(1.2);
}

// #region wrap
/** The function as it was, with the same arguments and the same `this`. */
const getUser = pipeline(retry({ name: 'users' })).wrap((id: string) => Promise.resolve({ id }));
const { id } = await getUser('user-17');
// #endregion wrap
console.log(id);

// #region snapshot
for (const { kind, snapshot } of rates.snapshot().parts) console.log(kind, snapshot);
// #endregion snapshot

// #region custom
import type { Policy } from 'breakwater/resilience';

/** Anything with `execute` is a policy: this one says how long a call took. */
const stopwatch: Policy = {
  async execute(operation, options) {
    const startedAtMs = performance.now();
    try {
      return await inner.execute(operation, options);
    } finally {
      console.log(`took ${performance.now() - startedAtMs < 1_000 ? 'less' : 'more'} than a second`);
    }
  },
};
/** Runs the operation and makes the context for it, so that one's own policy need not. */
const inner = pipeline();

await pipeline(stopwatch, timeout(500, { name: 'watched' })).execute(() => 'answered');
// #endregion custom
