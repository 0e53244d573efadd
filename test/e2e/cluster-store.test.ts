import { createMemoryStore, storeConformance } from 'breakwater/testing';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ClusterProgram } from './cluster.js';

const programs: ClusterProgram[] = [];
afterEach(async () => {
  for (const program of programs.splice(0)) await program.remove();
});

function program(code: string, env?: Record<string, string>): ClusterProgram {
  const made = new ClusterProgram(code, env);
  programs.push(made);
  return made;
}

const CASES = (traces: number) =>
  storeConformance({ create: () => ({ store: createMemoryStore(), advance: () => undefined }), traces }).map(
    ({ name }) => name,
  );

/** The primary keeps the stores of the suite, and moves their time. */
const KEEPER = `
  const clock = new ManualClock();
  const stores = new Map();
  cluster.on('message', (worker, message) => {
    if (message.make !== undefined) {
      stores.set(message.make, createClusterStore({ name: message.make, clock }));
      worker.send({ made: message.make }, () => undefined);
    }
    if (message.advance !== undefined) clock.advance(message.advance);
    if (message.drop !== undefined) stores.get(message.drop)?.close();
  });`;

describe('a store in a worker', () => {
  const TRACES = 10_000;
  let results: Readonly<Record<string, string>>;
  beforeAll(async () => {
    const made = new ClusterProgram(`
      if (cluster.isPrimary) {
        ${KEEPER}
        cluster.fork();
      } else {
        let made = 0;
        const suite = storeConformance({
          traces: ${String(TRACES)},
          create: async () => {
            const name = 'suite-' + made++;
            const ready = new Promise((resolve) => cluster.worker.once('message', resolve));
            process.send({ make: name });
            await ready;
            const store = createClusterStore({ name });
            return {
              store,
              advance: (ms) => void (ms > 0 && process.send({ advance: ms })),
              end: () => (process.send({ drop: name }), store.close()),
            };
          },
          dispose: ({ end }) => end(),
        });
        const results = {};
        for (const { name, run } of suite)
          results[name] = await run().then(() => 'ok', (error) => String(error.stack));
        tell('suite', results);
        cluster.worker.disconnect();
      }`);
    try {
      [results = {}] = await made.told<Record<string, string>>('suite', 1, 600_000);
      expect(await made.ended).toBe(0);
    } finally {
      await made.remove();
    }
  }, 600_000);

  it.each(CASES(TRACES))('%s', (name) => {
    expect(results[name]).toBe('ok');
  });
});

describe('the stores of four workers, as one', () => {
  const TRACES = 500;
  let results: Readonly<Record<string, string>>;
  beforeAll(async () => {
    // The suite is in the primary, and has each question asked by the next worker; messages are structured copies.
    const made = new ClusterProgram(
      `
      if (cluster.isPrimary) {
        const { InvalidArgumentError } = await import(process.env.CORE);
        cluster.setupPrimary({ serialization: 'advanced' });
        const clock = new ManualClock();
        const all = Array.from({ length: 4 }, () => cluster.fork());
        await Promise.all(all.map((worker) => new Promise((resolve) => worker.once('message', resolve))));
        const open = new Map();
        cluster.on('message', (_, { asked, value, code }) => {
          if (asked === undefined) return;
          const { resolve, reject } = open.get(asked);
          open.delete(asked);
          if (code === undefined) resolve(value);
          else reject(code === 'BREAKWATER_INVALID_ARGUMENT' ? new InvalidArgumentError(code) : new Error(code));
        });
        let next = 0;
        const through = (name, method) => (...args) => new Promise((resolve, reject) => {
          const asked = next++;
          open.set(asked, { resolve, reject });
          all[asked % 4].send({ asked, name, method, args });
        });
        let made = 0;
        const suite = storeConformance({
          traces: ${String(TRACES)},
          create: () => {
            const name = 'suite-' + made++;
            const kept = createClusterStore({ name, clock });
            const methods = ['take', 'count', 'record', 'mark', 'changes', 'clear'];
            const store = Object.fromEntries(methods.map((method) => [method, through(name, method)]));
            return { store, kept, advance: (ms) => clock.advance(ms) };
          },
          dispose: ({ kept }) => kept.close(),
        });
        const results = {};
        for (const { name, run } of suite)
          results[name] = await run().then(() => 'ok', (error) => String(error.stack));
        tell('suite', results);
        for (const worker of all) worker.disconnect();
      } else {
        const stores = new Map();
        process.on('message', async ({ asked, name, method, args }) => {
          if (asked === undefined) return;
          if (!stores.has(name)) {
            for (const before of stores.values()) void before.close();
            stores.clear();
            stores.set(name, createClusterStore({ name }));
          }
          try {
            process.send({ asked, value: await stores.get(name)[method](...args) });
          } catch (error) {
            process.send({ asked, code: error.code ?? String(error) });
          }
        });
        process.send({});
      }`,
      { CORE: new URL('../../dist/core.js', import.meta.url).href },
    );
    try {
      [results = {}] = await made.told<Record<string, string>>('suite', 1, 600_000);
      expect([await made.ended, made.said]).toEqual([0, expect.not.stringContaining('Error')]);
    } finally {
      await made.remove();
    }
  }, 600_000);

  it.each(CASES(TRACES))('%s', (name) => {
    expect(results[name]).toBe('ok');
  });
});

describe('the workers of a cluster', () => {
  it('admit exactly as much as there is, 8 of them with 5,000 parallel tries each', async () => {
    const made = program(`
      const store = createClusterStore({ timeoutMs: 60_000 });
      if (cluster.isPrimary) for (let i = 0; i < 8; i++) cluster.fork();
      else {
        const limits = { name: 'x', capacity: 100, refillPerSecond: 1e-6, storeTimeoutMs: 60_000 };
        const limiter = new SharedPerUserRateLimiter({ ...limits, store, onStoreError: 'reject' });
        const all = await Promise.all(Array.from({ length: 5_000 }, () => limiter.check('somebody')));
        const [allowed, degraded] = ['allowed', 'degraded'].map((what) => all.filter((one) => one[what]).length);
        tell('worker-' + process.pid, { allowed, degraded, tries: all.length });
        cluster.worker.disconnect();
      }`);
    const told = await made.told<Readonly<Record<string, number>>>('worker-', 8, 100_000);
    const sum = (what: string) => told.reduce((total, one) => total + (one[what] ?? NaN), 0);
    expect([sum('tries'), sum('allowed'), sum('degraded')]).toEqual([40_000, 100, 0]);
    // Nothing keeps any of the nine alive, though no store was closed.
    expect([await made.ended, made.said]).toEqual([0, '']);
  });

  it('TRA-80: block and lift in all of them within a second', async () => {
    const made = program(`
      const store = createClusterStore();
      const limiter = new SharedPerUserRateLimiter({ capacity: 5, refillPerSecond: 1, store, storeTimeoutMs: 1_000, instances: 3 });
      if (cluster.isPrimary) {
        const all = [cluster.fork(), cluster.fork()];
        const said = (worker, what) => new Promise((resolve) => worker.on('message', (message) => message.said === what && resolve()));
        await Promise.all(all.map((worker) => said(worker, 'ready')));
        await limiter.block('somebody', 60_000, 'with "quotes", ünïcode and a \\n line');
        all.forEach((worker) => worker.send({ go: 'blocked' }));
        await Promise.all(all.map((worker) => said(worker, 'blocked')));
        all[0].send({ go: 'lift' });
        await said(all[0], 'lift');
        const liftedMs = Date.now();
        all[1].send({ go: 'free' });
        await said(all[1], 'free');
        tell('lifted', { ms: Date.now() - liftedMs, here: (await limiter.check('somebody')).allowed });
        all.forEach((worker) => worker.disconnect());
      } else {
        process.on('message', async ({ go }) => {
          if (go === 'blocked') while ((await limiter.check('somebody')).source !== 'ban') await pause(20);
          if (go === 'lift') await limiter.unblock('somebody');
          if (go === 'free') while (!(await limiter.check('somebody')).allowed) await pause(20);
          if (go !== undefined) process.send({ said: go });
        });
        await limiter.check('somebody');
        process.send({ said: 'ready' });
      }`);
    const [lifted] = await made.told<{ readonly ms: number; readonly here: boolean }>('lifted');
    expect(lifted?.ms).toBeLessThan(1_000);
    expect(lifted?.here).toBe(true);
    expect([await made.ended, made.said]).toEqual([0, '']);
  });

  it('may be many, of which Node has nothing to say', async () => {
    const made = program(`
      const stores = Array.from({ length: 12 }, (_, i) => createClusterStore({ name: 'store-' + i }));
      if (cluster.isPrimary) cluster.fork();
      else {
        const rule = { group: 'g', subject: 's', capacity: 10, refillTokens: 1, refillUs: 1e12, cost: 1 };
        for (const store of stores) await store.take([rule]);
        for (const store of stores) await store.close();
        tell('most', cluster.worker.getMaxListeners());
        cluster.worker.disconnect();
      }`);
    const [most] = await made.told<number>('most');
    expect([most, await made.ended, made.said]).toEqual([10, 0, '']);
  });

  it('count once, though the primary holds two copies of the package', async () => {
    const made = program(
      `
      import { createRequire } from 'node:module';
      if (cluster.isPrimary) {
        const other = createRequire(import.meta.url)(process.env.CJS);
        if (other.createClusterStore === createClusterStore) throw new Error('one copy');
        const stores = [createClusterStore(), other.createClusterStore()];
        await stores[0].close();
        cluster.fork();
      } else {
        const store = createClusterStore();
        const rule = { group: 'g', subject: 's', capacity: 10, refillTokens: 1, refillUs: 1e12, cost: 1 };
        for (let i = 0; i < 2; i++) await store.take([rule]);
        tell('left', await store.take([rule]));
        cluster.worker.disconnect();
      }`,
      { CJS: new URL('../../dist/cluster.cjs', import.meta.url).pathname },
    );
    const [left] = await made.told<readonly { readonly remaining: number }[]>('left');
    expect([left?.[0]?.remaining, await made.ended, made.said]).toEqual([7, 0, '']);
  });

  it('leave each other’s messages and those of other libraries alone', async () => {
    const made = program(`
      const store = createClusterStore();
      const rule = { group: 'g', subject: 's', capacity: 1e6, refillTokens: 1, refillUs: 1e8, cost: 1 };
      const noise = [null, 7, 'x', [], { breakwater: 'limits/1' }, { channel: 'rate_limiter_flexible', type: 'init', opts: {} },
        { breakwater: 'limits/1', from: 'x', id: 1, store: 'breakwater', ask: [[1, 'take', null], null, 'x'] },
        { cmd: 'x', breakwater: { toString: 1 } }, { breakwater: 'limits/1', to: 'x', id: 0, say: [[]] }];
      if (cluster.isPrimary) {
        const all = [cluster.fork(), cluster.fork()];
        cluster.on('message', (worker, message) => message?.breakwater === undefined && noise.forEach((one) => worker.send(one, () => undefined)));
        cluster.on('exit', async () => Object.keys(cluster.workers).length === 0 && tell('total', (await store.take([{ ...rule, cost: 0 }]))[0].remaining));
      } else {
        for (let i = 0; i < 200; i++) {
          for (const one of noise) process.send(one);
          await Promise.all([store.take([rule]), store.take([rule])]);
        }
        cluster.worker.disconnect();
      }`);
    expect([await made.ended, made.said]).toEqual([0, '']);
    expect(made.results('total')).toEqual([1e6 - 800]);
  });

  it.each([
    ['of the primary', 'cluster.isPrimary'],
    ['of a worker', '!cluster.isPrimary'],
  ])('have no store in a thread %s, and say so', async (_, where) => {
    const made = program(`
      import { isMainThread, Worker } from 'node:worker_threads';
      if (!isMainThread) {
        try {
          createClusterStore();
        } catch ({ code, message }) {
          tell('error', { code, message });
        }
      } else {
        if (cluster.isPrimary) cluster.fork();
        if (${where}) {
          const thread = new Worker(new URL(import.meta.url));
          await new Promise((resolve) => thread.once('exit', resolve));
        }
        cluster.worker?.disconnect();
      }`);
    expect([await made.ended, made.said]).toEqual([0, '']);
    expect(made.results('error')).toEqual([
      {
        code: 'BREAKWATER_INVALID_ARGUMENT',
        message: expect.stringContaining('a worker thread is no process') as string,
      },
    ]);
  });
});
