import { describe, expect, it } from 'vitest';
import { linesOf, own, parsed, setup, values } from './setup.js';

const help = 'For a test.';

/** Includes a text; what both formats show of it, after their strict parser has read them, and what was dropped in each. */
function including(text: string, contentType?: string) {
  const { metrics } = setup();
  metrics.include({ metrics: () => `${text}# TYPE fine gauge\nfine 1\n`, contentType });
  const lines = (format: 'prometheus' | 'openmetrics'): string[] => {
    expect(values(parsed(metrics, format).get('fine'))).toEqual([[{}, 1]]);
    return linesOf(metrics, '', format).filter((line) => !/^#|^$|^fine|^breakwater/.test(line));
  };
  const prometheus = lines('prometheus');
  const dropped = (own(metrics, 'dropped_samples_total') ?? 0) / 2;
  const openMetrics = lines('openmetrics');
  expect(own(metrics, 'dropped_samples_total')).toBe(dropped * 4);
  return { prometheus, openMetrics, dropped, conflicts: own(metrics, 'conflicts_total') };
}

describe('a foreign text', () => {
  it.each(['99999999999999999999', '-1e300', 'NaN', '+Inf'])(
    'OBS-M27 loses a line of the time %s, which is none',
    (time) => {
      const { prometheus, openMetrics, dropped } = including(`# TYPE a gauge\na{x="1"} 1 ${time}\na{x="2"} 2\n`);
      expect([prometheus, openMetrics, dropped]).toEqual([['a{x="2"} 2'], ['a{x="2"} 2'], 1]);
    },
  );

  it('OBS-M27 has its times in whole ms, or in seconds', () => {
    const text = '# TYPE a gauge\na 1 1700000000000.4\n';
    expect(including(text).prometheus).toEqual(['a 1 1700000000000']);
    expect(including(text).openMetrics).toEqual(['a 1 1700000000']);
    const seconds = including('# TYPE a gauge\na 1 1700000000.5\n', 'application/openmetrics-text');
    expect([seconds.prometheus, seconds.openMetrics]).toEqual([['a 1 1700000000500'], ['a 1 1700000000.5']]);
  });

  it.each([
    ['a counter that is no number', 'counter', 'a_total{x="1"} NaN'],
    ['a counter below 0', 'counter', 'a_total{x="1"} -1'],
    ['a quantile that is no number', 'summary', 'a{quantile="abc"} 1'],
    ['a quantile above 1', 'summary', 'a{quantile="2"} 1'],
    ['a sum that is no number', 'summary', 'a_sum NaN'],
    ['a count with a fraction', 'summary', 'a_count 1.5'],
    ['an info that is not 1', 'info', 'a_info{x="1"} 2'],
    ['a state without its label', 'stateset', 'a{x="1"} 1'],
    ['a state of neither yes nor no', 'stateset', 'a{a="x"} 0.5'],
    ['a bucket without a bound', 'histogram', 'a_bucket 1'],
    ['a bound that is no number', 'histogram', 'a_bucket{le="x"} 1'],
  ])('OBS-M29 loses %s', (_, type, line) => {
    const { prometheus, openMetrics, dropped } = including(`# TYPE a ${type}\n${line}\n`);
    expect([prometheus, openMetrics, dropped]).toEqual([[], [], 1]);
  });

  const whole = ['a_bucket{le="1"} 1', 'a_bucket{le="+Inf"} 2', 'a_sum 3', 'a_count 2'];
  it.each([
    ['no bucket for all', ['a_bucket{le="2"} 2', ...whole.filter((line) => !line.includes('Inf'))]],
    ['another count than its buckets', [...whole.slice(0, 3), 'a_count 5']],
    ['buckets that fall', ['a_bucket{le="1"} 3', ...whole.slice(1)]],
    ['lines of several times', [...whole.slice(0, 3), 'a_count 2 1700000000000']],
  ])('OBS-M29 loses a series of a histogram with %s, and keeps the others', (_, lines) => {
    const other = whole.map((line) =>
      line.replace(/(?:\{(.*)\})? /, (_, le?: string) => `{${le ? `${le},` : ''}x="y"} `),
    );
    const { prometheus, dropped } = including(`# TYPE a histogram\n${[...lines, ...other].join('\n')}\n`);
    expect(prometheus).toEqual([
      'a_bucket{x="y",le="1"} 1',
      'a_bucket{x="y",le="+Inf"} 2',
      'a_sum{x="y"} 3',
      'a_count{x="y"} 2',
    ]);
    expect(dropped).toBe(4);
  });

  it('OBS-M29 gets the lines of a series together, its buckets in order, and each bound once', () => {
    const { prometheus, openMetrics, dropped } = including(
      [
        '# TYPE a histogram',
        'a_bucket{x="1",le="+Inf"} 2',
        'a_bucket{x="2",le="+Inf"} 7',
        'a_sum{x="2"} 1',
        'a_bucket{x="1",le="1"} 1',
        'a_bucket{x="1",le="1.0"} 1',
        'a_count{x="1"} 2',
        'a_count{x="2"} 7',
        'a_sum{x="1"} 3',
        '# TYPE s summary',
        's{x="1",quantile="1"} 2',
        's{x="2",quantile="0.5"} 2',
        's_sum{x="1"} 2',
        '',
      ].join('\n'),
    );
    expect(prometheus).toEqual([
      'a_bucket{x="1",le="1"} 1',
      'a_bucket{x="1",le="+Inf"} 2',
      'a_count{x="1"} 2',
      'a_sum{x="1"} 3',
      'a_bucket{x="2",le="+Inf"} 7',
      'a_sum{x="2"} 1',
      'a_count{x="2"} 7',
      's{x="1",quantile="1"} 2',
      's_sum{x="1"} 2',
      's{x="2",quantile="0.5"} 2',
    ]);
    expect(openMetrics).toEqual(
      prometheus.map((line) =>
        line
          .replace(/"1"} (?=[12]$)/, '"1.0"} ')
          .replace('_count{x="1.0"', '_count{x="1"')
          .replace('s_sum{x="1.0"', 's_sum{x="1"'),
      ),
    );
    expect(dropped).toBe(1);
  });

  it('OBS-M28 keeps in OpenMetrics what that has of negative values', () => {
    const { prometheus, openMetrics, dropped } = including(
      [
        '# TYPE a histogram',
        'a_bucket{le="-1"} 1',
        'a_bucket{le="+Inf"} 1',
        'a_sum -2',
        'a_count 1',
        '# TYPE s summary',
        's{quantile="0.5"} -2',
        's{quantile="0.9"} NaN',
        's_sum -2',
        's_count 1',
        '',
      ].join('\n'),
    );
    expect(prometheus).toHaveLength(8);
    expect(openMetrics).toEqual([
      'a_bucket{le="-1.0"} 1',
      'a_bucket{le="+Inf"} 1',
      's{quantile="0.9"} NaN',
      's_count 1',
    ]);
    expect(dropped).toBe(0);
  });

  it('OBS-M26 has no family whose name another needs', () => {
    const clash =
      '# TYPE q counter\nq 1\n# TYPE q_created gauge\nq_created 2\n# TYPE i info\ni_info{a="x"} 1\n# TYPE i_info gauge\n';
    expect(including(clash)).toMatchObject({ prometheus: ['q 1', 'i_info{a="x"} 1'], conflicts: 4 });
  });
});

describe('a histogram of negative values', () => {
  it.each([
    ['a bound', [-1, 0, 1], 5, 'h_sum 5'],
    ['a sum', undefined, -1, 'h_sum -1'],
  ])('OBS-M28 has no sum and no count in OpenMetrics when %s is negative', (_, buckets, value, sum) => {
    const { metrics } = setup();
    metrics.histogram('h', { help, buckets }).observe(value);
    const found = parsed(metrics, 'openmetrics').get('h')?.samples ?? [];
    expect(new Set(found.map(({ name }) => name))).toEqual(new Set(['h_bucket']));
    expect(found.at(-1)?.value).toBe(1);
    expect(linesOf(metrics, 'h_')).toEqual(expect.arrayContaining([sum, 'h_count 1']));
  });

  it('OBS-M28 has them again once the sum is 0 or more', () => {
    const { metrics } = setup();
    const took = metrics.histogram('h', { help });
    took.observe(-1);
    took.observe(1);
    expect(parsed(metrics, 'openmetrics').get('h')?.samples.slice(-2)).toMatchObject([{ value: 0 }, { value: 2 }]);
  });
});
