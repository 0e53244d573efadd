import fc from 'fast-check';
import { MetricsCollector } from 'breakwater/metrics';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { runs } from '../../runs.js';
import { parseExposition } from './exposition-parser.js';
import { collect } from './setup.js';

const BOUNDS = [-1, 0, 0.1, 1, 1e6];
/** Values that are shown as they are: no secrets in them, not too long, well-formed. */
const word = fc.oneof(
  fc.constantFrom('', 'a', 'b', 'x|', '|y', 'x,b:y', '"', '\\', '\n', '\\n', '} 1\n', 'overflow', '__proto__', 'é😀'),
  fc.integer({ min: 0, max: 3 }).map(String),
);
const labels = fc.record({ a: word, b: word });
const number = fc.oneof(
  fc.constantFrom(0, -0, 1, -1, 0.1, 1e6, NaN, Infinity, -Infinity, '1', null),
  fc.double({ min: -1e9, max: 1e9, noNaN: true }),
);
const operation = fc.oneof(
  fc.record({ kind: fc.constantFrom('inc', 'set', 'dec', 'observe'), labels, n: number, bound: fc.boolean() }),
  fc.record({ kind: fc.constant('remove'), labels, metric: fc.constantFrom('counter', 'gauge', 'histogram') }),
  fc.record({ kind: fc.constant('reset'), metric: fc.constantFrom('counter', 'gauge', 'histogram') }),
);

type Labels = { readonly a: string; readonly b: string };

/** The same in the simplest way there is: a list of series, looked through from the start. */
class Model {
  readonly series: Record<string, { labels: Labels; value: number; all: number[] }[]> = {
    counter: [],
    gauge: [],
    histogram: [],
  };
  dropped = 0;

  find(metric: string, labels: Labels, limit: number) {
    const list = this.series[metric] ?? [];
    const same = (other: Labels): boolean => other.a === labels.a && other.b === labels.b;
    const found = list.find((series) => same(series.labels));
    if (found !== undefined) return found;
    const isFull = list.length >= limit;
    const its = isFull ? { a: 'overflow', b: 'overflow' } : { ...labels };
    const there = list.find((series) => series.labels.a === its.a && series.labels.b === its.b);
    if (there !== undefined) return there;
    const made = { labels: its, value: 0, all: [] };
    list.push(made);
    return made;
  }
}

describe('a collector', () => {
  it('OBS-M1 OBS-M3 OBS-M5 OBS-M6 agrees with a simple model, in both formats, whatever is done with it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 60 }), async (operations) => {
        const limit = 1_000;
        const metrics = new MetricsCollector({ clock: new ManualClock(), onListenerError: () => undefined });
        const definition = { help: 'h', labels: ['a', 'b'] } as const;
        const own = {
          counter: metrics.counter('c', definition),
          gauge: metrics.gauge('g', definition),
          histogram: metrics.histogram('h', { ...definition, buckets: BOUNDS }),
        };
        const model = new Model();
        for (const step of operations) {
          if (step.kind === 'reset' && 'metric' in step) {
            own[step.metric as keyof typeof own].reset();
            model.series[step.metric] = [];
          } else if ('metric' in step && 'labels' in step) {
            const { a, b } = step.labels;
            const list = model.series[step.metric] ?? [];
            const rest = list.filter((series) => series.labels.a !== a || series.labels.b !== b);
            expect(own[step.metric as keyof typeof own].remove(step.labels)).toBe(rest.length < list.length);
            model.series[step.metric] = rest;
          } else if ('n' in step) {
            const { kind, bound } = step;
            const n = step.n as number;
            const fits = typeof n === 'number' && Number.isFinite(n) && (kind !== 'inc' || n >= 0);
            const metric = kind === 'inc' ? 'counter' : kind === 'observe' ? 'histogram' : 'gauge';
            const series = model.find(metric, step.labels, limit);
            if (!fits) model.dropped++;
            else if (kind === 'observe') series.all.push(n);
            else series.value = kind === 'set' ? n : series.value + (kind === 'dec' ? -n : n);
            if (kind === 'inc') {
              if (bound) own.counter.bind(step.labels).inc(n);
              else own.counter.inc(step.labels, n);
            } else if (kind === 'observe') {
              if (bound) own.histogram.bind(step.labels).observe(n);
              else own.histogram.observe(step.labels, n);
            } else {
              const todo = kind === 'set' ? 'set' : 'dec';
              if (bound) own.gauge.bind(step.labels)[todo](n);
              else own.gauge[todo](step.labels, n);
            }
          }
        }
        for (const format of ['prometheus', 'openmetrics'] as const) {
          const text = metrics.render(format);
          expect(await collect(metrics.stream(format))).toBe(text);
          const found = parseExposition(text, format);
          for (const [metric, name] of [
            ['counter', 'c'],
            ['gauge', 'g'],
          ] as const) {
            expect(found.get(name)?.samples.map(({ labels, value }) => ({ labels, value }))).toEqual(
              model.series[metric]?.map(({ labels, value }) => ({ labels, value: value + 0 })),
            );
          }
          const samples = found.get('h')?.samples ?? [];
          for (const { labels, all } of model.series.histogram ?? []) {
            const its = samples.filter((sample) => sample.labels.a === labels.a && sample.labels.b === labels.b);
            expect(its.map(({ value }) => value)).toEqual([
              ...[...BOUNDS, Infinity].map((bound) => all.filter((value) => value <= bound).length),
              // OpenMetrics has neither beside a negative bound.
              ...(format === 'openmetrics' ? [] : [all.reduce((sum, value) => sum + value, 0), all.length]),
            ]);
          }
          expect(samples).toHaveLength(
            (model.series.histogram ?? []).length * (BOUNDS.length + (format === 'openmetrics' ? 1 : 3)),
          );
          const dropped = found.get(`breakwater_metrics_dropped_values${format === 'openmetrics' ? '' : '_total'}`);
          expect(dropped?.samples[0]?.value).toBe(model.dropped);
        }
        expect(JSON.parse(metrics.render('json'))).toEqual(metrics.snapshot());
      }),
      { numRuns: runs(300) },
    );
  });

  it('OBS-M6 never writes what is no exposition, whatever labels, help and foreign text hold', () => {
    const text = fc.string({ unit: 'binary', maxLength: 60 });
    const hostile = fc.oneof(
      text,
      fc.string({ unit: fc.constantFrom('"', '\\', '\n', '{', '}', ',', 'a', '=', '#', ' ') }),
    );
    const line = fc.oneof(
      hostile,
      hostile.map((value) => `f{a="${value}"} 1`),
      fc.constantFrom(
        '# TYPE f gauge',
        '# TYPE f_total counter',
        '# HELP f h',
        'f 1',
        'f_total 2',
        '# EOF',
        '# TYPE c gauge',
      ),
    );
    fc.assert(
      fc.property(
        fc.array(hostile, { maxLength: 8 }),
        hostile,
        fc.array(line, { maxLength: 20 }),
        (all, help, lines) => {
          const metrics = new MetricsCollector({ clock: new ManualClock(), onListenerError: () => undefined });
          const counter = metrics.counter('c', { help: help === '' ? 'h' : help, labels: ['a'] });
          for (const a of all) counter.inc({ a });
          metrics.collectFrom(() => all.map((b) => ({ name: 's', type: 'gauge', help, value: 1, labels: { b } })));
          metrics.include({ metrics: () => lines.join('\n') });
          for (const format of ['prometheus', 'openmetrics'] as const) {
            const found = parseExposition(metrics.render(format), format);
            expect(found.get('c')?.samples.reduce((sum, { value }) => sum + value, 0)).toBe(all.length);
          }
        },
      ),
      { numRuns: runs(1_000) },
    );
  });
});
