/**
 * Uses the built package as a service does, on whatever Node runs this file: every entry point by import and by require,
 * then each part's main behaviour. Plain JavaScript without a test runner, so that it runs anywhere.
 */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const require = createRequire(import.meta.url);
const { exports } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const paths = Object.keys(exports).filter((path) => path !== './package.json');
let done = 0;

async function check(what, run) {
  await run();
  done++;
  if (process.argv.includes('--verbose')) console.log(`ok  ${what}`);
}

const byImport = {};
for (const path of paths) {
  const name = `breakwater${path.slice(1)}`;
  await check(`${name} loads by import and by require, as one copy`, async () => {
    byImport[path] = await import(name);
    const byRequire = require(name);
    assert.deepEqual(Object.keys(byRequire).sort(), Object.keys(byImport[path]).sort());
    for (const key of Object.keys(byRequire)) {
      if (typeof byRequire[key] === 'function') assert.equal(byRequire[key], byImport[path][key], `${name}: ${key}`);
    }
  });
}

const { CircuitBreaker } = byImport['./circuit-breaker'];
const { PerUserRateLimiter, RateLimiter } = byImport['./rate-limiter'];
const { DDoSProtection } = byImport['./ddos-protection'];
const { HealthCheckService } = byImport['./health'];
const { ManualClock } = byImport['./testing'];
const { isBreakwaterError } = byImport['./core'];
const express = (await import('express')).default;
const Koa = (await import('koa')).default;

await check('a breaker opens, refuses, tries again and closes', async () => {
  const clock = new ManualClock();
  const breaker = new CircuitBreaker({ clock });
  const cause = new Error('down');
  for (let i = 0; i < 5; i++)
    await assert.rejects(
      breaker.execute(() => Promise.reject(cause)),
      cause,
    );
  await assert.rejects(
    breaker.execute(() => 1),
    (error) => isBreakwaterError(error, 'BREAKWATER_CIRCUIT_OPEN') && error.cause === cause,
  );
  assert.equal(breaker.tryAcquire(), undefined);
  clock.advance(60_000);
  assert.equal(await breaker.execute(() => 7), 7);
  assert.equal(breaker.state, 'CLOSED');
  const handle = breaker.isolate('check');
  assert.equal(breaker.state, 'ISOLATED');
  handle[Symbol.dispose]();
  assert.equal(breaker.state, 'CLOSED');
});

await check('limiters admit what they should', async () => {
  const clock = new ManualClock();
  const limiter = new RateLimiter({ capacity: 2, refillPerSecond: 1, clock });
  assert.deepEqual(
    [1, 2, 3].map(() => limiter.tryAcquire().allowed),
    [true, true, false],
  );
  const waiting = limiter.acquire();
  await clock.advanceAsync(1_000);
  assert.equal((await waiting).allowed, true);
  const users = new PerUserRateLimiter({ capacity: 1, refillPerSecond: 1, clock });
  assert.deepEqual([users.check('a').allowed, users.check('a').allowed, users.check('b').allowed], [true, false, true]);
  assert.equal(users.check('x'.repeat(1_000)).allowed, true);
});

await check('addresses that flood are blocked', () => {
  const ddos = new DDoSProtection({ clock: new ManualClock() });
  for (let i = 0; i < 100; i++) assert.equal(ddos.check('203.0.113.5').allowed, true);
  assert.equal(ddos.check('203.0.113.5').retryAfterMs, 900_000);
  assert.equal(ddos.check('2001:db8::1').allowed, true);
});

await check('health tells the truth', async () => {
  const health = new HealthCheckService();
  health.register('fine', () => true);
  health.register('broken', () => Promise.reject(new Error('down')), { critical: true });
  assert.equal((await health.check()).status, 'UNHEALTHY');
});

await check('liveness is answered beside the main thread, from both module formats', async () => {
  for (const { LivenessServer } of [byImport['./health'], require('breakwater/health')]) {
    const liveness = new LivenessServer({ port: 0, host: '127.0.0.1' });
    const { port } = await liveness.start();
    const answer = await fetch(`http://127.0.0.1:${String(port)}/health/live`);
    assert.deepEqual([answer.status, (await answer.json()).status], [200, 'HEALTHY']);
    await liveness.stop();
  }
});

// What `require` gives on this Node may be the modules; bundlers and test runners take these files.
await check('the CommonJS files work by themselves', async () => {
  const file = (name) => require(`../dist/${name}.cjs`);
  const { HealthCheckService, healthResponse, LivenessServer } = file('health');
  const health = new HealthCheckService({ name: 'smoke' });
  health.register('slow', () => ({ status: 'DEGRADED', message: 'slow' }));
  const report = await health.check();
  assert.equal(healthResponse(report).statusCode, 200);
  new (file('circuit-breaker').CircuitBreaker)({ name: 'after a text was masked' });
  const liveness = new LivenessServer({ port: 0, host: '127.0.0.1' });
  assert.ok((await liveness.start()).port > 0);
  await liveness.stop();
  const lifecycle = new (file('lifecycle').ApplicationLifecycle)({
    exit: () => undefined,
    onListenerError: () => undefined,
  });
  await lifecycle.start();
  assert.equal((await lifecycle.stop()).ok, true);
});

async function overHttp(handler, run) {
  const server = createServer(handler);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await run((path) => fetch(`http://127.0.0.1:${String(server.address().port)}${path}`));
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

async function hardened(ask) {
  for (let i = 0; i < 3; i++) {
    const answer = await ask('/');
    assert.deepEqual([answer.status, answer.headers.get('x-frame-options')], [200, 'DENY']);
  }
  const refused = await ask('/');
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [429, '900']);
  assert.equal((await ask('/health/ready')).status, 200);
}

await check('Express is hardened by one call', async () => {
  const app = express();
  byImport['./express'].setupMiddleware(app, { ddos: { threshold: 3 } });
  app.get('/', (_, response) => response.send('hello'));
  await overHttp(app, hardened);
});

await check('Koa is hardened by one call', async () => {
  const app = new Koa();
  byImport['./koa'].setupMiddleware(app, { ddos: { threshold: 3 } });
  app.use((context) => {
    context.body = 'hello';
  });
  await overHttp(app.callback(), hardened);
});

await check('a listener of plain Node is hardened, and throws at nobody', async () => {
  const { harden } = byImport['./node-http'];
  const listener = (request, response) => {
    if (request.url === '/throws') throw new Error('mine');
    response.end('hello');
  };
  await overHttp(harden(listener, { ddos: { threshold: 3 } }), hardened);
  await overHttp(harden(listener, { onListenerError: () => undefined }), async (ask) => {
    assert.equal((await ask('/throws')).status, 500);
  });
});

await check('a handler of requests is hardened', async () => {
  const { harden } = byImport['./fetch'];
  const handler = harden(
    () => new globalThis.Response('hello'),
    { ddos: { threshold: 3 } },
    { address: () => '203.0.113.5' },
  );
  await hardened((path) => handler(new globalThis.Request(`http://service.test${path}`)));
});

console.log(`${String(done)} checks of the built package passed on Node ${process.version}`);
