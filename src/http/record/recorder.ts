import { incomingTrace } from '../../internal/trace-step.js';
import { HexIds } from '../../internal/hex-ids.js';
import type { Reporter } from '../../core/reporter.js';
import type { RequestView, Told } from '../exchange.js';
import { fillHeaders } from '../headers/fill-headers.js';
import type { EventLogger } from '../options.js';
import { accessLog } from './access-log.js';
import { httpMetrics, httpMonitor } from './http-metrics.js';
import type { HttpMetrics, HttpMonitor } from './metric-sinks.js';
import { OpenRecord, type RecordSettings } from './open-record.js';
import { tellInContext } from './request-context.js';
import type { RequestIds } from './request-id.js';
import type { RecordTeller, RequestRecord } from './request-record.js';
import type { ShownExtras } from './shown-extras.js';
import { slowLog } from './slow-log.js';

/** @internal */
export interface RecorderSettings {
  readonly ids: RequestIds | undefined;
  readonly extras: ShownExtras | undefined;
  /** Whether requests leave records for those who listen, and lines in the access log. */
  readonly keepsRecords: boolean;
  readonly logger: EventLogger | undefined;
  /** The logger as it was given: pipelines that share it write one line. */
  readonly givenLogger: object | undefined;
  /** Which requests leave no line in the access log. */
  readonly skip: ((record: RequestRecord) => boolean) | undefined;
  readonly metrics: HttpMetrics | undefined;
  readonly monitor: HttpMonitor | undefined;
  /** Counts requests, and tells those who listen. */
  readonly counts: RecordTeller;
  readonly slowRequestMs: (request: RequestView) => number;
  /** Reads the time; never fails. */
  readonly now: () => number;
  readonly reporter: Reporter;
}

/** Opens the records of requests, and knows who is told of them. @internal */
export class Recorder {
  readonly #settings: RecorderSettings;
  readonly #logs: readonly RecordTeller[];
  readonly #measures: readonly RecordTeller[];
  readonly #traceIds = new HexIds();
  readonly #failed: (error: unknown) => void;
  readonly #told: Told;

  constructor(settings: RecorderSettings) {
    const { keepsRecords, logger, givenLogger = {}, metrics, monitor, counts, reporter } = settings;
    this.#settings = settings;
    this.#failed = (error) => {
      reporter.listenerError(error);
    };
    this.#told = (response, tell) => {
      tellInContext(logger, response, reporter, tell);
    };
    this.#logs = keepsRecords
      ? [
          counts,
          ...(logger === undefined ? [] : [accessLog({ logger, target: givenLogger, skip: settings.skip, reporter })]),
        ]
      : [];
    this.#measures = [
      counts,
      ...(metrics === undefined ? [] : [httpMetrics(metrics)]),
      ...(monitor === undefined ? [] : [httpMonitor(monitor, reporter)]),
      ...(logger === undefined ? [] : [slowLog(logger, givenLogger)]),
    ];
  }

  /** Gives the request an id and its place in a trace, and opens its record for the access log. */
  open(request: RequestView): void {
    const { headers } = request.exchange;
    const { ids, logger } = this.#settings;
    const { state } = request;
    if (ids !== undefined) {
      state.id ??= ids.of(request.header('x-request-id'));
      fillHeaders(request, [['X-Request-Id', state.id]]);
    }
    // A trace that nobody began and no line tells of is nothing but work.
    if (headers['traceparent'] !== undefined || (logger?.withTrace ?? logger?.contextRunner) !== undefined) {
      state.trace ??= incomingTrace(headers, this.#traceIds);
    }
    this.join(request, this.#logs);
  }

  /** Opens its record for what measures requests. */
  measure(request: RequestView): void {
    this.join(request, this.#measures);
  }

  /** Has more told of the request's record. */
  join(request: RequestView, tellers: readonly RecordTeller[]): void {
    if (tellers.length === 0) return;
    const { state } = request;
    const open = (state.open ??= new OpenRecord(request, this.#recordSettings(request)));
    for (const teller of tellers) open.join(teller, this.#told);
  }

  #recordSettings(request: RequestView): RecordSettings {
    const { extras, now, slowRequestMs } = this.#settings;
    return { slowRequestMs: slowRequestMs(request), extras, now, failed: this.#failed };
  }
}
