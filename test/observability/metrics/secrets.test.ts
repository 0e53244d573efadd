import { registerSecret } from 'breakwater/core';
import { MetricsCollector } from 'breakwater/metrics';
import { describe, expect, it } from 'vitest';
import { linesOf, own, setup } from './setup.js';

const help = 'For a test.';
const SECRET = 'hunter2_is_a_secret';

function thrown(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return `${String(error)} ${JSON.stringify(error)}`;
  }
  throw new Error('nothing was thrown');
}

describe('secrets in metrics', () => {
  it('OBS-M20 a label whose name is sensitive shows no value: own, sampled, foreign, exemplar', () => {
    const { metrics } = setup();
    metrics.counter('own_total', { help, labels: ['api_key'] }).inc({ api_key: 'k-1' });
    metrics.collectFrom(() => [{ name: 'sampled', type: 'gauge', help, value: 1, labels: { password: 'p-1' } }]);
    metrics.include({ metrics: () => '# TYPE foreign gauge\nforeign{token="t-1"} 1\n' });
    metrics.counter('traced_total', { help }).inc(1, { token: 'e-1' });
    const text = metrics.render('openmetrics');
    expect(text).toContain('own_total{api_key="[secret]"} 1');
    expect(text).toContain('sampled{password="[secret]"} 1');
    expect(text).toContain('foreign{token="[secret]"} 1');
    expect(text).toContain('# {token="[secret]"} 1');
  });

  it('OBS-M38 a label whose name is sensitive is warned of when its metric is registered', async () => {
    const { metrics, warnings, reports } = setup();
    for (let i = 0; i < 2; i++) metrics.counter('jobs_total', { help, labels: ['queue', 'routing_key'] });
    metrics.gauge('depth', { help, labels: ['queue'] });
    expect(await warnings()).toEqual(['BREAKWATER_W_SENSITIVE_LABEL']);
    expect(String(reports[0])).toContain("metric 'jobs_total' has the label 'routing_key'");
  });

  it('OBS-M20 the text of a label is masked like any text; a part keeps its name', () => {
    const { metrics } = setup();
    const text = 'Bearer abcdefgh12345678';
    metrics.counter('own_total', { help, labels: ['note'] }).inc({ note: text });
    metrics.counter('json_total', { help, labels: ['note'] }).inc({ note: '{"password":"p-123"}' });
    metrics.collectFrom(() => [
      { name: 'sampled', type: 'gauge', help, value: 1, labels: { note: 'token=abc123', breaker: 'token:refresh' } },
      { name: 'sampled', type: 'gauge', help, value: 2, labels: { note: 'token=abc123', breaker: 'token:issue' } },
    ]);
    metrics.include({ metrics: () => `# TYPE foreign gauge\nforeign{note="${text}"} 1\n` });
    const shown = metrics.render('prometheus');
    expect(shown).not.toMatch(/abcdefgh|p-123|abc123/);
    expect(shown).toContain('breaker="token:refresh"');
    expect(shown).toContain('breaker="token:issue"');
  });

  it('OBS-M20 no name may hold a registered secret, and no error shows one', () => {
    using _ = registerSecret(SECRET);
    const { metrics } = setup();
    const errors = [
      thrown(() => metrics.counter(`${SECRET}_total`, { help })),
      thrown(() => metrics.gauge('depth', { help, labels: [SECRET] })),
      thrown(() => new MetricsCollector({ prefix: SECRET })),
      thrown(() => new MetricsCollector({ [SECRET]: 1 } as never)),
      thrown(() => metrics.gauge('d', { help, labels: ['a'] }).set({ [`${'x'.repeat(55)}${SECRET}`]: 1 } as never, 1)),
    ];
    for (const error of errors) expect(error).not.toContain('hunter2');
    expect(errors[0]).toContain('must not hold a registered secret');
    metrics.collectFrom(() => [
      { name: SECRET, type: 'gauge', help, value: 1 },
      { name: 'x', type: 'gauge', help, value: 1, labels: { [SECRET]: 'a' } },
    ]);
    metrics.include({ metrics: () => `# TYPE ${SECRET} gauge\n${SECRET} 1\n# TYPE y gauge\ny{${SECRET}="1"} 1\n` });
    expect(metrics.render('prometheus')).not.toContain('hunter2');
    expect(own(metrics, 'dropped_samples_total')).toBe(5);
  });

  it('OBS-M20 a name that became a secret is in no conflict', () => {
    const { metrics } = setup();
    metrics.counter('became_a_secret', { help, labels: ['also_secret_now'] });
    const before = metrics.counter('became', { help, labels: ['also_secret_now'] });
    using _ = registerSecret('also_secret_now');
    const shown = thrown(() => metrics.counter('became', { help }));
    expect(shown).toContain('its labels are [secret], not none');
    expect(shown).not.toContain('also_secret_now');
    expect(thrown(() => before.inc({} as never))).not.toContain('also_secret_now');
  });

  it('OBS-M20 foreign help is masked before it is trimmed', () => {
    using _ = registerSecret('  spaced secret value');
    const { metrics } = setup();
    metrics.include({ metrics: () => '# HELP x   spaced secret value\n# TYPE x gauge\nx 1\n' });
    expect(linesOf(metrics, '# HELP x')).toEqual(['# HELP x [secret]']);
  });
});
