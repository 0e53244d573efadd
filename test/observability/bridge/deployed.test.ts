import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUCKETS, METRICS_COLLECTOR_DEFAULTS } from 'breakwater/metrics';
import { describe, expect, it } from 'vitest';
import { exportedByCollector } from './collector.js';
import {
  dashboard,
  dashboardExpressions,
  labelsIn,
  namesIn,
  PROMETHEUS,
  RULE_CASES,
  RULE_TESTS,
  rules,
} from './deployed.js';
import { type Exported, exportedByParts } from './exported.js';
import { exportedByRequests } from './requests.js';

const ROOT = join(import.meta.dirname, '../../..');
const page = readFileSync(join(ROOT, 'docs/monitoring.md'), 'utf8');
const known = async (): Promise<Map<string, Exported>> =>
  new Map([...(await exportedByParts()), ...(await exportedByRequests()), ...exportedByCollector()]);

/** The names under which a scrape has a metric. */
const scraped = ([name, { type }]: readonly [string, Exported]): string[] =>
  type === 'histogram' ? ['bucket', 'sum', 'count'].map((part) => `${name}_${part}`) : [name];
/** The metrics of a scrape by those names. */
const scrapedBy = (families: Map<string, Exported>): Map<string, Exported> =>
  new Map([...families].flatMap((each) => scraped(each).map((name) => [name, each[1]])));

/** Labels of an expression that none of its metrics has. */
function strangersIn(expr: string, metrics: Map<string, Exported>): string[] {
  const labels = namesIn(expr).flatMap((name) => metrics.get(name)?.labels ?? []);
  const there = new Set(['job', 'instance', 'le', ...labels]);
  return labelsIn(expr).filter((label) => !there.has(label));
}

describe('docs/monitoring.md', () => {
  const rows = [...page.matchAll(/^\| `([a-z0-9_]+)` +\| (\w+) +\| (.*?) +\| (.+?) +\|$/gm)].map(
    ([, name = '', type, labels = '', help]) => ({ name, type, labels, help }),
  );
  const byName = (a: readonly unknown[], b: readonly unknown[]): number => (String(a[0]) < String(b[0]) ? -1 : 1);

  it.each([
    ['part', 60, exportedByParts],
    ['request', 5, exportedByRequests],
  ] as const)('OBS-B30 lists every metric of every %s as it is: type, labels, meaning', async (_, most, exported) => {
    const parts = await exported();
    const listed = rows
      .filter(({ name }) => parts.has(name))
      .map(({ name, type, labels, help }) => [name, type, [...labels.matchAll(/`(\w+)`/g)].map(([, l]) => l), help]);
    const families = [...parts].map(([name, { type, labels, help }]) => [name, type, labels, help]);
    expect(families.length).toBeGreaterThan(most);
    expect(listed.sort(byName)).toEqual(families.sort(byName));
  });

  it('OBS-B30 lists those of the collector and the process, and none that nobody has', async () => {
    const listed = rows.map(({ name, type }) => [name, type]);
    const families = [...(await known())].map(([name, { type }]) => [name, type]);
    expect(listed.sort(byName)).toEqual(families.sort(byName));
  });

  it('OBS-B30 explains every alert', () => {
    const alerts = rules().filter(({ kind }) => kind === 'alert');
    const listed = [...page.matchAll(/^\| `(Breakwater\w+)` +\| (\w+) +\| (\w+) +\| .{10,} \|$/gm)];
    const field = (text: string, name: string): string | undefined =>
      new RegExp(`^ +${name}: (\\S+)$`, 'm').exec(text)?.[1];
    expect(listed.map(([, name, severity, after]) => [name, severity, after])).toEqual(
      alerts.map(({ name, text }) => [name, field(text, 'severity'), field(text, 'for')]),
    );
  });
});

describe('the alert rules', () => {
  it('OBS-B31 ask only for what is exported', async () => {
    const metrics = scrapedBy(await known());
    const names = new Set([...metrics.keys(), ...rules().map(({ name }) => name)]);
    const asked = rules().flatMap(({ expr }) => namesIn(expr));
    expect(asked.length).toBeGreaterThan(50);
    expect(asked.filter((name) => !names.has(name))).toEqual([]);
    // Of a ratio that is recorded the labels are those of the rule.
    const plain = rules().filter(({ expr }) => !namesIn(expr).some((name) => name.includes(':')));
    expect(plain.length).toBeGreaterThan(40);
    for (const { name, expr } of plain) expect(strangersIn(expr, metrics), name).toEqual([]);
  });

  it('OBS-B31 send to pages and sections that there are', () => {
    const sent = rules().flatMap(({ text }) => [...text.matchAll(/(docs\/[\w-]+\.md)(?:, ([A-Z][\w, ]+\w))?/g)]);
    expect(sent.length).toBeGreaterThan(30);
    for (const [whole, file = '', section] of sent) {
      const headings = [...readFileSync(join(ROOT, file), 'utf8').matchAll(/^#+ (.+)$/gm)].map(
        ([, heading]) => heading,
      );
      if (section !== undefined) expect(headings, whole).toContain(section);
    }
  });

  it('OBS-B31 say how long, how bad, what happened and what to do, and each has its unit test', () => {
    const alerts = rules().filter(({ kind }) => kind === 'alert');
    const tests = readFileSync(RULE_TESTS, 'utf8');
    expect(alerts.length).toBeGreaterThan(30);
    for (const { name, expr, text } of alerts) {
      expect(name).toMatch(/^Breakwater[A-Z]\w+$/);
      expect(expr, name).not.toBe('');
      expect(text, name).toMatch(/^ {8}for: [1-9]\d*[mh]$/m);
      expect(text, name).toMatch(/^ {10}severity: (info|warning|critical)$/m);
      for (const field of ['summary', 'description', 'runbook'])
        expect(text, name).toMatch(new RegExp(`^ {10}${field}: .{10,}$`, 'm'));
      // Once when it fires, and once in an hour in which it does not.
      expect(tests.split(`alertname: ${name}\n`).length - 1, name).toBe(3);
    }
    expect(new Set(alerts.map(({ name }) => name)).size).toBe(alerts.length);
  });

  it('OBS-B33 are tested with courses of events for alerts that there are', () => {
    const names = new Set(rules().map(({ name }) => name));
    for (const file of RULE_CASES) {
      const tested = [...readFileSync(file, 'utf8').matchAll(/alertname: (\w+)$/gm)].map(([, name = '']) => name);
      expect(tested.length, file).toBeGreaterThan(20);
      expect(tested.filter((name) => !names.has(name))).toEqual([]);
    }
  });

  it('OBS-B33 warn before a scrape is dropped, and not before ten default histograms are full', () => {
    const limit = Number(/^ {4}sample_limit: (\d+)$/m.exec(readFileSync(PROMETHEUS, 'utf8'))?.[1]);
    const { maxSeriesPerMetric } = METRICS_COLLECTOR_DEFAULTS;
    // Of each series the buckets, +Inf, the sum and the count; the overflow series comes on top.
    const full = (maxSeriesPerMetric + 1) * (BUCKETS.HTTP_SECONDS.length + 3);
    expect(limit).toBeGreaterThan(10 * full);
    const rule = rules().find(({ name }) => name === 'BreakwaterScrapeNearlyTooLarge');
    expect(rule?.expr).toContain(`> ${String(limit * 0.8)}\n`);
    expect(rule?.text).toContain(`sample_limit of ${String(limit)} `);
  });
});

describe('the dashboard', () => {
  it('OBS-B32 asks only for what is exported, and shows all of it', async () => {
    const families = await known();
    const metrics = scrapedBy(families);
    const asked = new Set(dashboardExpressions().flatMap(({ expr }) => namesIn(expr)));
    expect([...asked].filter((name) => !metrics.has(name))).toEqual([]);
    const own = [...families].filter(([name]) => /^(breakwater|http_server)_/.test(name));
    expect(own.filter((family) => !scraped(family).some((name) => asked.has(name))).map(([name]) => name)).toEqual([]);
    for (const { expr, title } of dashboardExpressions()) expect(strangersIn(expr, metrics), title).toEqual([]);
  });

  it('OBS-B32 has panels that do not overlap, each with a number, a name and a word about it', () => {
    const { panels } = dashboard();
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = new Set<string>();
    for (const { type, title, description, gridPos, targets = [] } of panels) {
      const { x, y, w, h } = gridPos;
      expect([w > 0, h > 0, x >= 0, x + w <= 24], title).toEqual([true, true, true, true]);
      for (let i = x; i < x + w; i++) {
        for (let j = y; j < y + h; j++) {
          expect(cells.has(`${String(i)} ${String(j)}`), `${title} overlaps`).toBe(false);
          cells.add(`${String(i)} ${String(j)}`);
        }
      }
      if (type === 'row') continue;
      expect((description ?? '').length, title).toBeGreaterThan(20);
      expect(targets.length, title).toBeGreaterThan(0);
      expect(new Set(targets.map(({ refId }) => refId)).size, title).toBe(targets.length);
      for (const { expr } of targets) expect(expr, title).toContain('job=~"$job",instance=~"$instance"');
    }
  });

  it('OBS-B34 keeps services apart: what is brought together has its job, and shows it', () => {
    const targets = dashboard().panels.flatMap(({ targets = [] }) => targets);
    const grouped = targets.filter(({ expr }) => / by \(/.test(expr));
    expect(grouped.length).toBeGreaterThan(60);
    for (const { expr, legendFormat } of grouped) {
      expect(expr.replaceAll(/ by \(job[,)]/g, ''), expr).not.toContain(' by (');
      expect(legendFormat, expr).toMatch(/^\{\{job\}\} /);
      const groups = [...expr.matchAll(/ by \(([^)]*)\)/g)].flatMap(([, labels = '']) => labels.split(', '));
      const shown = [...(legendFormat ?? '').matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
      expect(
        shown.filter((label) => !groups.includes(label)),
        expr,
      ).toEqual([]);
    }
  });

  it('OBS-B32 takes its source of data, its jobs and its instances from variables', () => {
    const { templating, panels } = dashboard();
    expect(templating.list.map(({ name }) => name)).toEqual(['datasource', 'job', 'instance']);
    const sources = [...JSON.stringify(panels).matchAll(/"uid":"([^"]*)"/g)].map(([, uid]) => uid);
    expect(new Set(sources)).toEqual(new Set(['${datasource}']));
  });
});
