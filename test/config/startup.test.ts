import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { inspect } from 'node:util';
import {
  APIConfig,
  ApplicationConfig,
  ConfigValidator,
  DatabaseConfig,
  type ProbeContext,
  startupCheck,
  type StartupProbe,
  tcpProbe,
} from 'breakwater/config';
import { ManualClock } from 'breakwater/testing';
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';

const KEY = 'correct-horse-battery-staple-1234';
const ENV = { DATABASE_URL: 'postgres://app:pa55-word@db/a', SECRET_KEY: KEY };

function application(env: Record<string, string>) {
  return new ApplicationConfig({ database: DatabaseConfig, api: APIConfig }, { env, name: 'shop' });
}

const passing = (name: string, needs?: string[]): StartupProbe<object> => ({
  name,
  ...(needs === undefined ? {} : { needs }),
  run: () => undefined,
});
const failing = (name: string, error: unknown): StartupProbe<object> => ({
  name,
  run: () => Promise.reject(error as Error),
});

describe('startupCheck', () => {
  it('says in one report what is wrong with the configuration and what cannot be reached', async () => {
    using config = application({ ...ENV, API_PORT: 'x' });
    const report = await startupCheck({
      config,
      probes: [
        { name: 'database', needs: ['DATABASE_URL'], run: () => Promise.reject(new Error('no route to pa55-word')) },
        passing('port', ['API_PORT']),
        passing('all'),
        passing('workers', ['API_WORKERS', 'DATABASE_URL']),
      ],
      exitCodes: { invalid: 78, unreachable: 69 },
      clock: new ManualClock(),
    });
    expect(report).toMatchObject({ name: 'shop', ok: false, exitCode: 78 });
    expect(report.errors.map(({ key }) => key)).toEqual(['API_PORT']);
    expect(report.probes).toEqual([
      { name: 'database', status: 'FAIL', message: 'no route to [secret]', durationMs: 0 },
      { name: 'port', status: 'SKIPPED', message: 'API_PORT is not valid', durationMs: 0 },
      { name: 'all', status: 'SKIPPED', message: 'the configuration is not valid', durationMs: 0 },
      { name: 'workers', status: 'PASS', durationMs: 0 },
    ]);
    const text = report.summary();
    expect(text).toMatch(/^shop: 1 error, 1 probe failed\n/);
    expect(text).toContain('  FAIL       database         no route to [secret], in 0 ms\n');
    expect(text).toContain('  SKIPPED    port             API_PORT is not valid\n');
    expect(JSON.parse(report.summary('json'))).toMatchObject({ ok: false, exitCode: 78, probes: report.probes });
    for (const secret of ['pa55', KEY]) expect(text + report.summary('json')).not.toContain(secret);
    expect(() => report.summary('xml' as 'text')).toThrow(/'text' or 'json'/);
  });

  it('hands out the values when all is right', async () => {
    using config = application(ENV);
    const report = await startupCheck({ config, probes: [passing('all')], clock: new ManualClock() });
    expect([report.ok, report.exitCode]).toEqual([true, 0]);
    if (!report.ok) expectTypeOf(report.values.api.API_PORT).toEqualTypeOf<number | undefined>();
    if (!report.ok) return;
    expect(report.values.api.API_PORT).toBe(8_000);
    expectTypeOf(report.values.database.DB_POOL_SIZE).toEqualTypeOf<number>();
    expect([report, report.probes, report.probes[0]].every(Object.isFrozen)).toBe(true);
    using alone = new ConfigValidator({ env: {} });
    expect(await startupCheck({ config: alone })).toMatchObject({ ok: true, probes: [], exitCode: 0 });
  });

  it('gives a probe the values it needs, and no others', async () => {
    const seen: unknown[] = [];
    const watching = (name: string, needs?: string[]): StartupProbe<object> => ({
      name,
      ...(needs === undefined ? {} : { needs }),
      run: (values) => seen.push(values),
    });
    using config = application(ENV);
    await startupCheck({ config, probes: [watching('one', ['API_PORT']), watching('all')], clock: new ManualClock() });
    expect(seen[0]).toEqual({ database: {}, api: { API_PORT: 8_000 } });
    expect(seen[1]).toHaveProperty('database.DATABASE_URL');
    using flat = new ConfigValidator({ env: {} })
      .register('A', 'int', { default: 1 })
      .register('B', 'int', { default: 2 });
    await startupCheck({ config: flat, probes: [{ ...watching('flat', ['B']) }], clock: new ManualClock() });
    expect(seen[2]).toEqual({ B: 2 });
  });

  it('a probe that reads what it does not need fails, whatever the environment', async () => {
    using config = application(ENV);
    const { probes } = await startupCheck({
      config,
      probes: [{ name: 'p', needs: ['API_PORT'], run: ({ api }) => api.SECRET_KEY.reveal() }],
      clock: new ManualClock(),
    });
    expect(probes).toMatchObject([
      { status: 'FAIL', message: "startupCheck: probe 'p' reads SECRET_KEY, which is not among its needs" },
    ]);
  });

  it('skips what is not set and need not be', async () => {
    using config = new ConfigValidator({ env: {} }).register('CACHE_URL', 'url');
    const report = await startupCheck({ config, probes: [tcpProbe('CACHE_URL')], clock: new ManualClock() });
    expect(report).toMatchObject({ ok: true, probes: [{ status: 'SKIPPED', message: 'CACHE_URL is not set' }] });
  });

  it('has an answer in time, whatever a probe does', async () => {
    const clock = new ManualClock();
    const aborted: string[] = [];
    const hanging = (name: string, timeoutMs?: number): StartupProbe<object> => ({
      name,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      run: (_: object, { signal }: ProbeContext) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            aborted.push(name);
            reject(new Error('late'));
          });
        }),
    });
    using config = new ConfigValidator({ env: {} });
    const waiting = startupCheck({
      config,
      probes: [hanging('slow'), hanging('slower', 2_000), passing('fast'), failing('thrown', undefined)],
      timeoutMs: 1_000,
      clock,
    });
    let isDone = false;
    void waiting.then(() => (isDone = true));
    // What answers at once has answered before time goes by.
    await new Promise(setImmediate);
    clock.advance(1_999);
    await Promise.resolve();
    expect([isDone, aborted]).toEqual([false, ['slow']]);
    clock.advance(1);
    const { probes, exitCode } = await waiting;
    expect(probes.map(({ status }) => status)).toEqual(['FAIL', 'FAIL', 'PASS', 'FAIL']);
    expect(probes[0]).toMatchObject({ message: 'gave no answer within 1000 ms', durationMs: 1_000 });
    expect(aborted).toEqual(['slow', 'slower']);
    expect([exitCode, clock.pending]).toEqual([1, 0]);
  });

  it('takes whatever a probe throws or answers', async () => {
    using config = new ConfigValidator({ env: { TOKEN: 'hunter2hunter2' } }).register('TOKEN', 'str');
    const hostile = Object.defineProperty(new Error('x'), 'message', {
      get() {
        throw new Error('no');
      },
    });
    const { probes } = await startupCheck({
      config,
      probes: [
        {
          name: 'throws',
          run: () => {
            throw new Error(`hunter2hunter2 ${'x'.repeat(5_000)}`);
          },
        },
        failing('text', 'just text'),
        failing('code', Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' })),
        failing('hostile', hostile),
        { name: 'false', run: () => false },
        {
          name: 'thenable',
          run: () => ({
            then: (done: (value: unknown) => void) => {
              done(false);
            },
          }),
        },
        { name: 'undefined', run: () => undefined },
      ],
      clock: new ManualClock(),
    });
    expect(probes.map(({ status, message }) => `${status} ${message?.slice(0, 30) ?? ''}`)).toEqual([
      'FAIL [secret] xxxxxxxxxxxxxxxxxxxxx',
      'FAIL just text',
      'FAIL ECONNREFUSED',
      'FAIL unreadable error',
      'FAIL answered false',
      'FAIL answered false',
      'PASS ',
    ]);
    expect(probes[0]?.message?.length).toBeLessThanOrEqual(200);
  });

  it('refuses options that cannot work, all at once', async () => {
    using config = new ConfigValidator({ env: {} }).register('A', 'int');
    const refused = (options: object) => expect(startupCheck(options as never)).rejects;
    await refused({}).toThrow(/startupCheck: config must be a ConfigValidator or an ApplicationConfig/);
    await refused({ config, probes: [{}], timeoutMs: 0, exitCodes: { invalid: 0 } }).toThrow(
      /probes\[0\]\.name .*probes\[0\]\.run .*timeoutMs .*exitCodes\.invalid/,
    );
    await refused({ config, probes: [passing('a', ['AA']), passing('a')] }).toThrow(
      'probes[0].needs names AA, which is not registered; probes[1].name is the name of another probe as well',
    );
    await refused({ config, probes: [{ name: 'x', need: ['A'], run: () => undefined, own: 1 }] }).toThrow(
      'startupCheck: probes[0].need is nothing of a probe; did you mean needs?',
    );
    await refused({ config, probe: [] }).toThrow('did you mean probes?');
    await refused({ config, probes: [null, { name: 'x', run: 1, needs: 'A', timeoutMs: -1 }] }).toThrow(
      /needs.*timeoutMs/,
    );
  });
});

describe('tcpProbe', () => {
  let server: Server;
  let port: number;
  let accepted = 0;
  beforeAll(async () => {
    server = createServer((socket) => {
      accepted++;
      socket.on('error', () => undefined);
      socket.resume();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });
  afterAll(async () => {
    server.close();
    await once(server, 'close');
  });

  const probe = async (url: string, options: object = {}) => {
    using config = new ConfigValidator({ env: { THE_URL: url } }).register('THE_URL', 'url', options);
    const { probes } = await startupCheck({ config, probes: [tcpProbe('THE_URL')] });
    return probes[0];
  };

  it('connects and hangs up', async () => {
    const before = accepted;
    expect(await probe(`postgres://app:pa55-word@127.0.0.1:${String(port)}/a`)).toMatchObject({ status: 'PASS' });
    expect(accepted).toBe(before + 1);
    // With sections, as a secret, and with a driver.
    using config = application({ ...ENV, DATABASE_URL: `postgresql+asyncpg://127.0.0.1:${String(port)}/a` });
    expect(await startupCheck({ config, probes: [tcpProbe('DATABASE_URL')] })).toMatchObject({ ok: true });
    expect(await probe(`redis://127.0.0.1:${String(port)}`, { secret: true })).toMatchObject({ status: 'PASS' });
  });

  it('is content with one of several hosts', async () => {
    expect(await probe(`postgres://127.0.0.1:1,127.0.0.1:${String(port)}/a`)).toMatchObject({ status: 'PASS' });
  });

  it('gives the others up when one of several hosts answers', async () => {
    // One that is stopped, and whose queue is full: who connects to it waits.
    const script = `require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () {
      console.log(this.address().port);
    });`;
    const stopped = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
    const queue: Socket[] = [];
    try {
      const [printed] = (await once(stopped.stdout, 'data')) as [Buffer];
      stopped.kill('SIGSTOP');
      for (let i = 0; i < 5; i++)
        queue.push(connect(Number(String(printed)), '127.0.0.1').on('error', () => undefined));
      await once(queue[0] as Socket, 'connect');
      const settled = async (): Promise<void> => {
        for (let i = 0; i < 50; i++) await new Promise(setImmediate);
      };
      // All that can connect have done so.
      await settled();
      const pending = (): number => process.getActiveResourcesInfo().filter((name) => name.includes('Connect')).length;
      const before = pending();
      const found = await probe(`mongodb://127.0.0.1:${String(printed).trim()},127.0.0.1:${String(port)}/a`);
      expect(found).toMatchObject({ status: 'PASS' });
      await settled();
      expect([before > 0, pending() <= before]).toEqual([true, true]);
    } finally {
      for (const socket of queue) socket.destroy();
      stopped.kill('SIGKILL');
      await once(stopped, 'close');
    }
  });

  it('says nothing of where a secret URL leads', async () => {
    const found = await probe('redis://127.0.0.1:1', { secret: true });
    expect(found).toMatchObject({ status: 'FAIL', message: 'cannot connect to its host (ECONNREFUSED)' });
  });

  it('says where it could not connect to, and no more of the URL', async () => {
    const found = await probe('postgres://app:pa55-word@127.0.0.1:1/a');
    expect(found).toMatchObject({ status: 'FAIL', message: 'cannot connect to 127.0.0.1:1 (ECONNREFUSED)' });
    expect(await probe('http://[::1]:1/x')).toMatchObject({ message: expect.stringContaining('::1:1 (E') as string });
    expect(inspect(found)).not.toContain('pa55');
    expect(await probe('file:///etc/x')).toMatchObject({ message: 'the URL names no host' });
    expect(await probe('strange://127.0.0.1')).toMatchObject({
      message: 'the URL names no port, and strange has no usual one',
    });
    expect(await probe('mongodb+srv://127.0.0.1/a')).toMatchObject({
      message: 'the URL names a service record, which a connection cannot be made to',
    });
    expect(tcpProbe('A')).toMatchObject({ name: 'tcp A', needs: ['A'] });
    expect(tcpProbe('A', { name: 'db', timeoutMs: 50 })).toMatchObject({ name: 'db', timeoutMs: 50 });
    expect(() => tcpProbe('A', { timeout: 5 } as never)).toThrow('tcpProbe: timeout is not an option');
    expect(() => tcpProbe('A', { timeoutMs: 0 })).toThrow(/^tcpProbe: timeoutMs must be/);
    expect(() => tcpProbe(undefined as never)).toThrow(/^tcpProbe: the key must be text/);
  });
});
