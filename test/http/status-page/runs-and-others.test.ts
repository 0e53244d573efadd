import { registerSecret } from 'breakwater/core';
import { ApplicationLifecycle } from 'breakwater/lifecycle';
import { bulkhead } from 'breakwater/resilience';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { collectStatus } from '../../../src/http/status-page/collect.js';
import type { StatusSources } from '../../../src/http/status-page/sources.js';
import { HOSTILE_SNAPSHOTS, NOON, part, sourcesOf } from './parts.js';

const collect = (given: Partial<StatusSources> = {}) => collectStatus(sourcesOf(given), 0);

describe('starts, stops and deployments', () => {
  it('the steps of a start are in the order in which they began', async () => {
    const clock = new ManualClock({ wallNow: NOON });
    const lifecycle = new ApplicationLifecycle({ clock, signals: [], exit: () => undefined });
    lifecycle.onStart('database', () => {
      clock.advance(200);
    });
    expect((await collect({ lifecycle })).start).toBeUndefined();
    await lifecycle.start();
    const { start, phase } = await collect({ lifecycle });
    expect(phase.word).toBe('Ready');
    expect(start).toMatchObject({ mark: { tone: 'ok', word: 'Started' }, totalMs: 200 });
    expect(start?.summary).toBe('began 2026-03-01 12:00:05 UTC · took 200 ms');
    expect(start?.steps.find(({ name }) => name === 'start database')).toMatchObject({ atMs: 0, durationMs: 200 });
    expect(start?.steps.map(({ atMs }) => atMs)).toEqual(start?.steps.map(({ atMs }) => atMs).sort((a, b) => a - b));
    // Among the components it is as good.
    expect((await collect({ components: [lifecycle] })).start?.totalMs).toBe(200);
    expect((await collect({ components: [lifecycle] })).others).toEqual([]);
  });

  it.each([
    ['DRAINING', 'Draining', 'warn', 'SIGTERM · began 2026-03-01 12:00:05 UTC · for 2.5 s · 3 requests still going on'],
    ['STOPPED', 'Stopped', 'ok', 'SIGTERM · began 2026-03-01 12:00:05 UTC · took 2.5 s · 3 requests still going on'],
  ] as const)('a stop that is %s says why it is and what it waits for', async (phase, word, tone, summary) => {
    const stop = {
      reason: 'SIGTERM',
      ok: true,
      startedAt: NOON,
      durationMs: 2_500,
      steps: [{ name: 'queue', status: 'TIMED_OUT' }],
    };
    const snapshot = () => ({ phase, requestsInFlight: 3, trackedWork: 0, stop });
    expect((await collect({ lifecycle: { phase, snapshot } })).stop).toMatchObject({
      mark: { word, tone },
      summary,
      steps: [{ name: 'queue', mark: { word: 'Timed out', tone: 'bad' }, atMs: 0, durationMs: 0 }],
    });
  });

  it('a lifecycle that cannot be read says so', async () => {
    const snapshot = () => {
      throw new Error('not yet');
    };
    const { start } = await collect({ lifecycle: { phase: 'STARTING', snapshot } });
    expect(start).toMatchObject({ mark: { word: 'Cannot be read' }, summary: 'snapshot() failed: not yet' });
  });

  it.each([
    [{ ok: false, durationMs: 1_200 }, 'STARTING', 'Starting', 'for 1.2 s'],
    [{ ok: false, durationMs: 1_200 }, 'STOPPED', 'Failed', 'took 1.2 s'],
  ] as const)('a start that is %o while the phase is %s is %s', async (start, phase, word, summary) => {
    const lifecycle = { phase, snapshot: () => ({ phase, start }) };
    expect((await collect({ lifecycle })).start).toMatchObject({ mark: { word }, summary });
  });

  it('the results of a deployment checker are shown, what failed first', async () => {
    const results = [
      { id: 'env', name: 'DATABASE_URL', status: 'PASS', message: 'set' },
      { id: 'key', name: 'SECRET_KEY', status: 'WARN', message: 'short', hint: 'make it longer' },
      { id: 'db', name: 'Migrations', status: 'FAIL', message: '2 pending' },
      { id: 'odd' },
    ];
    const checker = part('deployment-checker', 'default', () => ({ results }));
    const { deployment, others } = await collect({ components: [checker] });
    expect(deployment?.map(({ name, mark }) => [name, mark.word])).toEqual([
      ['Migrations', 'Failed'],
      ['SECRET_KEY', 'Warning'],
      ['DATABASE_URL', 'Passed'],
      ['odd', 'Unknown'],
    ]);
    expect([deployment?.[1]?.hint, others]).toEqual(['make it longer', []]);
  });

  it.each(HOSTILE_SNAPSHOTS.map((snapshot, i) => [i, snapshot] as const))(
    'reports that are none break nothing: case %i',
    async (_, snapshot) => {
      const lifecycle = { phase: 'READY' as const, snapshot: snapshot as () => object };
      const data = await collect({ lifecycle, components: [part('deployment-checker', 'odd', snapshot)] });
      expect([data.phase.word, data.stop, data.start?.steps ?? []]).toEqual(['Ready', undefined, []]);
      expect([undefined, 'Cannot be read']).toContain(data.start?.mark.word);
      expect(JSON.stringify(data)).not.toContain('hunter2');
      expect(data.deployment?.length).toBeLessThanOrEqual(1);
    },
  );
});

describe('other components', () => {
  it('show their health and what numbers they have, in words', async () => {
    const own = part(
      'work-queue',
      'mail',
      () => ({
        version: 1,
        name: 'mail',
        waiting: 12_345,
        oldestMs: 90_000,
        fullRatio: 0.25,
        paused: false,
        startedAt: NOON,
        workers: { busy: 3, idle: [1, 2] },
        lanes: [{ name: 'fast', depth: 4 }, { depth: 9 }],
        apiKey: 'abcdefghijklmnop',
        tokens: 7,
      }),
      () => ({ status: 'DEGRADED', message: 'filling up' }),
    );
    const { others } = await collect({ components: [own, bulkhead({ name: 'reports', maxConcurrent: 3 })] });
    expect(others[0]).toEqual({
      name: 'mail',
      kind: 'Work queue',
      mark: { tone: 'warn', word: 'Degraded' },
      message: 'filling up',
      trouble: undefined,
      values: [
        ['Waiting', '12,345'],
        ['Oldest', '1 min 30 s'],
        ['Full ratio', '25 %'],
        ['Paused', 'no'],
        ['Started at', '2026-03-01 12:00:05 UTC'],
        ['Workers busy', '3'],
        ['Workers idle', '1, 2'],
        ['Fast depth', '4'],
        ['Tokens', '7'],
      ],
    });
    expect(others[1]?.values).toContainEqual(['Max concurrent', '3']);
  });

  it.each(HOSTILE_SNAPSHOTS.map((answer, i) => [i, answer] as const))(
    'whose snapshot or health is no answer say so, and break nothing: case %i',
    async (_, answer) => {
      const { others } = await collect({
        components: [part('odd', 'odd', answer, answer), part('good', 'good', () => ({ fine: 1 }))],
      });
      expect(others.map(({ name }) => name)).toEqual(['odd', 'good']);
      expect(others[0]?.trouble).toMatch(/health\(\)/);
      expect(others[0]?.values.length).toBeLessThanOrEqual(16);
      expect(JSON.stringify(others)).not.toContain('hunter2');
    },
  );

  it('show no registered secret, wherever it stands', async () => {
    using _ = registerSecret('correct-horse-battery-staple');
    const said = 'correct-horse-battery-staple';
    const data = await collect({
      title: said,
      components: [
        part(
          said,
          said,
          () => ({ [said]: 1, note: said }),
          () => ({ status: 'DEGRADED', message: said }),
        ),
        part('circuit-breaker', said, () => ({ state: said, lastError: { code: said } })),
        part('ddos-protection', said, () => {
          throw new Error(said);
        }),
      ],
    });
    expect(JSON.stringify(data)).not.toContain('horse');
  });
});
