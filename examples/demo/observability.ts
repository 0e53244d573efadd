import type { Component } from 'breakwater/core';
import type { Hardening } from 'breakwater/http';
import { type LogDestination, StructuredLogger } from 'breakwater/logger';
import { MetricsCollector, observe, PerformanceMonitor } from 'breakwater/metrics';

/** Lines of one kind in a second: a flood must not fill the disk. Errors are never left out. */
const LINES_PER_SECOND = 20;

/** What the service shows of itself: lines of JSON, metrics for a scrape, durations. */
export class Observability {
  readonly logger: StructuredLogger;
  readonly metrics = new MetricsCollector({ runtime: true });
  /** Milliseconds of queries and requests, with quantiles. */
  readonly durations = new PerformanceMonitor({ name: 'durations' });

  /** @param secrets - values that are masked wherever they would stand. */
  constructor(destination: LogDestination | string | number, secrets: readonly string[]) {
    this.logger = new StructuredLogger({
      service: 'demo',
      destination,
      redact: { values: secrets },
      rateCap: { perMessage: LINES_PER_SECOND },
    });
    // Lines about lines would come in circles.
    observe([this.logger, this.durations], { metrics: this.metrics });
    observe(this.metrics, { logger: this.logger });
  }

  /** Shows parts to both: their events become lines, their values are in every scrape. The returned function stops that. */
  show(...parts: readonly Component[]): () => void {
    return observe(parts, { logger: this.logger, metrics: this.metrics });
  }

  /** The pipeline writes its lines itself, so it is shown to the metrics alone. */
  showPipeline(hardening: Hardening): void {
    observe(hardening, { metrics: this.metrics });
    hardening.on('request', ({ durationMs }) => {
      this.durations.record('http.request_ms', durationMs);
    });
  }

  async close(): Promise<void> {
    this.metrics.dispose();
    await this.logger.flush(1_000);
  }
}
