import { describe, expect, it } from 'vitest';
import { setup, takes, WALL_START } from './setup.js';

describe('history', () => {
  it('remembers the results of each check, the oldest first, as plain JSON', async () => {
    const { health, clock } = setup({ name: 'main' });
    const answers = [true, false];
    health.register(
      'db',
      takes(clock, 20, () => answers.shift() as boolean),
      { intervalMs: 1_000, failAfter: 2 },
    );
    health.register('idle', () => true);
    await clock.advanceAsync(1_020);
    const history = health.history();
    expect(history.checks).toEqual([
      {
        name: 'db',
        results: [
          { observedAt: WALL_START + 20, status: 'HEALTHY', responseTimeMs: 20 },
          { observedAt: WALL_START + 1_020, status: 'UNHEALTHY', responseTimeMs: 20 },
        ],
      },
      { name: 'idle', results: [] },
    ]);
    expect(history).toMatchObject({ version: 1, name: 'main', changes: [] });
    expect(JSON.parse(JSON.stringify(history))).toEqual(history);
  });

  it.each([
    [undefined, 60],
    [3, 3],
    [0, 0],
  ])('with historySize %s it keeps the last %i', async (historySize, kept) => {
    const { health, clock } = setup({ historySize });
    health.register('db', () => true, { intervalMs: 1_000 });
    for (let i = 0; i < 130; i++) await clock.advanceAsync(i === 0 ? 0 : 1_000);
    const [db] = health.history().checks;
    expect(db?.results.map(({ observedAt }) => (observedAt - WALL_START) / 1_000)).toEqual(
      Array.from({ length: kept }, (_, i) => 130 - kept + i),
    );
  });

  it('refuses a size that is none', () => {
    for (const historySize of [-1, 1.5, 1_001]) expect(() => setup({ historySize })).toThrow(/historySize must be/);
  });

  it('remembers the last hundred changes, of components and of the whole, with the time and the reason', async () => {
    const { health, clock } = setup();
    let i = 0;
    health.register(
      'db',
      () => ({ status: i++ % 2 === 0 ? ('HEALTHY' as const) : ('UNHEALTHY' as const), message: `run ${String(i)}` }),
      { critical: true, intervalMs: 1_000 },
    );
    await clock.advanceAsync(1_000);
    expect(health.history().changes).toEqual([
      { at: WALL_START + 1_000, component: 'db', from: 'HEALTHY', to: 'UNHEALTHY', message: 'run 2' },
      { at: WALL_START + 1_000, from: 'HEALTHY', to: 'UNHEALTHY' },
    ]);
    await clock.advanceAsync(200_000);
    const { changes } = health.history();
    expect(changes).toHaveLength(100);
    expect(changes.at(-1)?.at).toBe(WALL_START + 201_000);
    expect(changes[0]?.at).toBe(WALL_START + 152_000);
  });

  it('a whole of which something is not known yet is not called HEALTHY', async () => {
    const { health } = setup();
    const takeOut = health.register('bad', () => false, { critical: true, kinds: ['startup'] });
    health.register('unknown', () => true, { kinds: [] });
    await health.startup();
    takeOut();
    expect(health.history().changes.at(-1)).toMatchObject({ to: 'UNHEALTHY' });
    await health.check();
    expect(health.history().changes.at(-1)).toMatchObject({ from: 'UNHEALTHY', to: 'HEALTHY' });
  });

  it('unregistering drops the results of a check and tells what became of the whole; the changes stay', async () => {
    const { health } = setup();
    const takeOut = health.register('db', () => false, { critical: true });
    await health.check();
    takeOut();
    const { checks, changes } = health.history();
    expect(checks).toEqual([]);
    expect(changes.map(({ component, to }) => [component, to])).toEqual([
      ['db', 'UNHEALTHY'],
      [undefined, 'UNHEALTHY'],
      [undefined, 'HEALTHY'],
    ]);
  });

  it('HLD-23 what it answers is a copy', async () => {
    const { health } = setup();
    health.register('db', () => false);
    await health.check();
    const history = health.history();
    (history.changes as unknown[]).length = 0;
    (history.checks[0]?.results as unknown[]).length = 0;
    expect(health.history()).toMatchObject({ changes: [{}, {}], checks: [{ results: [{}] }] });
  });
});
