import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppProcess } from './example-apps/app-process.js';
import { Catalogue } from './example-apps/catalogue.js';
import { changedLines, commonLines } from './example-apps/changed-lines.js';
import * as lists from './example-apps/lists.js';
import * as press from './example-apps/press.js';
import * as promises from './example-apps/promises.js';
import {
  component,
  expectHardened,
  many,
  operator,
  OPS_TOKEN,
  outcomeOf,
  slowest,
  Traffic,
  withStatus,
} from './example-apps/promises.js';
import { Visitor } from './example-apps/visitor.js';
import { tryPostgres } from './postgres.js';

const APPS = path.join(import.meta.dirname, '../../examples/apps');
const TOKEN_SECRET = 'a secret of the tests, long enough';
const postgres = await tryPostgres();
afterAll(() => postgres?.remove());

describe.skipIf(postgres === undefined)('the Express service', () => {
  const database = postgres as NonNullable<typeof postgres>;

  function start(when: string): Promise<AppProcess> {
    const { user, password, host, port, database: name } = database.address;
    const url = `postgres://${user}:${password}@${host}:${String(port)}/${name}`;
    return AppProcess.start(`express/${when}`, { DATABASE_URL: url, TOKEN_SECRET, OPS_TOKEN });
  }

  /** Ends it while eight requests wait for a table that somebody else has locked. */
  async function terminated(app: AppProcess): Promise<readonly string[]> {
    // So that none of them waits for a connection of the pool.
    await many(20, () => new Visitor(app.url).get('/api/articles'));
    const client = new pg.Client(database.address);
    await client.connect();
    try {
      await client.query('begin; lock table articles in access exclusive mode');
      const waiting = Array.from({ length: 8 }, () => outcomeOf(new Visitor(app.url).get('/api/articles')));
      const blocked = async () => (await client.query('select from pg_locks where not granted')).rowCount;
      await expect.poll(blocked, { timeout: 2_000 }).toBe(8);
      await promises.terminate(app, () => client.query('rollback'));
      return await Promise.all(waiting);
    } finally {
      await client.end();
    }
  }

  describe.each(['before', 'after'])('%s it is hardened', (when) => {
    let app: AppProcess;
    beforeAll(async () => {
      app = await start(when);
    });
    afterAll(() => app.end());

    it.each(press.BEHAVIOUR)('%s', (_title, behaves) => behaves(app.url));

    it(
      when === 'before' ? 'loses what is in flight when it is stopped' : 'loses nothing when it is stopped',
      async () => {
        expect(new Set(await terminated(app))).toEqual(new Set([when === 'before' ? 'lost' : '200 close']));
        expect(await app.ended).toEqual(
          when === 'before' ? { code: null, signal: 'SIGTERM' } : { code: 0, signal: null },
        );
      },
    );
  });

  describe('hardened', () => {
    let app: AppProcess;
    beforeAll(async () => {
      app = await start('after');
      await promises.expectReady(app.url);
    });
    afterAll(() => app.end());

    it('sends security headers and an id with every answer, whoever gives it', async () => {
      const { author, at } = await press.published(app.url);
      const answers = await Promise.all([
        author.get(at),
        author.post('/api/articles', '{"title":'),
        new Visitor(app.url).post('/api/articles', {}),
        author.get('/api/nothing'),
        author.post('/api/articles', {}),
        author.get('/health/ready'),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([200, 400, 401, 404, 422, 200]);
      answers.forEach(expectHardened);
    });

    it('tells probes how it is, and details only to its operators', async () => {
      const visitor = new Visitor(app.url);
      expect(await visitor.get('/health/live')).toMatchObject({ status: 200, body: { status: 'HEALTHY' } });
      // On a machine that is busy a query may take so long that it is DEGRADED for a moment.
      const ready = async () => (await visitor.get('/health/ready')).body;
      await expect.poll(ready, { timeout: 10_000 }).toEqual({ status: 'HEALTHY', phase: 'READY' });
      expect((await visitor.get('/health/check')).body).toEqual({ status: expect.any(String) as string });
      const check = await operator(app.url).get('/health/check');
      expect(component(check, 'database')).toMatchObject({ critical: true });
      expect(component(check, 'circuit-breaker:pool')).toMatchObject({ status: 'HEALTHY' });
    });

    it('shows metrics, security and a page to its operators, and to nobody else', async () => {
      const [visitor, ops] = [new Visitor(app.url), operator(app.url)];
      await visitor.get('/api/articles/none');
      const series = 'http_route="/api/articles/:slug",http_response_status_code="404"';
      expect((await ops.get('/health/metrics')).body).toContain(series);
      expect((await visitor.get('/health/metrics')).body).not.toContain(series);
      expect((await ops.get('/health/security')).body).toHaveProperty('protections');
      expect((await visitor.get('/health/security')).body).not.toHaveProperty('protections');
      expect((await ops.get('/health/status')).body).toMatch(/>pool</);
      expect(await visitor.get('/health/status')).toMatchObject({ status: 401 });
    });

    it('stops an address that floods', () => promises.expectFloodStopped(app.url, '/api/articles'));

    it('stops guessing of passwords', async () => {
      const { email } = press.account((await press.member(app.url)).name);
      const right = { email, password: press.PASSWORD };
      await promises.expectGuessingStopped(app.url, '/api/users/login', { ...right, password: 'guessed' }, right);
    });

    it('limits a user who comes from many addresses', async () => {
      await promises.expectUserLimited(app.url, '/api/articles', String((await press.member(app.url)).token));
    });

    it('refuses an address that keeps failing to authenticate', () =>
      promises.expectAbuserRefused(app.url, '/api/user', '/api/articles'));

    it('logs requests without their secrets', async () => {
      const { author, at } = await press.published(app.url);
      const logged = { path: `${at}/comments`, route: '/api/articles/:slug/comments', token: String(author.token) };
      await promises.expectLogged(app, logged, [TOKEN_SECRET, press.PASSWORD, database.address.password]);
    });

    it('answers 503 at once while the database is down, says so to probes, and recovers by itself', async () => {
      const visitor = new Visitor(app.url);
      const ready = () => visitor.get('/health/ready');
      const check = () => operator(app.url).get('/health/check');
      const traffic = new Traffic(3, () => new Visitor(app.url).get('/api/articles'));
      const { seen } = traffic;
      try {
        await expect.poll(() => seen.length).toBeGreaterThan(10);
        expect(withStatus(seen, 200)).toHaveLength(seen.length);

        await database.stop();
        await expect.poll(() => withStatus(seen, 503).length, { timeout: 10_000 }).toBeGreaterThan(10);
        await expect.poll(ready).toMatchObject({ status: 503, body: { status: 'UNHEALTHY', phase: 'READY' } });
        expect(await visitor.get('/health/live')).toMatchObject({ status: 200 });
        await expect.poll(async () => component(await check(), 'database')).toMatchObject({ status: 'UNHEALTHY' });
        expect(component(await check(), 'circuit-breaker:pool')).not.toMatchObject({ status: 'HEALTHY' });

        await database.start();
        await expect.poll(() => seen.at(-1)?.status, { timeout: 15_000 }).toBe(200);
        await expect.poll(ready, { timeout: 5_000 }).toMatchObject({ status: 200 });
      } finally {
        await traffic.end();
      }
      const refused = withStatus(seen, 503);
      refused.forEach(expectHardened);
      expect(refused.filter(({ headers }) => !['1', '2'].includes(String(headers.get('retry-after'))))).toEqual([]);
      expect(slowest(refused)).toBeLessThan(1_500);
      expect(slowest(seen)).toBeLessThan(6_000);
      await press.published(app.url);
    });

    it('does not hang with a database that hangs', async () => {
      const ask = () => new Visitor(app.url).get('/api/articles');
      await database.freeze();
      try {
        const hanging = await many(10, ask);
        expect(withStatus(hanging, 200)).toEqual([]);
        expect(slowest(hanging)).toBeLessThan(8_000);
        expect(withStatus(await many(10, ask), 503).length).toBeGreaterThanOrEqual(9);
      } finally {
        database.thaw();
      }
      await expect.poll(async () => (await ask()).status, { timeout: 15_000 }).toBe(200);
    });
  });

  it('hardened, says everything that is wrong with its environment, and none of the values', async () => {
    const env = { DATABASE_URL: 'nowhere', TOKEN_SECRET: 'too-short-to-sign' };
    const app = await AppProcess.spawn('express/after', env);
    expect(await app.ended).toMatchObject({ code: 1 });
    for (const key of ['DATABASE_URL', 'TOKEN_SECRET', 'OPS_TOKEN']) expect(app.output).toContain(key);
    expect(app.output).not.toContain(env.TOKEN_SECRET);
  });
});

describe('the Koa service', () => {
  const catalogue = new Catalogue();
  afterAll(() => catalogue.close());

  async function start(when: string): Promise<AppProcess> {
    return AppProcess.start(`koa/${when}`, { CATALOGUE_URL: await catalogue.url(), OPS_TOKEN });
  }

  /** Ends it while eight requests wait for the catalogue. */
  async function terminated(app: AppProcess): Promise<readonly string[]> {
    const { owner, at } = await lists.started(app.url);
    catalogue.mood = 'silent';
    const waiting = Array.from({ length: 8 }, () => outcomeOf(owner.post(`${at}/items`, { sku: 'kettle' })));
    await expect.poll(() => catalogue.waiting).toBeGreaterThanOrEqual(8);
    await promises.terminate(app, () => catalogue.speak());
    return Promise.all(waiting);
  }

  describe.each(['before', 'after'])('%s it is hardened', (when) => {
    let app: AppProcess;
    beforeAll(async () => {
      app = await start(when);
    });
    afterAll(() => app.end());

    it.each(lists.BEHAVIOUR)('%s', (_title, behaves) => behaves(app.url));

    it(
      when === 'before' ? 'loses what is in flight when it is stopped' : 'loses nothing when it is stopped',
      async () => {
        expect(new Set(await terminated(app))).toEqual(new Set([when === 'before' ? 'lost' : '201 close']));
        expect(await app.ended).toEqual(
          when === 'before' ? { code: null, signal: 'SIGTERM' } : { code: 0, signal: null },
        );
      },
    );
  });

  describe('hardened', () => {
    let app: AppProcess;
    beforeAll(async () => {
      app = await start('after');
      await promises.expectReady(app.url);
    });
    afterAll(() => app.end());

    it('sends security headers and an id with every answer, whoever gives it', async () => {
      const { owner, at } = await lists.started(app.url);
      const answers = await Promise.all([
        owner.get(at),
        owner.post('/v1/lists', '{"name":'),
        new Visitor(app.url).get('/v1/lists'),
        owner.get('/nothing'),
        owner.ask('PUT', '/v1/status'),
        owner.get('/health/ready'),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([200, 400, 401, 404, 405, 200]);
      answers.forEach(expectHardened);
    });

    it('stops an address that floods', () => promises.expectFloodStopped(app.url, '/v1/status'));

    it('stops guessing of passwords', async () => {
      const right = { name: (await lists.member(app.url)).name, password: lists.PASSWORD };
      await promises.expectGuessingStopped(app.url, '/v1/sessions', { ...right, password: 'guessed' }, right);
    });

    it('limits a user who comes from many addresses', async () => {
      await promises.expectUserLimited(app.url, '/v1/lists', String((await lists.member(app.url)).token));
    });

    it('refuses an address that keeps failing to authenticate', () =>
      promises.expectAbuserRefused(app.url, '/v1/lists', '/v1/status'));

    it('logs requests without their secrets', async () => {
      const { owner, at } = await lists.started(app.url);
      const logged = { path: `${at}/items`, route: '/v1/lists/:list/items', token: String(owner.token) };
      await promises.expectLogged(app, logged, [lists.PASSWORD]);
    });

    it.each(['failing', 'silent'] as const)(
      'does without a catalogue that is %s, and recovers by itself',
      async (mood) => {
        const { owner, at } = await lists.started(app.url);
        const add = () => owner.post(`${at}/items`, { sku: 'kettle' });
        expect(await add()).toMatchObject({ status: 201 });
        catalogue.mood = mood;
        await expect
          .poll(() => many(5, add), { timeout: 15_000 })
          .toContainEqual(expect.objectContaining({ status: 503 }));
        const refused = withStatus(await many(5, add), 503);
        expect(refused.length).toBeGreaterThanOrEqual(4);
        for (const answer of refused) {
          expectHardened(answer);
          expect(['1', '2']).toContain(answer.headers.get('retry-after'));
          expect(answer.tookMs).toBeLessThan(1_500);
        }
        // What needs no catalogue goes on, so the service stays in rotation.
        expect(await owner.get(at)).toMatchObject({ status: 200 });
        const ready = () => owner.get('/health/ready');
        await expect.poll(ready, { timeout: 5_000 }).toMatchObject({ status: 200, body: { status: 'DEGRADED' } });
        catalogue.speak();
        await expect.poll(async () => (await add()).status, { timeout: 15_000, interval: 200 }).toBe(201);
        await expect.poll(ready, { timeout: 10_000 }).toMatchObject({ body: { status: 'HEALTHY' } });
      },
    );
  });
});

describe('hardening', () => {
  it.each(['express', 'koa'])('changes fewer than 30 lines of the %s service', (app) => {
    const { removed, added } = changedLines(path.join(APPS, app, 'before'), path.join(APPS, app, 'after'));
    expect(removed + added).toBeGreaterThan(0);
    expect(removed + added).toBeLessThan(30);
  });

  it('is counted as a diff does', () => {
    expect(commonLines(['a', 'b', 'c', 'd'], ['a', 'x', 'c', 'c', 'd'])).toBe(3);
    expect(commonLines([], ['a'])).toBe(0);
  });
});
