import type { HealthSource } from '../health/report.js';
import { errorText } from '../../core/error-text.js';
import { type HealthStatus, isHealthStatus } from '../../core/health-status.js';
import { markOf, worstFirst } from './marks.js';
import { type Fields, fieldsOf, listOf, nameOf, numberOf, textOf } from './reading.js';
import type { CheckLine, Sample, StatusData } from './status-data.js';

/** As many as the sparkline can tell apart. */
const MOST_SAMPLES = 60;

/** What a report says, or why there is none. @internal */
export interface Asked {
  readonly status: HealthStatus;
  readonly components: readonly Fields[];
  readonly trouble?: string;
}

/** Asks for a report; a source that fails is `UNHEALTHY`, as its route says. @internal */
export async function askReport(source: HealthSource | undefined): Promise<Asked> {
  if (source === undefined) return { status: 'HEALTHY', components: [] };
  try {
    const { status, components } = fieldsOf(await source.check());
    return {
      status: isHealthStatus(status) ? status : 'UNHEALTHY',
      components: listOf(components).map(fieldsOf),
    };
  } catch (error) {
    return { status: 'UNHEALTHY', components: [], trouble: textOf(errorText(error)) ?? 'the report failed' };
  }
}

/** @internal */
export function checkLines({ components, trouble }: Asked, source: HealthSource | undefined): StatusData['checks'] {
  const samples = samplesOf(source);
  const lines = components.map((component): CheckLine => {
    const status = isHealthStatus(component.status) ? component.status : 'UNHEALTHY';
    const name = typeof component.name === 'string' ? component.name : '';
    return {
      name: nameOf(name),
      mark: markOf(status),
      message: textOf(component.message),
      critical: component.critical === true,
      ageMs: numberOf(component.ageMs),
      responseTimeMs: numberOf(component.responseTimeMs),
      samples: samples.get(name) ?? [],
    };
  });
  return { lines: worstFirst(lines, ({ mark }) => mark.tone), total: lines.length, trouble };
}

/** The last results of each check, the oldest first. A source that remembers nothing, or says it wrongly, has none. */
function samplesOf(source: HealthSource | undefined): Map<string, readonly Sample[]> {
  const found = new Map<string, readonly Sample[]>();
  try {
    const { checks } = fieldsOf(source?.history?.());
    for (const check of listOf(checks).map(fieldsOf)) {
      if (typeof check.name !== 'string' || !Array.isArray(check.results)) continue;
      const latest = (check.results as unknown[]).slice(-MOST_SAMPLES).map(fieldsOf);
      found.set(
        check.name,
        latest.flatMap(({ responseTimeMs, status }) => {
          const ms = numberOf(responseTimeMs);
          return ms === undefined || ms === Infinity ? [] : [{ responseTimeMs: ms, healthy: status === 'HEALTHY' }];
        }),
      );
    }
  } catch {
    // The findings themselves are there all the same.
  }
  return found;
}
