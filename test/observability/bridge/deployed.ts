import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** The files that are deployed beside a service. */
export const RULES = join(ROOT, 'deploy/prometheus/breakwater-alerts.yml');
export const RULE_TESTS = join(ROOT, 'deploy/prometheus/tests/breakwater-alerts.test.yml');
/** Courses of events, and of requests, that the rules must see, or must not. */
export const RULE_CASES = ['cases', 'requests'].map((what) =>
  join(ROOT, `deploy/prometheus/tests/breakwater-${what}.test.yml`),
);
export const PROMETHEUS = join(ROOT, 'deploy/prometheus/prometheus.yml');

/** One rule: what it is called, and its fields as they are written. */
export interface Rule {
  readonly name: string;
  readonly kind: 'alert' | 'record';
  readonly expr: string;
  readonly text: string;
}

/** The rules of the file, which has each expression in a block of its own. */
export function rules(): Rule[] {
  const text = read('deploy/prometheus/breakwater-alerts.yml');
  return text
    .split(/^ {6}- (?=alert: |record: )/m)
    .slice(1)
    .map((rule) => {
      const [, kind = '', name = ''] = /^(alert|record): (\S+)/.exec(rule) ?? [];
      const expr = /^ {8}expr: \|-\n((?: {10}.*\n)+)/m.exec(rule)?.[1] ?? '';
      return { name, kind: kind as Rule['kind'], expr: expr.replace(/^ {10}/gm, '').trim(), text: rule };
    });
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly refId: string; readonly expr: string; readonly legendFormat?: string }[];
}

interface Dashboard {
  readonly uid: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
}

export function dashboard(): Dashboard {
  return JSON.parse(read('deploy/grafana/breakwater-dashboard.json')) as Dashboard;
}

/** The expressions of the panels, by title; variables stand for everything. */
export function dashboardExpressions(): { readonly title: string; readonly expr: string }[] {
  return dashboard().panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({
      title,
      expr: expr.replaceAll('$job', '.*').replaceAll('$instance', '.*').replaceAll('$__rate_interval', '1m'),
    })),
  );
}

/** The metrics that an expression asks for. */
export function namesIn(expr: string): string[] {
  return [
    ...expr
      .replace(/"[^"]*"/g, '""')
      .matchAll(/\b(?:\w+:)?(?:breakwater|http_server|nodejs|process)_[a-z0-9_]+(?::\w+)?/g),
  ].map(([name]) => name);
}

/** The labels that an expression asks for, groups by or joins on; those that it makes itself are none of these. */
export function labelsIn(expr: string): string[] {
  const made = [...expr.matchAll(/, "(\w+)", "[^"]*", "\w+", "[^"]*"\)/g)].map(([, label]) => label);
  const asked = [...expr.matchAll(/(\w+)(?:=~|!~|!=|=)"/g)].map(([, label = '']) => label);
  const listed = [...expr.matchAll(/\b(?:by|without|on) \(([^)]*)\)/g)].flatMap(([, labels = '']) =>
    labels.split(', '),
  );
  return [...asked, ...listed].filter((label) => !made.includes(label));
}
