import type { MetricSample } from '../../core/component.js';
import { CheckStatus } from '../finding.js';
import type { DeploymentSnapshot } from './result.js';

/** The samples of a checker: nothing before its first run. @internal */
export function deploymentMetrics({ checker, ranAt, durationMs, results }: DeploymentSnapshot): MetricSample[] {
  if (ranAt === undefined || durationMs === undefined) return [];
  const gauge = (what: string, help: string, value: number, labels: Readonly<Record<string, string>> = {}) =>
    ({ name: `breakwater_deployment_${what}`, type: 'gauge', help, value, labels: { checker, ...labels } }) as const;
  return [
    gauge('run_timestamp_seconds', 'When the latest run of the checks began, in seconds since 1970.', ranAt / 1_000),
    gauge('run_duration_seconds', 'How long the latest run of the checks took.', durationMs / 1_000),
    ...results.flatMap(({ id: check, status, crashed }) => [
      ...Object.values(CheckStatus).map((one) =>
        gauge('check_status', 'Whether the check came out like this (1) or not (0).', one === status ? 1 : 0, {
          check,
          status: one,
        }),
      ),
      gauge('check_crashed', 'Whether it could not be found out (1) or could (0).', crashed === true ? 1 : 0, {
        check,
      }),
    ]),
  ];
}
