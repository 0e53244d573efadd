import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHardening } from 'breakwater/http';
import { contentType, MetricsCollector } from 'breakwater/metrics';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dashboardExpressions, RULE_CASES, RULE_TESTS, rules, RULES } from '../observability/bridge/deployed.js';
import { observe } from '../observability/bridge/observe.js';
import { everyPart, keepWaiting, useAll } from '../observability/bridge/parts.js';
import { askInEveryWay } from '../observability/bridge/requests.js';
import { eventually, hasPrometheus, Prometheus, promtool, testExpression } from './prometheus.js';

const there = hasPrometheus();

/** A service with every part in it, that serves what it has in both text formats. */
async function startService() {
  const { all, parts, clock, state } = everyPart();
  const metrics = new MetricsCollector({ runtime: true });
  const warnings: unknown[] = [];
  // The collector that is scraped takes the place of the one among the parts.
  const observed = all.map((part) => (part === parts.collector ? metrics : part));
  const onListenerError = (error: unknown): unknown => warnings.push(error);
  const requests = createHardening({ name: 'requests', metrics, ddos: false, health: false, onListenerError });
  observe([...observed, requests], { metrics, onListenerError });
  const server: Server = createServer((request, response) => {
    const format = request.url === '/openmetrics' ? 'openmetrics' : 'prometheus';
    response.setHeader('Content-Type', contentType(format));
    void (async () => {
      for await (const chunk of metrics.stream(format)) response.write(chunk);
      response.end();
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const use = async (from: number, to: number): Promise<void> => {
    for (let i = from; i < to; i++) {
      await useAll(parts, `user-${String(i)}`, `10.0.0.${String(i)}`, clock);
      await askInEveryWay(requests);
    }
  };
  await use(0, 5);
  await keepWaiting(parts, clock);
  const address = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const stop = (): void => {
    server.close();
    server.closeAllConnections();
    metrics[Symbol.dispose]();
  };
  return { metrics, warnings, address, use, state, stop };
}

describe.skipIf(!there)('promtool', () => {
  it('OBS-B40 has nothing against the text of all parts, the collector and the process', async () => {
    const { metrics, stop, warnings } = await startService();
    const text = metrics.render('prometheus');
    stop();
    expect(text.split('\n').length).toBeGreaterThan(200);
    expect(promtool(['check', 'metrics'], text)).toEqual({ status: 0, said: '' });
    expect(warnings).toEqual([]);
    expect(promtool(['check', 'metrics'], `${text}# TYPE bad_total gauge\nbad_total 1\n`).status).not.toBe(0);
  });

  it('OBS-B41 finds the rules and the configuration right, and the rules do what they should', () => {
    expect(promtool(['check', 'rules', RULES])).toMatchObject({ status: 0 });
    expect(promtool(['check', 'config', RULES.replace('breakwater-alerts', 'prometheus')])).toMatchObject({
      status: 0,
    });
    for (const file of [RULE_TESTS, ...RULE_CASES]) {
      const { status, said } = promtool(['test', 'rules', file]);
      expect([status, said.includes('SUCCESS')], said).toEqual([0, true]);
    }
  });

  it('OBS-B45 sees in the panel of circuits the worst state of each service, whatever the others are in', () => {
    const panel = dashboardExpressions().find(({ title }) => title === 'Circuits')?.expr ?? '';
    const inState = (job: string, instance: string, is: string): string[] =>
      ['CLOSED', 'OPEN', 'HALF_OPEN', 'ISOLATED', 'DISABLED'].map((state) => {
        const labels = `job="${job}",instance="${instance}",breaker="db",state="${state}"`;
        return `{ series: 'breakwater_circuit_state{${labels}}', values: '${state === is ? '1' : '0'}' }`;
      });
    const shown = (series: readonly string[], samples: Readonly<Record<string, number>>) =>
      testExpression(panel, series, samples);
    const shop = (value: number) => ({ '{job="shop",breaker="db"}': value });
    const worst = [...inState('shop', '1', 'OPEN'), ...inState('shop', '2', 'HALF_OPEN')];
    expect(shown(worst, shop(2))).toEqual({ status: 0, said: expect.stringContaining('SUCCESS') as string });
    expect(shown(worst, shop(3)).status).not.toBe(0);
    const one = (is: string) => [...inState('shop', '1', is), ...inState('shop', '2', 'CLOSED')];
    expect(shown(one('CLOSED'), shop(0))).toMatchObject({ status: 0 });
    expect(shown(one('HALF_OPEN'), shop(1))).toMatchObject({ status: 0 });
    expect(shown(one('ISOLATED'), shop(3))).toMatchObject({ status: 0 });
    const two = [...inState('shop', '1', 'OPEN'), ...inState('mail', '1', 'CLOSED')];
    expect(shown(two, { ...shop(2), '{job="mail",breaker="db"}': 0 })).toMatchObject({ status: 0 });
  });
});

describe.skipIf(!there)('a real Prometheus that scrapes a service', () => {
  const prometheus = new Prometheus();
  let service: Awaited<ReturnType<typeof startService>>;

  beforeAll(async () => {
    service = await startService();
    await prometheus.start(`
global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }
rule_files: ['${RULES}']
scrape_configs:
  - { job_name: shop, honor_labels: true, metrics_path: /metrics, static_configs: [{ targets: ['${service.address}'] }] }
  - { job_name: open, honor_labels: true, metrics_path: /openmetrics, static_configs: [{ targets: ['${service.address}'] }] }
`);
    // A rate needs two scrapes; what happens between them must be seen.
    const scraped = (times: number) =>
      eventually(`${String(times)} scrapes`, async () => {
        const counts = await prometheus.query('count_over_time(breakwater_metrics_scrape_duration_seconds[5m])');
        return counts.length === 2 && counts.every(({ value }) => Number(value[1]) >= times) ? true : undefined;
      });
    await scraped(1);
    service.state.lost = true;
    await service.use(5, 20);
    await scraped(3);
  });
  afterAll(async () => {
    await prometheus.stop();
    service.stop();
  });

  it('OBS-B42 takes every scrape, in the old text format and in OpenMetrics', async () => {
    const targets = await prometheus.targets();
    expect(targets.map(({ health, lastError }) => [health, lastError])).toEqual([
      ['up', ''],
      ['up', ''],
    ]);
    expect(await prometheus.query('up == 0')).toEqual([]);
  });

  it('OBS-B42 knows what happened in the service', async () => {
    const one = async (expr: string): Promise<number> => Number((await prometheus.query(expr))[0]?.value[1]);
    expect(await one('breakwater_circuit_state{job="shop",breaker="main",state="OPEN"}')).toBe(1);
    expect(await one('breakwater_store_available{job="shop",kind="ddos-protection"}')).toBe(0);
    expect(await one('sum(breakwater_ddos_blocks_total{job="shop",protection="main"})')).toBe(20);
    expect(await one('sum(rate(breakwater_abuse_events_total{job="shop",detector="main"}[1m]))')).toBeGreaterThan(0);
    expect(await one('breakwater_health_status{job="open",status="HEALTHY"}')).toBe(0);
    expect(await one('breakwater_http_refused_total{job="shop",pipeline="main"}')).toBe(20);
    expect(await one('breakwater_http_requests_total{job="open",pipeline="requests"}')).toBe(20 * 6);
    expect(await one('sum(http_server_request_duration_seconds_count{job="shop"})')).toBe(20 * 4);
    expect(await one('sum(http_server_errors_total{job="open",error_type="TypeError"})')).toBe(20);
    expect(await one('nodejs_eventloop_lag_p99_seconds{job="shop"}')).toBeGreaterThan(0);
  });

  it('OBS-B43 evaluates every rule, and begins to alert about what is wrong', async () => {
    const found = await eventually('all rules evaluated', async () => {
      const now = await prometheus.rules();
      return now.every(({ health }) => health !== 'unknown') ? now : undefined;
    });
    // Groups come in the order of their names.
    const states = found.map(({ name, health, lastError = '' }) => `${name} ${health} ${lastError}`).sort();
    expect(states).toEqual(
      rules()
        .map(({ name }) => `${name} ok `)
        .sort(),
    );
    const alerting = await eventually('alerts', async () => {
      const names = (await prometheus.rules()).filter(({ alerts = [] }) => alerts.length > 0).map(({ name }) => name);
      return ['StoreLost', 'CircuitOpen', 'RequestsFail'].every((what) => names.includes(`Breakwater${what}`))
        ? names
        : undefined;
    });
    expect(alerting).not.toContain('BreakwaterRequestsPileUp');
    expect(alerting).not.toContain('BreakwaterSamplesDropped');
    expect(alerting).not.toContain('BreakwaterSeriesOverflow');
  });

  it('OBS-B43 answers every expression of the rules', async () => {
    for (const { name, expr } of rules()) await expect(prometheus.query(expr), name).resolves.toBeInstanceOf(Array);
    await expect(prometheus.query('sum by (')).rejects.toThrow('parse error');
  });

  it('OBS-B44 shows requests by the class of their status, in the panels of requests', async () => {
    const shown = async (title: string, label: string): Promise<(string | undefined)[]> => {
      const panel = dashboardExpressions().find((each) => each.title === title);
      return (await prometheus.query(panel?.expr ?? '')).map(
        ({ metric }) => `${metric['job'] ?? ''} ${metric[label] ?? ''}`,
      );
    };
    expect((await shown('Requests by class of status', 'class')).sort()).toEqual(
      ['open', 'shop'].flatMap((job) => ['2', '4', '5'].map((status) => `${job} ${status}`)),
    );
    expect((await shown('Duration: 99 of 100 requests', 'http_route')).sort()).toEqual(
      ['open', 'shop'].flatMap((job) => ['/search', '/users/:id', 'unmatched'].map((route) => `${job} ${route}`)),
    );
  });

  it('OBS-B44 has something to show in every panel of the dashboard', async () => {
    const expressions = dashboardExpressions();
    expect(expressions.length).toBeGreaterThan(60);
    const empty: string[] = [];
    for (const { title, expr } of expressions) {
      if ((await prometheus.query(expr)).length === 0) empty.push(`${title}: ${expr}`);
    }
    expect(empty).toEqual([]);
  });
});
