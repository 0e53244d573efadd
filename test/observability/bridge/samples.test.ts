import type { Component, MetricSample } from 'breakwater/core';
import { MetricsCollector } from 'breakwater/metrics';
import { Bulkhead, CircuitBreaker } from 'breakwater/resilience';
import { describe, expect, it } from 'vitest';
import { observe } from './observe.js';
import { ownPart, settle, setup, sinks } from './setup.js';
import { problemsOf } from './strict.js';

const named = (samples: MetricSample[]): [string, number][] => samples.map(({ name, value }) => [name, value]);

describe('observe: values for a scrape', () => {
  it('OBS-B10 a component with metrics gives those, read anew at every scrape', () => {
    let value = 1;
    const sample = () => ({ name: 'breakwater_jobs_done_total', type: 'counter' as const, help: 'Jobs.', value });
    const { scrape } = setup({ metrics: () => [sample()] });
    expect(scrape()).toEqual([sample()]);
    value = 2;
    expect(scrape()).toEqual([sample()]);
  });

  it('OBS-B11 one without gives the numbers of its snapshot, in base units, and those of well-known groups', () => {
    const snapshot = () => ({
      queued: 3,
      busy: true,
      idle: false,
      oldestMs: 1_500,
      counts: { waiting: 1, deepMs: 2_000, deeper: { no: 1 } },
      total: 7,
      text: 'no',
      list: [1, 2],
      never: Infinity,
      none: null,
    });
    const { scrape } = setup({ kind: 'worker-pool', snapshot });
    expect(named(scrape())).toEqual([
      ['breakwater_worker_pool_queued', 3],
      ['breakwater_worker_pool_busy', 1],
      ['breakwater_worker_pool_idle', 0],
      ['breakwater_worker_pool_oldest_seconds', 1.5],
      ['breakwater_worker_pool_counts_waiting', 1],
      ['breakwater_worker_pool_counts_deep_seconds', 2],
      ['breakwater_worker_pool_total_value', 7],
    ]);
    expect(scrape()[0]).toMatchObject({ type: 'gauge', labels: { name: 'mail' } });
    expect(problemsOf(scrape())).toEqual([]);
  });

  it('OBS-B11 its fields are those of the first look, fifty at most, and none that data named', () => {
    let users: Record<string, number> = { '10.0.0.1': 1, 'ann@example.org': 2, CLOSED: 3, 'user-7': 4 };
    const { scrape } = setup({
      snapshot: () => ({ users, ...Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`f${String(i)}`, i])) }),
    });
    const first = named(scrape());
    expect(first).toHaveLength(50);
    expect(first[0]).toEqual(['breakwater_worker_f0', 0]);
    users = { bob: 1 };
    expect(named(scrape())).toEqual(first);
  });

  it('OBS-B12 health() becomes a gauge for each status', () => {
    const { values } = setup({ health: () => ({ status: 'DEGRADED' }) });
    const labels = { kind: 'worker', name: 'mail' };
    expect(values('breakwater_component_status')).toEqual([
      [{ ...labels, status: 'HEALTHY' }, 0],
      [{ ...labels, status: 'DEGRADED' }, 1],
      [{ ...labels, status: 'UNHEALTHY' }, 0],
    ]);
    expect(setup().values('breakwater_component_status')).toEqual([]);
  });

  it('OBS-B13 what throws at a scrape is reported, and the rest is there all the same', async () => {
    const boom = (): never => {
      throw new Error('boom');
    };
    const broken = setup({ metrics: boom, health: boom });
    broken.send('x');
    expect(named(broken.scrape())).toEqual([['breakwater_component_events_total', 1]]);
    await settle();
    expect(broken.reported).toEqual([new Error('boom')]);
    const half = setup({
      *metrics() {
        yield { name: 'breakwater_a', type: 'gauge', help: 'A.', value: 1 };
        throw new Error('half way');
      },
      health: () => ({ status: 'HEALTHY' }),
    });
    expect(named(half.scrape())[0]).toEqual(['breakwater_a', 1]);
    expect(half.scrape()).toHaveLength(4);
  });

  it('OBS-B13 metrics() that answers later, or without end, is reported', async () => {
    const later = setup({ metrics: (() => Promise.reject(new Error('x'))) as never });
    expect(later.scrape()).toEqual([]);
    const endless = setup({
      *metrics() {
        for (let i = 0; ; i++) yield { name: `breakwater_n${String(i)}`, type: 'gauge' as const, help: 'N.', value: 1 };
      },
    });
    expect(endless.scrape()).toHaveLength(10_000);
    await settle();
    expect(later.reported).toMatchObject([{ code: 'BREAKWATER_INVALID_ARGUMENT' }]);
    expect(endless.reported).toMatchObject([{ code: 'BREAKWATER_W_TOO_MANY_SAMPLES' }]);
  });

  it('OBS-B13 parts of one name within one component are one series, with a warning', async () => {
    const same = { name: 'breakwater_a_total', type: 'counter', help: 'A.', labels: { part: 'x' } } as const;
    const { scrape, reported } = setup({
      metrics: () => [
        { ...same, value: 1 },
        { ...same, value: 2 },
        { ...same, value: 3, labels: { part: 'y' } },
      ],
    });
    expect(named(scrape())).toEqual([
      ['breakwater_a_total', 1],
      ['breakwater_a_total', 3],
    ]);
    await settle();
    expect(reported).toMatchObject([{ code: 'BREAKWATER_W_SAME_SERIES' }]);
  });

  it('OBS-B13 parts whose names only look like fields of secrets stay two', () => {
    const metrics = new MetricsCollector({ name: 'main' });
    for (const name of ['token:refresh', 'token:issue']) observe(new CircuitBreaker({ name }), { metrics });
    const shown = metrics.render('prometheus');
    expect(shown.match(/^breakwater_circuit_state\{.*state="CLOSED".*$/gm)).toHaveLength(2);
    expect(shown).toContain('"token:refresh"');
    expect(shown).toContain('"token:issue"');
  });

  it('OBS-B14 a label of an own component shows no password', () => {
    const labels = { target: 'amqp://app:hunter2secret@mq/x' };
    const { scrape } = setup({
      metrics: () => [{ name: 'breakwater_a', type: 'gauge', help: 'A.', value: 1, labels }],
    });
    expect(JSON.stringify(scrape())).not.toContain('hunter2secret');
  });
});

describe('observe: metrics that are a component themselves', () => {
  it('OBS-B14 show their own values once, and their events like all others', async () => {
    const warned: unknown[] = [];
    const collector = new MetricsCollector({ name: 'main', onListenerError: (error) => warned.push(error) });
    const { lines, logger } = sinks();
    observe(collector, { logger, metrics: collector });
    const text = collector.render('prometheus');
    expect(text.match(/^breakwater_metrics_conflicts_total.*$/gm)).toEqual([
      'breakwater_metrics_conflicts_total{collector="main"} 0',
    ]);
    await settle();
    expect([warned, lines]).toEqual([[], []]);
  });

  it('OBS-B14 a real collector tells two parts of one name apart by leaving the second one out', async () => {
    const warned: unknown[] = [];
    const collector = new MetricsCollector({ onListenerError: (error) => warned.push(error) });
    const make = () => new Bulkhead({ name: 'one', maxConcurrent: 1 });
    observe([make(), make()], { metrics: collector });
    expect(collector.render('prometheus').match(/^breakwater_bulkhead_running.*$/gm)).toHaveLength(1);
    await settle();
    expect(warned).toContainEqual(expect.objectContaining({ code: 'BREAKWATER_W_METRIC_CONFLICT' }));
  });
});

describe('observe: beginning and end', () => {
  it('OBS-B15 stopping stops everything, twice does nothing more', () => {
    const { send, lines, scrape, sources, listeners, stop } = setup();
    send('x');
    stop();
    stop();
    send('x');
    expect([lines.length, scrape(), sources.size, listeners.size]).toEqual([1, [], 0, 0]);
  });

  it('OBS-B15 also when neither the component nor the metrics let go', () => {
    const own = ownPart();
    const sources: (() => Iterable<MetricSample>)[] = [];
    const part = { ...own.part, subscribe: (l: never) => void own.part.subscribe(l) } as unknown as Component;
    const { lines, logger } = sinks();
    const metrics = { collectFrom: (source: () => Iterable<MetricSample>) => void sources.push(source) };
    const stop = observe(part, { logger, metrics: metrics as never });
    own.send('x');
    expect([lines.length, [...(sources[0]?.() ?? [])].length]).toEqual([1, 2]);
    stop();
    own.send('x');
    expect([lines.length, [...(sources[0]?.() ?? [])]]).toEqual([1, []]);
  });

  it('OBS-B16 observed twice with the same logger and metrics it is told of once, until both have stopped', async () => {
    const { part, given, reported, logger, metrics, send, lines, values, sources, stop } = setup();
    const again = observe(part, { logger, metrics, ...given });
    send('x');
    expect([lines.length, values('breakwater_component_events_total').length, sources.size]).toEqual([1, 1, 1]);
    stop();
    stop();
    send('x');
    expect(lines).toHaveLength(2);
    again();
    send('x');
    expect([lines.length, sources.size]).toEqual([2, 0]);
    await settle();
    expect(reported).toEqual([]);
    observe(part, { logger, ...given });
    send('x');
    expect(lines).toHaveLength(3);
  });

  it('OBS-B16 the same for a frozen component, and not for what only inherits from one that is observed', () => {
    const frozen = ownPart();
    const { lines, logger } = sinks();
    Object.freeze(frozen.part);
    for (let i = 0; i < 2; i++) observe(frozen.part, { logger });
    frozen.send('x');
    expect(lines).toHaveLength(1);
    const base = ownPart();
    observe(base.part, { logger });
    const other = ownPart();
    observe(Object.assign(Object.create(base.part) as Component, other.part, { name: 'other' }), { logger });
    other.send('x');
    expect(lines.map(({ message }) => message)).toEqual(['worker mail: x', 'worker other: x']);
  });

  it('OBS-B16 other options for the same logger are left aside, with a warning; another logger is another matter', async () => {
    const { part, given, reported, logger, send, lines } = setup();
    const other = sinks();
    observe(part, { logger, ...given, security: true });
    observe(part, { logger: other.logger, ...given, security: true });
    send('x');
    await settle();
    expect(lines.map(({ type }) => type)).toEqual(['SYSTEM_EVENT']);
    expect(other.lines.map(({ type }) => type)).toEqual(['SECURITY_EVENT']);
    expect(reported).toMatchObject([{ code: 'BREAKWATER_W_OBSERVED_TWICE' }]);
  });

  it('OBS-B17 a component or metrics that throw when observing begins or ends reach nobody', async () => {
    const reported: unknown[] = [];
    const onListenerError = (error: unknown): void => void reported.push(error);
    const boom = (): never => {
      throw new Error('boom');
    };
    const { logger, metrics, scrape } = sinks();
    const deaf = observe(ownPart({ subscribe: boom, kind: 'deaf' }).part, { logger, metrics, onListenerError });
    expect(named(scrape())).toEqual([['breakwater_deaf_queued', 3]]);
    deaf();
    observe(ownPart({ subscribe: () => boom }).part, { logger, metrics: { collectFrom: boom }, onListenerError })();
    observe(ownPart().part, { metrics: { collectFrom: () => boom }, onListenerError })();
    await settle();
    expect(reported).toEqual([new Error('boom'), new Error('boom'), new Error('boom')]);
  });

  it('OBS-B18 several components are observed by one call, and stopped by one', () => {
    const [a, b] = [ownPart({ name: 'a' }), ownPart({ name: 'b' })];
    const { lines, logger, metrics, sources } = sinks();
    const stop = observe([a.part, b.part], { logger, metrics });
    a.send('x');
    b.send('x');
    expect([lines.map(({ message }) => message), sources.size]).toEqual([['worker a: x', 'worker b: x'], 2]);
    stop();
    b.send('x');
    expect([lines.length, sources.size]).toEqual([2, 0]);
  });

  it.each([
    ['nothing', undefined, 'undefined'],
    ['a name only', { kind: 'x', name: 'y' }, 'an object'],
    ['no name', { ...ownPart().part, name: '' }, 'an object'],
    [
      'what cannot be read',
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('no');
          },
        },
      ),
      'an object',
    ],
  ])('OBS-B19 %s is no component', (_, part, got) => {
    const { logger } = sinks();
    expect(() => observe(part as never, { logger })).toThrow(
      `observe: expected a component with kind, name, snapshot() and subscribe(), got ${got}`,
    );
    expect(() => observe([ownPart().part, part as never], { logger })).toThrow('observe: component 2: expected');
  });

  it('OBS-B19 options that cannot work are all named, and nothing is observed', () => {
    const { part, listeners } = ownPart();
    const bad = { logger: {}, metrics: 7, security: 'yes', maxLinesPerSecond: 0, log: 1 };
    expect(() => observe(part, bad as never)).toThrow(
      /log is not an option.*logger must be an object with event\(\).*metrics must be an object with collectFrom\(\), got 7.*security must be true or false.*maxLinesPerSecond must be an integer from 1 to 1000000, got 0/,
    );
    expect(() => observe(part, {})).toThrow('must name a logger, metrics or both');
    expect(() => observe(part, undefined as never)).toThrow('must name a logger, metrics or both');
    expect(listeners.size).toBe(0);
  });
});
