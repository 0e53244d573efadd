import type { Reporter } from '../../core/reporter.js';
import { BUCKETS } from '../../observability/metrics/index.js';
import type { HttpLevel, HttpMetrics, HttpMonitor, HttpSeries } from './metric-sinks.js';
import { type HttpMethod, methodOf } from './http-method.js';
import { isError, type RecordTeller, type RequestRecord, wasGivenUp } from './request-record.js';

/** Streams stay open for minutes and hours. */
const OPEN_SECONDS = /* @__PURE__ */ Object.freeze([1, 10, 60, 300, 900, 3_600, 14_400, 86_400]);

/** Series whose place is remembered; more of them are looked up each time. */
const MOST_REMEMBERED = 2_000;

/** Series by route and then by what else they are told apart by. */
class Places {
  readonly #byRoute = new Map<string, Map<string | number, HttpSeries>>();
  #size = 0;

  /** What is remembered for these, or what `make` gives. */
  get(route: string, rest: string | number, make: () => HttpSeries): HttpSeries {
    let places = this.#byRoute.get(route);
    const known = places?.get(rest);
    if (known !== undefined) return known;
    const made = make();
    if (this.#size >= MOST_REMEMBERED) return made;
    if (places === undefined) this.#byRoute.set(route, (places = new Map<string | number, HttpSeries>()));
    places.set(rest, made);
    this.#size++;
    return made;
  }
}

/**
 * Counts requests by method, pattern of the route and status, in the names of OpenTelemetry's conventions for HTTP:
 * streams and upgrades by themselves, since their time says nothing of how fast the service is.
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-metrics/
 * @internal
 */
export function httpMetrics(metrics: HttpMetrics): RecordTeller {
  const route = 'http_route';
  const method = 'http_request_method';
  const durations = metrics.histogram('http_server_request_duration_seconds', {
    help: 'How long requests took, without streams and upgrades.',
    labels: [method, route, 'http_response_status_code'],
    buckets: BUCKETS.HTTP_SECONDS,
  });
  const firstBytes = metrics.histogram('http_server_stream_first_byte_seconds', {
    help: 'How long streams and upgrades took to begin.',
    labels: [route, 'kind'],
    buckets: BUCKETS.HTTP_SECONDS,
  });
  const lifetimes = metrics.histogram('http_server_stream_lifetime_seconds', {
    help: 'How long streams and upgrades were open.',
    labels: [route, 'kind'],
    buckets: OPEN_SECONDS,
  });
  const active = metrics.gauge('http_server_active_requests', { help: 'Requests in flight.', labels: [method] });
  const aborted = metrics.counter('http_server_aborted_requests_total', {
    help: 'Requests whose client hung up before the answer was complete, without streams and upgrades.',
    labels: [method, route],
  });
  const errors = metrics.counter('http_server_errors_total', {
    help: 'Requests in which something went wrong, by the class of what was thrown or else the status.',
    labels: [method, route, 'error_type'],
  });

  const places = new Places();
  const gauges = new Map<HttpMethod, HttpLevel>();
  const gaugeOf = (name: HttpMethod) => {
    let gauge = gauges.get(name);
    if (gauge === undefined) gauges.set(name, (gauge = active.bind({ [method]: name })));
    return gauge;
  };
  // Where unused series are forgotten, one that went on from 0 would end below it.
  metrics.collectFrom(() => {
    for (const gauge of gauges.values()) gauge.inc(0);
    return [];
  });

  return {
    does: 'metrics',
    target: metrics,
    opened(name) {
      gaugeOf(methodOf(name)).inc();
    },
    closed(record) {
      const name = methodOf(record.method);
      const label = record.route ?? 'unknown';
      const { status, kind, durationMs, firstByteMs } = record;
      gaugeOf(name).dec();
      if (kind === 'response') {
        places
          .get(label, name === 'GET' ? status : `${name} ${String(status)}`, () =>
            durations.bind({ [method]: name, [route]: label, http_response_status_code: status }),
          )
          .observe(durationMs / 1_000);
      } else {
        if (firstByteMs !== undefined) firstBytes.observe({ [route]: label, kind }, firstByteMs / 1_000);
        lifetimes.observe({ [route]: label, kind }, durationMs / 1_000);
      }
      if (wasGivenUp(record)) aborted.inc({ [method]: name, [route]: label });
      if (isError(record)) errors.inc({ [method]: name, [route]: label, error_type: errorType(record) });
    },
  };
}

/** Keeps the latest durations by method and pattern of the route, in ms. @internal */
export function httpMonitor(monitor: HttpMonitor, reporter: Reporter): RecordTeller {
  return {
    does: 'monitor',
    target: monitor,
    closed({ kind, method, route = 'unknown', durationMs }) {
      if (kind !== 'response') return;
      // What is said to return nothing may be async.
      const sink: { record(metric: string, value: number): unknown } = monitor;
      reporter.watch(sink.record(`${methodOf(method)} ${route}`, durationMs));
    },
  };
}

const CLASS_NAME = /^[A-Za-z_$][\w$]{0,63}$/;

/** The class of what was thrown, where it has a name like one; else the status. */
function errorType({ error, status }: RequestRecord): string {
  try {
    const name: unknown = error instanceof Error ? error.name : undefined;
    if (typeof name === 'string' && CLASS_NAME.test(name)) return name;
  } catch {
    // An error that cannot be read is one of no known class.
  }
  return error === undefined ? String(status) : 'thrown';
}
