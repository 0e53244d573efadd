import { InvalidArgumentError, registerSecret } from 'breakwater/core';
import { databaseCheck, HealthCheckService } from 'breakwater/health';
import { ManualClock } from 'breakwater/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runInNewContext } from 'node:vm';
import { held, setup } from './setup.js';

describe('a clock that is set back', () => {
  it('keeps no result fresh for ever: a critical check that fails is seen as soon as its result is old', async () => {
    const clock = new ManualClock({ now: 3_600_000 });
    const health = new HealthCheckService({ clock });
    let works = true;
    let runs = 0;
    health.register(
      'db',
      () => {
        runs++;
        return works;
      },
      { critical: true },
    );
    await health.check();
    works = false;
    clock.set(0);
    expect((await health.check()).components[0]?.ageMs).toBe(0);
    clock.advance(600_000);
    expect(health.snapshot().components[0]).toMatchObject({ ageMs: 600_000, status: 'DEGRADED' });
    expect((await health.check()).status).toBe('UNHEALTHY');
    expect(runs).toBe(2);
  });

  it('does not let a run that hangs go on unnoticed', async () => {
    const clock = new ManualClock({ now: 3_600_000 });
    const health = new HealthCheckService({ clock, defaults: { timeoutMs: 500 }, reportTimeoutMs: 100 });
    health.register('db', () => held().promise, { critical: true });
    const first = health.check();
    await clock.advanceAsync(100);
    expect((await first).status).toBe('DEGRADED');
    clock.set(0);
    clock.advance(1);
    void health.check();
    clock.advance(500);
    expect(await health.check()).toMatchObject({
      status: 'UNHEALTHY',
      components: [{ message: 'timed out after 500 ms' }],
    });
  });

  it('makes no slow query a fast one', async () => {
    const clock = new ManualClock({ now: 3_600_000 });
    const { signal } = new AbortController();
    const slow = databaseCheck(() => clock.advance(200), { clock });
    clock.set(-1e6);
    expect((await slow({ signal })).status).toBe('DEGRADED');
  });
});

describe('components that answer later', () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  beforeEach(() => {
    unhandled.length = 0;
    process.on('unhandledRejection', note);
  });
  afterEach(() => {
    process.off('unhandledRejection', note);
  });

  it.each([
    runInNewContext('(async () => { throw new Error("of another realm"); })') as () => never,
    () => ({ then: (_: unknown, fail: (error: unknown) => void) => fail(new Error('of another library')) }) as never,
  ])('end no process with their rejection (case %#)', async (answer) => {
    const { health } = setup();
    health.watch({ kind: 'own', name: 'a', snapshot: () => ({}), subscribe: () => () => undefined, health: answer });
    expect((await health.check()).components).toMatchObject([{ status: 'DEGRADED', message: 'invalid result' }]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled).toEqual([]);
  });
});

describe('names', () => {
  it('shows no secret that one line would change', async () => {
    using _registered = registerSecret('Abc123xyzQ\nDef456uvwR');
    const { health } = setup();
    health.register('keys', () => ({ status: 'DEGRADED', message: 'got Abc123xyzQ\nDef456uvwR' }));
    expect(JSON.stringify(await health.check())).not.toMatch(/Abc123|Def456/);
  });

  it('are shown without the secrets in them, of checks, components, the service and details', async () => {
    using _registered = registerSecret('correct-horse-battery');
    const { health } = setup({ name: 'postgres://u:S3CRETPW@h' });
    const events: unknown[] = [];
    health.on('statusChange', (event) => events.push(event));
    const details = {
      'redis://u:S3CRETPW@h': 'up',
      'correct-horse-battery': 1,
      'x-api-key': 'S3CRETPW',
      pass: 'S3CRETPW',
    };
    const stop = health.register('redis://user:S3CRETPW@host:6379', () => ({ status: 'DEGRADED', details }));
    health.watch({
      kind: 'own',
      name: 'amqp://u:S3CRETPW@h',
      snapshot: () => ({}),
      subscribe: () => () => undefined,
      health: () => ({ status: 'HEALTHY' }),
    });
    const report = await health.check();
    expect(report.components.map(({ name }) => name)).toEqual(['redis://[secret]@host:6379', 'own:amqp://[secret]@h']);
    expect(JSON.stringify([report, events, health.snapshot(), health.health()])).not.toMatch(/S3CRETPW|correct-horse/);
    expect(events).toHaveLength(1);
    expect(() => health.register('redis://user:S3CRETPW@host:6379', () => true)).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('S3CRETPW') as string }),
    );
    stop();
    expect((await health.check()).components).toHaveLength(1);
  });

  it('of events are checked', () => {
    const { health } = setup();
    expect(() => health.on('change' as never, () => undefined)).toThrow(InvalidArgumentError);
    expect(() => health.on('statusChange', null as never)).toThrow(InvalidArgumentError);
  });
});
