import { isBreakwaterError, registerSecret } from 'breakwater/core';
import { describe, expect, it } from 'vitest';
import { codeOf, linesOf, own, parsed, setup, values } from './setup.js';

const help = 'For a test.';

describe('series', () => {
  it('OBS-M1 keeps label values apart whatever characters they hold', () => {
    const { metrics } = setup();
    const counter = metrics.counter('jobs_total', { help, labels: ['a', 'b'] });
    for (const labels of [
      { a: 'x|', b: 'y' },
      { a: 'x', b: '|y' },
      { a: 'x,b:y', b: 'z' },
      { a: 'x', b: 'y,b:z' },
      { a: '', b: 'xy' },
      { a: 'xy', b: '' },
      { a: 'x', b: 'y' },
    ])
      counter.inc(labels);
    expect(linesOf(metrics, 'jobs_total')).toHaveLength(7);
    expect(values(parsed(metrics).get('jobs_total')).every((value) => (value as [object, number])[1] === 1)).toBe(true);
  });

  it('OBS-M2 leaves a series as it was when the caller changes the labels object', () => {
    const { metrics } = setup();
    const counter = metrics.counter('jobs_total', { help, labels: ['kind'] });
    const labels = { kind: 'a' };
    counter.inc(labels);
    const bound = counter.bind(labels);
    labels.kind = 'b';
    counter.inc(labels);
    bound.inc(10);
    expect(values(parsed(metrics).get('jobs_total'))).toEqual([
      [{ kind: 'a' }, 11],
      [{ kind: 'b' }, 1],
    ]);
  });

  it.each([[NaN], [Infinity], [-Infinity], [-1], ['5'], [''], [null], [{}], [[]], [true], [5n], [Symbol('x')]])(
    'OBS-M3 drops and counts what is no value: %s',
    async (bad) => {
      const { metrics, warnings } = setup();
      const counter = metrics.counter('jobs_total', { help, labels: ['kind'] });
      const gauge = metrics.gauge('depth', { help, labels: ['kind'] });
      const histogram = metrics.histogram('size', { help, labels: ['kind'], buckets: [1] });
      counter.bind({ kind: 'a' });
      gauge.bind({ kind: 'a' });
      histogram.bind({ kind: 'a' });
      counter.inc({ kind: 'a' }, bad as number);
      counter.bind({ kind: 'a' }).inc(bad as number);
      if (bad !== -1) {
        gauge.set({ kind: 'a' }, bad as number);
        gauge.inc({ kind: 'a' }, bad as number);
        gauge.bind({ kind: 'a' }).dec(bad as number);
        histogram.observe({ kind: 'a' }, bad as number);
        histogram.bind({ kind: 'a' }).observe(bad as number);
      }
      expect(own(metrics, 'dropped_values_total')).toBe(bad === -1 ? 2 : 7);
      expect(linesOf(metrics, 'jobs_total')).toEqual(['jobs_total{kind="a"} 0']);
      expect(linesOf(metrics, 'depth')).toEqual(['depth{kind="a"} 0']);
      expect(linesOf(metrics, 'size_sum')).toEqual(['size_sum{kind="a"} 0']);
      expect(linesOf(metrics, 'size_count')).toEqual(['size_count{kind="a"} 0']);
      expect(await warnings()).toEqual(Array(bad === -1 ? 1 : 3).fill('BREAKWATER_W_METRIC_VALUE'));
    },
  );

  it('OBS-M3 drops what would take a sum out of the range of numbers', () => {
    const { metrics } = setup();
    const counter = metrics.counter('jobs_total', { help });
    const gauge = metrics.gauge('depth', { help });
    const histogram = metrics.histogram('size', { help });
    for (let i = 0; i < 2; i++) {
      counter.inc(Number.MAX_VALUE);
      gauge.inc(Number.MAX_VALUE);
      histogram.observe(Number.MAX_VALUE);
    }
    expect(own(metrics, 'dropped_values_total')).toBe(3);
    expect(linesOf(metrics, 'jobs_total')).toEqual(['jobs_total 1.7976931348623157e+308']);
    expect(linesOf(metrics, 'size_count')).toEqual(['size_count 1']);
  });

  it('OBS-M5 counts a value that equals a bound in that bound; values may be 0 or negative', () => {
    const { metrics } = setup();
    const histogram = metrics.histogram('size', { help, buckets: [-1, 0, 1, 2.5] });
    for (const value of [-2, -1, 0, -0, 1, 1.000001, 2.5, 3]) histogram.observe(value);
    expect(linesOf(metrics, 'size')).toEqual([
      'size_bucket{le="-1"} 2',
      'size_bucket{le="0"} 4',
      'size_bucket{le="1"} 5',
      'size_bucket{le="2.5"} 7',
      'size_bucket{le="+Inf"} 8',
      'size_sum 4.500001',
      'size_count 8',
    ]);
    histogram.observe(-100);
    expect(linesOf(metrics, 'size_sum')).toEqual(['size_sum -95.499999']);
  });

  it('OBS-M6 escapes label values and turns what is no text into text', () => {
    const { metrics } = setup();
    const gauge = metrics.gauge('depth', { help: 'a "help"\\\nwith lines', labels: ['v'] });
    const evil = 'x"} 1\ndepth{v="injected"} 5\n# EOF\n\\';
    const hostile: unknown[] = [
      evil,
      [evil],
      { toString: () => evil.slice(1) },
      {
        toString() {
          throw new Error('no');
        },
      },
      Object.create(null),
      Symbol('s'),
      5n,
      null,
      0,
      -0,
      NaN,
      true,
      'true',
      '\ud800 half',
      'nul\0\r\ttab \u2028',
    ];
    for (const value of hostile) gauge.inc({ v: value as string });
    const found = values(parsed(metrics).get('depth'));
    expect(found).toEqual([
      [{ v: evil }, 2],
      [{ v: evil.slice(1) }, 1],
      [{ v: '[unreadable]' }, 2],
      [{ v: 'Symbol(s)' }, 1],
      [{ v: '5' }, 1],
      [{ v: 'null' }, 1],
      [{ v: '0' }, 2],
      [{ v: 'NaN' }, 1],
      [{ v: 'true' }, 2],
      [{ v: '\ufffd half' }, 1],
      [{ v: 'nul\0\r\ttab \u2028' }, 1],
    ]);
    expect(values(parsed(metrics, 'openmetrics').get('depth'))).toEqual(found);
    expect(parsed(metrics, 'openmetrics').get('depth')?.help).toBe('a "help"\\\nwith lines');
    expect(parsed(metrics).get('depth')?.help).toBe('a "help"\\\nwith lines');
  });

  it('OBS-M6 cuts long values at 200 characters; what is the same then is one series', () => {
    const { metrics } = setup();
    const gauge = metrics.gauge('depth', { help, labels: ['v'] });
    gauge.inc({ v: 'x'.repeat(200) });
    for (const end of ['a', 'b', 'c'.repeat(100_000)]) gauge.inc({ v: 'x'.repeat(200) + end });
    expect(values(parsed(metrics).get('depth'))).toEqual([
      [{ v: 'x'.repeat(200) }, 1],
      [{ v: `${'x'.repeat(199)}…` }, 3],
    ]);
  });

  it('OBS-M8 always shows the zero series of metrics without labels, also after a reset', () => {
    const { metrics } = setup();
    const counter = metrics.counter('jobs_total', { help });
    const gauge = metrics.gauge('depth', { help });
    const histogram = metrics.histogram('size', { help, buckets: [1] });
    const bound = counter.bind({} as never);
    const zero = [
      'jobs_total 0',
      'depth 0',
      'size_bucket{le="1"} 0',
      'size_bucket{le="+Inf"} 0',
      'size_sum 0',
      'size_count 0',
    ];
    const shown = (): string[] => ['jobs_total', 'depth', 'size'].flatMap((name) => linesOf(metrics, name));
    expect(shown()).toEqual(zero);
    for (const clear of ['reset', 'remove'] as const) {
      counter.inc();
      gauge.set(4);
      histogram.observe(0.5);
      expect(shown()).not.toEqual(zero);
      for (const metric of [counter, gauge, histogram]) metric[clear]({} as never);
      expect(shown()).toEqual(zero);
    }
    bound.inc(3);
    expect(shown()[0]).toBe('jobs_total 3');
  });

  it('forgets removed and reset series, and lets bound children go on from 0', () => {
    const { metrics } = setup();
    const counter = metrics.counter('jobs_total', { help, labels: ['a', 'b'] });
    const bound = counter.bind({ a: 'x', b: 'y' });
    bound.inc(5);
    counter.inc({ a: 'x', b: 'z' });
    expect(counter.remove({ a: 'x', b: 'y' })).toBe(true);
    expect(counter.remove({ a: 'x', b: 'y' })).toBe(false);
    expect(counter.remove({ a: 'never', b: 'seen' })).toBe(false);
    expect(linesOf(metrics, 'jobs_total')).toEqual(['jobs_total{a="x",b="z"} 1']);
    bound.inc(2);
    counter.inc({ a: 'x', b: 'y' });
    expect(linesOf(metrics, 'jobs_total')).toEqual(['jobs_total{a="x",b="z"} 1', 'jobs_total{a="x",b="y"} 3']);
    counter.reset();
    expect(linesOf(metrics, 'jobs_total')).toEqual([]);
    bound.inc();
    expect(linesOf(metrics, 'jobs_total')).toEqual(['jobs_total{a="x",b="y"} 1']);
  });

  it('names every label that is unknown or missing', () => {
    const { metrics } = setup();
    const counter = metrics.counter('jobs_total', { help, labels: ['kind', 'constructor'] });
    const wrong = (labels: unknown, ...rest: unknown[]): string => {
      try {
        counter.inc(labels as never, ...(rest as []));
        return 'taken';
      } catch (error) {
        return isBreakwaterError(error, 'BREAKWATER_INVALID_ARGUMENT') ? error.message : String(error);
      }
    };
    expect(wrong({ kind: 'a', constructor: 'b' })).toBe('taken');
    expect(wrong({ kind: 'a' })).toContain("missing label 'constructor'");
    expect(wrong({ kind: undefined, constructor: 'b' })).toContain("missing label 'kind'");
    expect(wrong({ kind: 'a', constructor: 'b', kidn: 1 })).toContain("unknown label 'kidn' (did you mean 'kind'?)");
    expect(wrong({ knid: 'a' })).toMatch(
      /unknown label 'knid'.*missing label 'kind'.*its labels are kind, constructor/,
    );
    expect(wrong(undefined)).toContain("missing label 'kind'");
    expect(wrong(5)).toContain("missing label 'kind'");
    expect(wrong(['a'])).toContain("unknown label '0'");
    expect(codeOf(() => counter.bind({ kind: 'a' } as never))).toBe('BREAKWATER_INVALID_ARGUMENT');
    expect(codeOf(() => counter.remove({} as never))).toBe('BREAKWATER_INVALID_ARGUMENT');
    expect(codeOf(() => metrics.counter('bare_total', { help }).inc({ kind: 'a' } as never))).toBe(
      'BREAKWATER_INVALID_ARGUMENT',
    );
    expect(linesOf(metrics, 'jobs_total')).toEqual(['jobs_total{kind="a",constructor="b"} 1']);
  });

  it('measures time on its clock, once for each timer', () => {
    const { metrics, clock } = setup();
    const histogram = metrics.histogram('took_seconds', { help, labels: ['route', 'ok'], buckets: [1, 2] });
    const labels = { route: '/a' };
    const end = histogram.startTimer(labels);
    labels.route = '/b';
    clock.advance(1_500);
    expect(end({ ok: true })).toBe(1.5);
    clock.advance(1_000);
    expect(end({ ok: false })).toBe(1.5);
    const again = histogram.bind({ route: '/a', ok: true }).startTimer();
    clock.set(0);
    expect(again()).toBe(0);
    expect(linesOf(metrics, 'took_seconds_sum')).toEqual(['took_seconds_sum{route="/a",ok="true"} 1.5']);
    expect(linesOf(metrics, 'took_seconds_count')).toEqual(['took_seconds_count{route="/a",ok="true"} 2']);
    expect(codeOf(() => histogram.startTimer({ rout: 'x' } as never))).toBe('BREAKWATER_INVALID_ARGUMENT');
    expect(histogram.startTimer({ route: 'x' })()).toBe(0);
    const plain = metrics.histogram('plain_seconds', { help }).startTimer();
    expect(plain()).toBe(0);
  });

  it('shows no secret that a label, a help text or a name holds', () => {
    const { metrics } = setup();
    using _ = registerSecret('hunter2-and-more');
    const gauge = metrics.gauge('depth', { help: 'of hunter2-and-more at pg://me:pass@db/x', labels: ['v'] });
    gauge.inc({ v: 'is hunter2-and-more' });
    gauge.inc({ v: 'is hunter2-and-more' });
    gauge.inc({ v: 'postgres://user:topsecret@host/db' });
    gauge.bind({ v: 'password=topsecret' }).inc();
    for (const format of ['prometheus', 'openmetrics', 'json'] as const) {
      expect(metrics.render(format)).not.toMatch(/hunter2|topsecret|me:pass/);
    }
    expect(values(parsed(metrics).get('depth'))[0]).toEqual([{ v: 'is [secret]' }, 2]);
  });
});
