import type { HealthStatus } from '../../core/health-status.js';
import type { HealthReport } from '../../health/index.js';
import { ForASecond } from './for-a-second.js';
import type { KnownSource } from './report.js';

/** A report, and the texts that were made of it. @internal */
export class RenderedReport<T> {
  readonly report: HealthReport;
  readonly #texts = new Map<string, T>();

  constructor(report: HealthReport) {
    this.report = report;
  }

  /** @param key - one of a few that the routes choose; nothing of a request may be in it. */
  text(key: string, make: (report: HealthReport) => T): T {
    let text = this.#texts.get(key);
    if (text === undefined) this.#texts.set(key, (text = make(this.report)));
    return text;
  }
}

/** One report of everything a second, and each of its texts once. @internal */
export class SharedReport<T> {
  readonly #latest: ForASecond<Promise<RenderedReport<T>>>;

  /** @param sources - what is checked, in the order in which it is shown. */
  constructor(sources: readonly KnownSource[], now: () => number) {
    this.#latest = new ForASecond(now, () => everything(sources).then((report) => new RenderedReport<T>(report)));
  }

  get(): Promise<RenderedReport<T>> {
    return this.#latest.get();
  }
}

async function everything(sources: readonly KnownSource[]): Promise<HealthReport> {
  const reports = await Promise.all(sources.map((source) => source.check()));
  return { status: worst(reports), components: reports.flatMap(({ components }) => components) };
}

function worst(reports: readonly HealthReport[]): HealthStatus {
  const found = new Set(reports.map(({ status }) => status));
  if (found.has('UNHEALTHY')) return 'UNHEALTHY';
  return found.has('DEGRADED') ? 'DEGRADED' : 'HEALTHY';
}
