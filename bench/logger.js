import { AsyncLocalStorage } from 'node:async_hooks';
import { pino } from 'pino';
import { registerSecret } from '../dist/core.js';
import { StructuredLogger, timed } from '../dist/logger.js';
import { compare, repeated } from './harness.js';

const CALLS = 500;
/** Reads a character, so that whoever only joins pieces pays for it here as at a real destination. */
const destination = () => ({
  last: 0,
  write(line) {
    this.last = line.charCodeAt(line.length - 1);
  },
});
const context = { requestId: '0af7651916cd43dd8448eb211c80319c', tenant: 'acme', userId: 42 };
const flat = {
  orderId: 17,
  route: '/orders/17',
  method: 'GET',
  status: 200,
  durationMs: 12.5,
  agent: 'curl/8.5.0',
  password: 'correct horse battery',
  ok: true,
};
const nested = {
  user: {
    id: 42,
    name: 'Ada Lovelace',
    email: 'ada@example.org',
    roles: ['admin', 'editor'],
    profile: { city: 'London', preferences: { theme: 'dark', language: 'en' } },
  },
  order: {
    id: 'A-1001',
    at: '2026-11-26T08:30:00.000Z',
    total: 129.95,
    items: [
      { sku: 'x-1', quantity: 2, price: 10.5 },
      { sku: 'x-2', quantity: 1, price: 108.95 },
    ],
  },
  auth: { scheme: 'jwt', token: 'abcdefghijklmnop', headers: { authorization: 'Bearer abcdefghijklmnop' } },
};
/** Texts that have to be looked at twice: addresses, quotes, what reads like a field. */
const wordy = {
  ...flat,
  url: 'https://api.example.org/v1/orders/17?expand=items&locale=en-GB',
  referrer: 'https://shop.example.org/basket',
  note: 'the customer said: "leave it at the door"',
};
const plain = () => pino({ base: null }, destination());
/** What seven wildcard paths reach; any depth and lists are beyond them. */
const wildcards = () =>
  pino(
    {
      base: null,
      redact: ['password', '*.password', 'token', '*.token', '*.*.token', '*.authorization', '*.*.authorization'],
    },
    destination(),
  );

/** Lines within one context: that of a request, say. */
async function contextLine() {
  const child = plain().child(context);
  const ours = new StructuredLogger({ destination: destination(), redact: false });
  const full = new StructuredLogger({ destination: destination() });
  const storage = new AsyncLocalStorage();
  const mixin = pino({ base: null, mixin: () => ({ ...storage.getStore() }) }, destination());
  const fields = { route: '/orders/17', status: 200, durationMs: 12.5 };
  const lines = (log) =>
    repeated(() => {
      log.systemEvent('request handled', fields);
    }, CALLS);
  return compare(
    'logger, a line with context and three fields',
    [
      {
        name: 'pino, plain child',
        role: 'floor',
        calls: CALLS,
        run: repeated(() => {
          child.info(fields, 'request handled');
        }, CALLS),
      },
      {
        name: 'breakwater, redaction off',
        role: 'ours',
        calls: CALLS,
        run: () => ours.withContext(context, lines(ours)),
      },
      {
        name: 'breakwater, redaction on',
        role: 'also',
        calls: CALLS,
        run: () => full.withContext(context, lines(full)),
      },
      {
        name: 'pino, mixin of a stored context',
        role: 'peer',
        calls: CALLS,
        run: () =>
          storage.run(
            context,
            repeated(() => {
              mixin.info(fields, 'request handled');
            }, CALLS),
          ),
      },
    ],
    { mostRatio: 1.3, text: 'at most 1.3x a plain child' },
  );
}

/** A context of its own for each line: the dearest way to use one. */
async function contextAndLine() {
  const logger = plain();
  const ours = new StructuredLogger({ destination: destination() });
  const line = () => {
    ours.systemEvent('request handled');
  };
  return compare('logger, a new context and one line', [
    {
      name: 'pino, a new child',
      role: 'floor',
      calls: CALLS,
      run: repeated(() => {
        logger.child(context).info('request handled');
      }, CALLS),
    },
    {
      name: 'breakwater withContext',
      role: 'ours',
      calls: CALLS,
      run: repeated(() => ours.withContext(context, line), CALLS),
    },
  ]);
}

async function redaction(title, fields, mostRatio) {
  const bare = plain();
  const paths = wildcards();
  const ours = new StructuredLogger({ destination: destination() });
  const cases = [
    {
      name: 'pino, nothing hidden',
      role: 'floor',
      calls: CALLS,
      run: repeated(() => {
        bare.info(fields, 'order placed');
      }, CALLS),
    },
    {
      name: 'breakwater, names at any depth',
      role: 'ours',
      calls: CALLS,
      run: repeated(() => {
        ours.systemEvent('order placed', fields);
      }, CALLS),
    },
    {
      name: 'pino, seven wildcard paths',
      role: 'peer',
      calls: CALLS,
      run: repeated(() => {
        paths.info(fields, 'order placed');
      }, CALLS),
    },
  ];
  return compare(title, cases, { mostRatio, text: `at most ${String(mostRatio)}x plain pino` });
}

async function withSecrets() {
  const handles = Array.from({ length: 20 }, (_, i) => registerSecret(`secret-value-number-${String(i * 7_919)}`));
  const met = await redaction('logger, redaction of nested fields, twenty registered values', nested, 2.2);
  for (const handle of handles) handle[Symbol.dispose]();
  return met;
}

/** A level that is not written. */
async function disabled() {
  const bare = plain();
  const ours = new StructuredLogger({ destination: destination(), level: 'error' });
  bare.level = 'error';
  return compare('logger, a line that is not written', [
    {
      name: 'pino',
      role: 'floor',
      calls: CALLS,
      run: repeated(() => {
        bare.info(flat, 'x');
      }, CALLS),
    },
    {
      name: 'breakwater',
      role: 'ours',
      calls: CALLS,
      run: repeated(() => {
        ours.systemEvent('x', flat);
      }, CALLS),
    },
  ]);
}

/** A call below `slowMs`, of which nothing is told. */
async function timedCall() {
  const work = (i) => i + 1;
  const slow = timed(work, { logger: false, slowMs: 1_000 });
  const logged = timed(work, { logger: new StructuredLogger({ destination: destination() }) });
  const kept = { sum: 0 };
  return compare('timed, a function that does nothing', [
    {
      name: 'two clock reads and the call',
      role: 'floor',
      calls: CALLS,
      run: repeated((i) => {
        const start = performance.now();
        kept.sum += work(i) + performance.now() - start;
      }, CALLS),
    },
    {
      name: 'breakwater timed, below slowMs',
      role: 'ours',
      calls: CALLS,
      run: repeated((i) => {
        kept.sum += slow(i);
      }, CALLS),
    },
    {
      name: 'breakwater timed, a line a call',
      role: 'also',
      calls: CALLS,
      run: repeated((i) => {
        kept.sum += logged(i);
      }, CALLS),
    },
  ]);
}

/** All groups; `true` when every budget is met. */
export async function loggerBench() {
  const met = [
    await contextLine(),
    await contextAndLine(),
    await redaction('logger, redaction of nested fields', nested, 2.2),
    await redaction('logger, redaction of flat fields', flat, 2.7),
    await redaction('logger, redaction of flat fields, addresses and quotes among them', wordy, 2.7),
    await withSecrets(),
    await disabled(),
    await timedCall(),
  ];
  return met.every(Boolean);
}
