// #region basic
import { bulkhead, CircuitBreaker, deadline, fallback, pipeline, retry, timeout } from 'breakwater/resilience';

const lastKnownPrices = [9, 10];

/** Everything in its place; leave out what the dependency does not need. */
const prices = pipeline(
  fallback(() => lastKnownPrices, { name: 'prices' }),
  deadline(2_000, { name: 'prices-call' }),
  retry({ name: 'prices' }),
  new CircuitBreaker({ name: 'prices' }),
  timeout(500, { name: 'prices-attempt' }),
  bulkhead({ name: 'prices', maxConcurrent: 20 }),
);

const answer = await prices.execute(({ signal }) => fetchPrices(signal));
// #endregion basic
console.log('prices', answer);

// #region http
import { doNotRetry } from 'breakwater/resilience';

/** An answer that is no success, with its headers, where the retry finds `Retry-After`. */
class HttpError extends Error {
  readonly status: number;
  readonly headers: Headers;
  /** The request was wrong, and will be: 4xx but "took too long" and "too many". */
  readonly final: boolean;

  constructor({ status, headers }: Response) {
    super(`answered ${String(status)}`);
    this.status = status;
    this.headers = headers;
    this.final = status < 500 && status !== 408 && status !== 429;
  }
}

const api = pipeline(
  deadline(3_000, { name: 'api-call' }),
  retry({ name: 'api', retryAfter: { maxMs: 1_000 } }),
  new CircuitBreaker({
    name: 'api',
    // Whoever answers "not found" is well.
    classify: ({ failed, error }) => (failed && !(error instanceof HttpError && error.final) ? 'failure' : 'success'),
  }),
  timeout(1_000, { name: 'api-attempt' }),
);

async function getJson(url: string, signal?: AbortSignal): Promise<unknown> {
  return api.execute(
    async (call) => {
      const response = await fetch(url, { signal: call.signal });
      if (response.ok) return response.json(); // within the time limit, too
      await response.body?.cancel(); // gives the connection back
      const error = new HttpError(response);
      throw error.final ? doNotRetry(error) : error;
    },
    { signal },
  );
}
// #endregion http

/** In the place of a driver's pool. */
const pool = { query: (sql: string): Promise<string> => Promise.resolve(sql.split(' ', 1).join()) };

// #region database
import { RetryBudget } from 'breakwater/resilience';

const budget = new RetryBudget(); // for all that goes to this database
const database = new CircuitBreaker({ name: 'database', recoveryTimeoutMs: 30_000 });
/** As many as the pool has connections, so that calls queue here, where they are seen and bounded. */
const connections = bulkhead({ name: 'database', maxConcurrent: 10, maxQueued: 50, maxWaitMs: 250 });

const reads = pipeline(
  deadline(1_500, { name: 'reads-call' }),
  retry({ name: 'reads', budget }),
  database,
  timeout(500, { name: 'reads' }),
  connections,
);
const writes = pipeline(
  deadline(5_000, { name: 'writes-call' }),
  // Only when it is certain that the statement did not reach the database.
  retry({ name: 'writes', budget, idempotent: false }),
  database,
  timeout(2_000, { name: 'writes' }),
  connections,
);

const user = await reads.execute(() => pool.query('select * from users where id = 17'));
const done = await writes.execute(() => pool.query('update users set seen = now() where id = 17'));
// #endregion database
console.log(user, done);

// #region queue
/** No further attempt delivers to it. */
class BadAddress extends Error {}

/** A message is hidden from other workers for 30 s; whoever holds it longer shares it. */
const deliver = pipeline(
  deadline(25_000, { name: 'mails' }),
  retry({ name: 'mails', delaysMs: [500, 2_000, 8_000] }),
  new CircuitBreaker({ name: 'mails', failureThreshold: 10, recoveryTimeoutMs: 120_000 }),
  timeout(4_000, { name: 'mails-attempt' }),
);

async function handle(message: Message): Promise<void> {
  try {
    await deliver.execute(({ signal }) => send(message, signal));
    message.done();
  } catch (error) {
    if (error instanceof BadAddress) message.toDeadLetters();
    else message.later(); // the queue is the patient one: it has the long waits
  }
}
// #endregion queue

// The other sides, so that the example runs by itself.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

function fetchPrices(signal: { throwIfAborted(): void }): Promise<number[]> {
  signal.throwIfAborted();
  return Promise.resolve([9, 11]);
}

interface Message {
  readonly to: string;
  done(): void;
  later(): void;
  toDeadLetters(): void;
}
function send({ to }: Message, signal: { throwIfAborted(): void }): Promise<void> {
  signal.throwIfAborted();
  return to.includes('@') ? Promise.resolve() : Promise.reject(doNotRetry(new BadAddress(to)));
}
const message = (to: string): Message => ({
  to,
  done: () => {
    console.log(to, 'done');
  },
  later: () => {
    console.log(to, 'later');
  },
  toDeadLetters: () => {
    console.log(to, 'to the dead letters');
  },
});
await handle(message('a@example.org'));
await handle(message('nobody'));

let requests = 0;
const server = createServer((request, response) => {
  requests++;
  if (request.url === '/missing') response.writeHead(404).end();
  else if (requests === 1) response.writeHead(503, { 'Retry-After': '0' }).end();
  else response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"rate":1.1}');
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const base = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
console.log(await getJson(`${base}/rates`), `after ${String(requests)} requests`);
await getJson(`${base}/missing`).catch((error: unknown) => {
  console.log(String(error), `after ${String(requests)} requests`);
});
server.closeAllConnections();
server.close();
