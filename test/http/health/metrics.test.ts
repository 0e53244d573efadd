import { AbuseDetector } from 'breakwater/abuse-detector';
import { CircuitBreaker } from 'breakwater/circuit-breaker';
import { registerSecret } from 'breakwater/core';
import { HealthCheckService, healthResponse, type HealthReport } from 'breakwater/health';
import { createHardening, type HardeningOptions } from 'breakwater/http';
import { type MetricsCollector as Collector, MetricsCollector, type MetricsSnapshot } from 'breakwater/metrics';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { ask } from '../exchange.js';
import { ownMetrics, read, settle, setup } from './setup.js';

const TEXT = 'text/plain; version=0.0.4; charset=utf-8';
const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

const FORMATS = [
  ['text/plain', TEXT],
  ['application/openmetrics-text', OPEN_METRICS],
  ['application/json', 'application/json; charset=utf-8'],
] as const;

function samplesOf(text: string | undefined): string[] {
  return (text ?? '').split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

describe('what everybody may see of the metrics', () => {
  const health = (status: 'HEALTHY' | 'DEGRADED' | 'UNHEALTHY') => {
    const service = new HealthCheckService();
    service.register('database', () => status, { critical: true });
    return service;
  };

  it('HLD-11 is that the service is up and its status, always as 200', async () => {
    for (const status of ['HEALTHY', 'DEGRADED', 'UNHEALTHY'] as const) {
      for (const phase of ['STARTING', 'READY', 'DRAINING'] as const) {
        const { hardening } = setup({ health: health(status), metrics: {}, lifecycle: { phase } });
        const { statusCode, sent, body } = await read(hardening, '/health/metrics');
        expect([statusCode, sent.get('content-type'), sent.get('vary'), sent.get('cache-control')]).toEqual([
          200,
          TEXT,
          'Accept',
          'no-store',
        ]);
        expect(samplesOf(body)).toEqual([
          'breakwater_up 1',
          ...['HEALTHY', 'DEGRADED', 'UNHEALTHY'].map(
            (one) => `breakwater_health_status{status="${one}"} ${one === status ? '1' : '0'}`,
          ),
        ]);
      }
    }
  });

  it('has the names and words of the health service, in every format', async () => {
    const { hardening } = setup({ health: health('DEGRADED') });
    const report: HealthReport = { status: 'DEGRADED', components: [] };
    const ofHealth = healthResponse(report, { format: 'prometheus' }).body;
    const up = '# HELP breakwater_up Whether the process answers (1).\n# TYPE breakwater_up gauge\nbreakwater_up 1\n';
    const text = await read(hardening, '/health/metrics');
    expect(text.body).toBe(`${up}${ofHealth}`);
    const open = await read(hardening, '/health/metrics', { accept: 'application/openmetrics-text' });
    expect([open.sent.get('content-type'), open.body]).toEqual([OPEN_METRICS, `${up}${ofHealth}# EOF\n`]);
    const json = (await read(hardening, '/health/metrics', { accept: 'application/json' })).json as MetricsSnapshot;
    expect([json.counters, json.histograms, json.gauges.map(({ name }) => name)]).toEqual([
      [],
      [],
      ['breakwater_up', 'breakwater_health_status'],
    ]);
    expect(json.gauges[1]?.series).toEqual([
      { labels: { status: 'HEALTHY' }, value: 0 },
      { labels: { status: 'DEGRADED' }, value: 1 },
      { labels: { status: 'UNHEALTHY' }, value: 0 },
    ]);
    for (const { name, help } of json.gauges) expect(text.body).toContain(`# HELP ${name} ${help}\n`);
  });

  it('is unhealthy when nobody can say, and 200 all the same', async () => {
    const fail = () => Promise.reject(new Error('no report'));
    const { hardening } = setup({ health: { check: fail, liveness: fail, readiness: fail } });
    const { statusCode, body } = await read(hardening, '/health/metrics');
    expect([statusCode, samplesOf(body).at(-1)]).toEqual([200, 'breakwater_health_status{status="UNHEALTHY"} 1']);
  });

  it('makes no collector and asks none', async () => {
    let asked = 0;
    const metrics = ownMetrics(() => {
      asked++;
      throw new Error('never');
    });
    const { hardening } = setup({ metrics });
    for (const [accept] of FORMATS) await read(hardening, '/health/metrics', { accept });
    expect(asked).toBe(0);
  });
});

describe('the metrics of whom it may concern', () => {
  it.each(FORMATS)('Accept: %s streams the collector in its format', async (accept, type) => {
    const metrics = new MetricsCollector();
    metrics.counter('jobs_total', { help: 'Jobs that were run.' }).inc();
    metrics.histogram('job_seconds', { help: 'How long.', buckets: [1, 2] }).observe(1.5);
    const { hardening } = setup({ metrics });
    const { statusCode, sent, body } = await read(hardening, '/health/metrics', { accept, open: true });
    expect([statusCode, sent.get('content-type'), sent.get('vary'), sent.get('cache-control')]).toEqual([
      200,
      type,
      'Accept',
      'no-store',
    ]);
    if (type.startsWith('application/json')) {
      const snapshot = JSON.parse(body ?? '') as MetricsSnapshot;
      expect(snapshot.counters.find(({ name }) => name === 'jobs_total')?.series[0]?.value).toBe(1);
    } else {
      expect(body).toContain('\njobs_total 1\n');
      expect(body).toContain(
        '\njob_seconds_bucket{le="2"} 1\n'.replace('"2"', type === OPEN_METRICS ? '"2.0"' : '"2"'),
      );
      expect(body?.endsWith('# EOF\n')).toBe(type === OPEN_METRICS);
    }
  });

  const parts = (): HardeningOptions => ({
    ddos: { name: 'edge' },
    perUser: { name: 'users', capacity: 10, refillPerSecond: 1 },
    abuse: { name: 'misuse' },
    monitor: { name: 'speeds' },
    health: { name: 'checks' },
    components: [new CircuitBreaker({ name: 'billing' })],
    name: 'api',
    routes: [
      { path: '/login', ddos: { threshold: 10 } },
      { path: '/search', perUser: { capacity: 5, refillPerSecond: 1 } },
    ],
  });
  const OF_PARTS = [
    'breakwater_http_requests_total{pipeline="api"}',
    'breakwater_ddos_requests_total{outcome="admitted",protection="edge"}',
    'breakwater_ddos_requests_total{outcome="admitted",protection="ddos /login"}',
    'breakwater_rate_limit_keys{limiter="users"}',
    'breakwater_rate_limit_keys{limiter="per-user /search"}',
    'breakwater_abuse_flagged{detector="misuse"}',
    'breakwater_performance_metrics{monitor="speeds"}',
    'breakwater_health_status{health="checks",status="HEALTHY"} 1',
    'breakwater_circuit_state{breaker="billing",state="CLOSED"} 1',
    'breakwater_component_status{kind="circuit-breaker",name="billing",status="HEALTHY"} 1',
  ];

  it('have the values of all parts, in a collector that is made when somebody may see them', async () => {
    const { hardening, reported } = setup(parts());
    const { body } = await read(hardening, '/health/metrics', { open: true });
    for (const sample of OF_PARTS) expect(body).toContain(sample);
    await settle();
    expect(reported).toEqual([]);
  });

  it('or in the one that was given, by whichever way it is read, and once', async () => {
    const metrics = new MetricsCollector();
    const { hardening, reported } = setup({ ...parts(), metrics });
    for (const sample of OF_PARTS) expect(metrics.render('prometheus')).toContain(sample);
    for (let i = 0; i < 3; i++) await read(hardening, '/health/metrics', { open: true });
    const { body } = await read(hardening, '/health/metrics', { open: true });
    const lines = samplesOf(body).map((line) => line.slice(0, line.lastIndexOf(' ')));
    expect(new Set(lines).size).toBe(lines.length);
    expect(body).toMatch(/^breakwater_metrics_conflicts_total\S* 0$/m);
    await settle();
    expect(reported).toEqual([]);
  });

  it('are in it without any health route, too', () => {
    const metrics = new MetricsCollector();
    setup({ metrics, health: false, ddos: { name: 'edge' } });
    expect(metrics.render('prometheus')).toContain('breakwater_ddos_blocked{protection="edge"}');
  });

  it('watch parts that are watched already only once', async () => {
    const metrics = new MetricsCollector();
    const abuse = new AbuseDetector({ name: 'misuse' });
    const breaker = new CircuitBreaker({ name: 'billing' });
    setup({ metrics, abuse, components: [breaker] });
    setup({ metrics, abuse, components: [breaker], name: 'second', ddos: false, health: { name: 'second' } });
    breaker.isolate();
    expect(metrics.render('prometheus')).toMatch(
      /^breakwater_component_events_total\{kind="circuit-breaker",level="info",name="billing",type="stateChange"\} 1$/m,
    );
    await settle();
  });

  it('have those of a lifecycle and of a health source that are components', async () => {
    const component = (kind: string) => ({
      kind,
      name: 'own',
      snapshot: () => ({ level: 7 }),
      subscribe: () => () => undefined,
    });
    const answer = () => Promise.resolve({ status: 'HEALTHY' as const, components: [] });
    const health = { ...component('vitals'), check: answer, liveness: answer, readiness: answer };
    const { hardening } = setup({ health, lifecycle: { ...component('life'), phase: 'READY' } });
    const { body } = await read(hardening, '/health/metrics', { open: true });
    expect(body).toContain('breakwater_vitals_level{name="own"} 7\n');
    expect(body).toContain('breakwater_life_level{name="own"} 7\n');
  });

  it('leave out what is no component, such as a limiter of the service’s own', async () => {
    const decision = {
      allowed: true,
      limit: 1,
      remaining: 1,
      retryAfterMs: 0,
      resetAfterMs: 0,
      cost: 1,
      policy: 'own',
      violated: [],
      source: 'local' as const,
      degraded: false,
      shadow: false,
    };
    const ddos = {
      kind: 'ddos-protection' as const,
      name: 'own',
      check: () => decision,
      isBlocked: () => false,
      snapshot: () => ({}),
    };
    const hostile = {
      kind: 'strange',
      name: 'strange',
      snapshot: () => ({}),
      subscribe: () => {
        throw new Error('not today');
      },
    };
    const { hardening } = setup({ ddos, components: [hostile], metrics: {} });
    const { statusCode, body } = await read(hardening, '/health/metrics', { open: true });
    expect([statusCode, body?.includes('breakwater_http_requests_total')]).toEqual([200, true]);
    expect((await ask(hardening, '/')).answered).toBe(false);
  });

  it('are not watched for a pipeline that cannot be made', () => {
    const metrics = ownMetrics(async function* () {
      yield await Promise.resolve('');
    });
    expect(() => setup({ metrics, slowRequestMs: -1 })).toThrow('slowRequestMs');
    expect(() => setup({ metrics, health: { reportTimeoutMs: -1 } })).toThrow('health.reportTimeoutMs');
    expect(metrics.sources).toEqual([]);
  });

  it('show no secret that a name became', async () => {
    using _registered = registerSecret('tenant-of-secrets');
    const { hardening } = setup({ components: [new CircuitBreaker({ name: 'tenant-of-secrets' })], metrics: {} });
    for (const [accept] of FORMATS) {
      const { body } = await read(hardening, '/health/metrics', { open: true, accept });
      expect(body).toContain('breakwater_circuit_state');
      expect(body).not.toContain('tenant-of-secrets');
    }
  });
});

describe('a collection a second', () => {
  function counting(clock: ManualClock): { metrics: Collector; collections: () => number } {
    const metrics = new MetricsCollector({ clock });
    let collections = 0;
    metrics.onCollect(() => {
      collections++;
    });
    return { metrics, collections: () => collections };
  }

  it('is made for each format, for all who ask', async () => {
    const clock = new ManualClock();
    const { metrics, collections } = counting(clock);
    const { hardening } = setup({ metrics, clock });
    for (let i = 0; i < 30; i++) await read(hardening, '/health/metrics', { open: true });
    const all = await Promise.all(
      Array.from({ length: 200 }, () => read(hardening, '/health/metrics', { open: true })),
    );
    expect(new Set(all.map(({ body }) => body)).size).toBe(1);
    expect(collections()).toBe(1);
    await read(hardening, '/health/metrics', { open: true, accept: 'application/json' });
    expect(collections()).toBe(2);
    clock.advance(999);
    await read(hardening, '/health/metrics', { open: true });
    expect(collections()).toBe(2);
    clock.advance(1);
    await read(hardening, '/health/metrics', { open: true });
    expect(collections()).toBe(3);
  });

  it('is not made for Accept headers, of which there are thousands', async () => {
    const clock = new ManualClock();
    const { metrics, collections } = counting(clock);
    const { hardening } = setup({ metrics, clock });
    for (let i = 0; i < 2_000; i++) {
      const accept = `text/x-${String(i)}, ${FORMATS[i % 3]?.[0] ?? ''};q=0.${String((i % 9) + 1)}`;
      await read(hardening, '/health/metrics', { open: true, accept });
    }
    expect(collections()).toBe(3);
    // The text itself is let go with its second.
    expect(clock.pending).toBe(3);
    clock.advance(1_000);
    expect(clock.pending).toBe(0);
  });

  it('HEAD makes none', async () => {
    const clock = new ManualClock();
    const { metrics, collections } = counting(clock);
    const { hardening } = setup({ metrics, clock });
    const { statusCode, sent, body } = await read(hardening, '/health/metrics', { open: true, method: 'HEAD' });
    expect([statusCode, sent.get('content-type'), body]).toEqual([200, TEXT, undefined]);
    expect(collections()).toBe(0);
  });
});

it('a pipeline with nothing but defaults has metrics for whom it may concern', async () => {
  const hardening = createHardening({ authorize: () => true });
  const { body } = await read(hardening, '/health/metrics');
  expect(body).toContain('breakwater_http_requests_total{pipeline="http"}');
  expect(body).toContain('breakwater_ddos_requests_total');
});
