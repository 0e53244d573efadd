import { CircuitBreaker, CircuitBreakerRegistry } from 'breakwater/circuit-breaker';
import { HealthCheckService } from 'breakwater/health';
import { pipeline, retry } from 'breakwater/resilience';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { collectStatus } from '../../../src/http/status-page/collect.js';
import type { StatusSources } from '../../../src/http/status-page/sources.js';
import { HOSTILE_SNAPSHOTS, NOON, part, sourcesOf } from './parts.js';

const collect = (given: Partial<StatusSources> = {}) => collectStatus(sourcesOf(given), 0);
const refused = Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:5432'), { code: 'ECONNREFUSED' });
const fail = (breaker: CircuitBreaker) => breaker.execute(() => Promise.reject(refused)).catch(() => undefined);

describe('what the page knows', () => {
  it('of a service without anything: what it is called, since when, and that nothing is wrong', async () => {
    const sources = sourcesOf();
    sources.clock.advance(90_000);
    expect(await collectStatus(sources, 30_000)).toEqual({
      title: 'Orders',
      status: { tone: 'ok', word: 'Healthy' },
      phase: { tone: 'ok', word: 'Ready' },
      shadow: false,
      renderedAt: NOON + 90_000,
      upMs: 60_000,
      requests: { over: 1_234, refused: 5, slow: 2, aborted: 0 },
      checks: { lines: [], total: 0, trouble: undefined },
      circuits: [],
      limiters: [],
      bans: undefined,
      flags: undefined,
      deployment: undefined,
      start: undefined,
      stop: undefined,
      others: [],
    });
  });

  it.each([
    ['STARTING', 'Starting', 'warn'],
    ['DRAINING', 'Draining', 'warn'],
    ['STOPPED', 'Stopped', 'bad'],
    ['<b>', 'Unknown', 'idle'],
  ])('of a lifecycle that is %s: %s', async (phase, word, tone) => {
    expect((await collect({ lifecycle: { phase: phase as 'READY' } })).phase).toEqual({ word, tone });
  });

  it('of a lifecycle that cannot be read: nothing, and all else is there', async () => {
    const lifecycle = {
      get phase(): 'READY' {
        throw new Error('no');
      },
    };
    expect((await collect({ lifecycle })).phase).toEqual({ word: 'Unknown', tone: 'idle' });
  });
});

describe('health checks', () => {
  it('come with status, message, age, response time and their last results, what is wrong first', async () => {
    const clock = new ManualClock({ now: 0, wallNow: NOON });
    const checks = new HealthCheckService({ clock, defaults: { ttlMs: 1_000 } });
    let slow = false;
    checks.register('cache', () => true);
    checks.register(
      'database',
      () => {
        clock.advance(slow ? 40 : 3);
        return slow ? { status: 'DEGRADED', message: 'slow' } : true;
      },
      { critical: true },
    );
    await checks.check();
    clock.advance(2_000);
    slow = true;
    await checks.check();
    clock.advance(50);
    const { status, checks: found } = await collectStatus({ ...sourcesOf({ checks }), now: () => clock.now() }, 0);
    expect(status.word).toBe('Degraded');
    expect(found.lines.map(({ name }) => name)).toEqual(['database', 'cache']);
    expect(found.lines[0]).toMatchObject({
      mark: { tone: 'warn', word: 'Degraded' },
      message: 'slow',
      critical: true,
      ageMs: 50,
      responseTimeMs: 40,
      samples: [
        { responseTimeMs: 3, healthy: true },
        { responseTimeMs: 40, healthy: false },
      ],
    });
  });

  it('that give no report are UNHEALTHY, as their route says, and say why', async () => {
    const never = () => Promise.reject(new Error('no answer from https://user:hunter2@checks.example'));
    const { status, checks } = await collect({ checks: { check: never, liveness: never, readiness: never } });
    expect(status.word).toBe('Unhealthy');
    expect(checks.trouble).toMatch(/^no answer from https:\/\/.*checks\.example$/);
    expect(checks.trouble).not.toContain('hunter2');
  });

  it.each([
    [null],
    [{ checks: 'all' }],
    [{ checks: [null, { name: 'database' }, { name: 'database', results: [{ responseTimeMs: 'long' }, 5] }] }],
  ])('have no past when their history is no history: %j', async (history) => {
    const report = () =>
      Promise.resolve({ status: 'HEALTHY' as const, components: [{ name: 'database', status: 'HEALTHY' as const }] });
    const checks = { check: report, liveness: report, readiness: report, history: () => history };
    expect((await collect({ checks })).checks.lines).toMatchObject([{ name: 'database', samples: [] }]);
  });

  it('of components decide about the whole as their route says', async () => {
    const watched = new HealthCheckService();
    watched.watch(
      part(
        'queue',
        'mail',
        () => ({}),
        () => ({ status: 'UNHEALTHY' }),
      ),
    );
    expect((await collect({ watched })).status.word).toBe('Degraded');
  });
});

describe('circuits', () => {
  it('tell their state, failures, last error and when they will try', async () => {
    const clock = new ManualClock();
    const open = new CircuitBreaker({ name: 'payments', failureThreshold: 2, recoveryTimeoutMs: 60_000, clock });
    const closed = new CircuitBreaker({ name: 'database', clock });
    for (let i = 0; i < 4; i++) await fail(open);
    clock.advance(20_000);
    const { circuits } = await collect({ components: [closed, open] });
    expect(circuits).toMatchObject([
      {
        name: 'payments',
        mark: { tone: 'bad', word: 'Open' },
        inRow: 2,
        failures: 2,
        rejected: 2,
        probe: 'in 40 s',
        error: 'ECONNREFUSED',
      },
      { name: 'database', mark: { tone: 'ok', word: 'Closed' }, failures: 0, probe: undefined, error: undefined },
    ]);
    clock.advance(40_000);
    expect((await collect({ components: [open] })).circuits[0]).toMatchObject({
      mark: { tone: 'warn', word: 'Half open' },
      probe: 'with the next call',
    });
    const isolated = open.isolate('maintenance of the bank');
    expect((await collect({ components: [open] })).circuits[0]).toMatchObject({
      mark: { word: 'Isolated' },
      probe: 'when it is released',
      error: 'maintenance of the bank',
    });
    isolated[Symbol.dispose]();
  });

  it('of registries and pipelines are listed as far as those list them, and counted once', async () => {
    const registry = new CircuitBreakerRegistry({ name: 'partners', defaults: { failureThreshold: 1 } });
    for (const key of ['acme', 'globex', 'initech']) await (key === 'globex' ? fail : succeed)(registry.for(key));
    const inner = new CircuitBreaker({ name: 'search' });
    const { circuits, others } = await collect({ components: [registry, pipeline(retry({ budget: false }), inner)] });
    expect(circuits.map(({ name, mark, states }) => [name, mark.word, states])).toEqual([
      [
        'partners',
        '1 open, 2 closed',
        [
          ['OPEN', 1],
          ['CLOSED', 2],
        ],
      ],
      ['partners / globex', 'Open', []],
      [expect.stringMatching(/ \/ search$/), 'Closed', [['CLOSED', 1]]],
    ]);
    expect(others).toMatchObject([{ kind: 'Pipeline' }]);
    expect(others[0]?.values.filter(([label]) => /search/i.test(label))).toEqual([]);
  });

  it.each(HOSTILE_SNAPSHOTS.map((snapshot, i) => [i, snapshot] as const))(
    'that cannot be read are shown as such, and break nothing: case %i',
    async (_, snapshot) => {
      const kinds = ['circuit-breaker', 'circuit-breaker-registry', 'pipeline'];
      const { circuits } = await collect({
        components: [...kinds.map((kind) => part(kind, 'odd', snapshot)), new CircuitBreaker({ name: 'good' })],
      });
      expect(circuits.map(({ name }) => name)).toEqual(expect.arrayContaining(['odd', 'good']));
      expect(circuits.find(({ name }) => name === 'good')?.mark.word).toBe('Closed');
      expect(JSON.stringify(circuits)).not.toContain('hunter2');
    },
  );
});

function succeed(breaker: CircuitBreaker): Promise<unknown> {
  return breaker.execute(() => 1);
}
