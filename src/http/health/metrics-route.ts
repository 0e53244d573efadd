import type { Clock } from '../../core/clock.js';
import type { HealthStatus } from '../../core/health-status.js';
import type { Reporter } from '../../core/reporter.js';
import { contentType, type MetricsFormat, metricsFormat } from '../../observability/metrics/index.js';
import type { RequestView, ResponseShape } from '../exchange.js';
import { send } from '../send.js';
import type { Authorizer } from './authorization.js';
import type { HealthRoute } from './health-routes.js';
import type { PartMetrics } from './part-metrics.js';
import { publicMetrics } from './public-metrics.js';
import { sendStream } from './send-stream.js';
import { SharedScrape } from './shared-scrape.js';
import { varyByAccept } from './vary-by-accept.js';

/** @internal */
export interface MetricsRouteSettings {
  readonly metrics: PartMetrics;
  /** The status of the whole, for those who may see no more. */
  readonly status: () => Promise<HealthStatus>;
  readonly authorized: Authorizer;
  readonly clock: Clock;
  /** Reads the time; never fails. */
  readonly now: () => number;
  readonly reporter: Reporter;
}

/** Counters, gauges and histograms of the service and all parts of the pipeline: always 200, or the scrape would be lost. @internal */
export class MetricsRoute implements HealthRoute {
  readonly name = 'metrics';
  readonly #settings: MetricsRouteSettings;
  readonly #scrapes = new Map<MetricsFormat, SharedScrape>();

  constructor(settings: MetricsRouteSettings) {
    this.#settings = settings;
  }

  async answer(request: RequestView): Promise<void> {
    const format = metricsFormat(request.header('accept'));
    const { response } = request.exchange;
    if (response.headersSent) return;
    if (request.method === 'HEAD') {
      // How long it would be is not known before it is made.
      begin(response, format);
      response.end();
      return;
    }
    const open = await this.#settings.authorized(request);
    if (open && (await this.#stream(request, format))) return;
    this.#send(request, format, publicMetrics(await this.#status(), format));
  }

  /** Whether it was sent; nothing is when the collector fails. */
  async #stream(request: RequestView, format: MetricsFormat): Promise<boolean> {
    const { clock, reporter } = this.#settings;
    try {
      const reading = await this.#scrape(format).read();
      return await sendStream(request, reading, clock, (response) => {
        begin(response, format);
      });
    } catch (error) {
      reporter.listenerError(error);
      return false;
    }
  }

  #scrape(format: MetricsFormat): SharedScrape {
    let scrape = this.#scrapes.get(format);
    if (scrape === undefined) {
      const { metrics, clock, now, reporter } = this.#settings;
      scrape = new SharedScrape(() => metrics.collector().stream(format), clock, now, reporter);
      this.#scrapes.set(format, scrape);
    }
    return scrape;
  }

  async #status(): Promise<HealthStatus> {
    try {
      return await this.#settings.status();
    } catch (error) {
      this.#settings.reporter.listenerError(error);
      return 'UNHEALTHY';
    }
  }

  #send(request: RequestView, format: MetricsFormat, body: string): void {
    const { response } = request.exchange;
    if (response.headersSent) return;
    varyByAccept(response);
    send(request, 200, { contentType: contentType(format), headers: [], body });
  }
}

function begin(response: ResponseShape, format: MetricsFormat): void {
  varyByAccept(response);
  response.statusCode = 200;
  response.setHeader('Content-Type', contentType(format));
  response.setHeader('Cache-Control', 'no-store');
}
