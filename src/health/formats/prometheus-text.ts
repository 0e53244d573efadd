import type { MetricSample } from '../../core/component.js';
import { healthMetrics } from '../metrics.js';
import type { HealthReport } from '../report.js';

/**
 * The report as text of Prometheus, in the metrics that a service itself has. Without details that of the whole alone.
 * @internal
 */
export function prometheusText(report: HealthReport, details: boolean, serviceId = 'default'): string {
  const { status, components } = report;
  const samples = healthMetrics({ version: 1, name: serviceId, status, components: details ? components : [] });
  const families = new Map<string, string[]>();
  for (const { name, type, help, value, labels = {} } of samples) {
    const lines = families.get(name) ?? [`# HELP ${name} ${escape(help)}`, `# TYPE ${name} ${type}`];
    families.set(name, lines);
    lines.push(`${name}${labelText(details ? labels : withoutService(labels))} ${numberText(value)}`);
  }
  return `${[...families.values()].flat().join('\n')}\n`;
}

type Labels = NonNullable<MetricSample['labels']>;

function withoutService({ health: _, ...rest }: Labels): Labels {
  return rest;
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escape(value).replaceAll('"', '\\"')}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escape(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return Number.isFinite(value) ? String(value) : value > 0 ? '+Inf' : '-Inf';
}
