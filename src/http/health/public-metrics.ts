import { HealthStatus } from '../../core/health-status.js';
import { healthResponse } from '../../health/index.js';
import type { MetricsFormat } from '../../observability/metrics/index.js';

const HEALTH = /* @__PURE__ */ Object.freeze({
  name: 'breakwater_health_status',
  help: 'Whether the service as a whole is in this state (1) or not (0).',
});

const UP = /* @__PURE__ */ Object.freeze({ name: 'breakwater_up', help: 'Whether the process answers (1).' });

/** What everybody may see of a scrape: that the process answers, and the status of the whole. @internal */
export function publicMetrics(status: HealthStatus, format: MetricsFormat): string {
  if (format === 'json') return asJson(status);
  const up = `# HELP ${UP.name} ${UP.help}\n# TYPE ${UP.name} gauge\n${UP.name} 1\n`;
  const { body } = healthResponse({ status, components: [] }, { format: 'prometheus' });
  // Gauges are written alike in both formats.
  return `${up}${body}${format === 'openmetrics' ? '# EOF\n' : ''}`;
}

/** In the shape of a collector's snapshot. */
function asJson(status: HealthStatus): string {
  const states = Object.values(HealthStatus).map((one) => ({ labels: { status: one }, value: one === status ? 1 : 0 }));
  const gauges = [
    { ...UP, series: [{ labels: {}, value: 1 }] },
    { ...HEALTH, series: states },
  ];
  return JSON.stringify({ counters: [], gauges, histograms: [] });
}
