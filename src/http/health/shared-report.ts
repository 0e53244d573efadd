import { HealthStatus, worse } from '../../core/health-status.js';
import type { HealthReport } from '../../health/index.js';
import { ForASecond } from './for-a-second.js';
import type { KnownSource } from './report.js';
import type { HealthAnswer } from './send-report.js';

/** A report, and the texts that were made of it. @internal */
export class RenderedReport {
  readonly report: HealthReport;
  readonly #texts = new Map<string, HealthAnswer>();

  constructor(report: HealthReport) {
    this.report = report;
  }

  /** @param key - one of a few that the routes choose; nothing of a request may be in it. */
  text(key: string, make: (report: HealthReport) => HealthAnswer): HealthAnswer {
    let text = this.#texts.get(key);
    if (text === undefined) this.#texts.set(key, (text = make(this.report)));
    return text;
  }
}

/** One report of everything a second, and each of its texts once. @internal */
export class SharedReport {
  readonly #latest: ForASecond<Promise<RenderedReport>>;

  /** @param sources - what is checked, in the order in which it is shown. */
  constructor(sources: readonly KnownSource[], now: () => number) {
    this.#latest = new ForASecond(now, () => everything(sources).then((report) => new RenderedReport(report)));
  }

  get(): Promise<RenderedReport> {
    return this.#latest.get();
  }
}

async function everything(sources: readonly KnownSource[]): Promise<HealthReport> {
  const reports = await Promise.all(sources.map((source) => source.check()));
  return {
    status: reports.map((report) => report.status).reduce(worse, HealthStatus.HEALTHY),
    components: reports.flatMap(({ components }) => components),
  };
}
