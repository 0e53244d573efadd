import { registerSecret } from 'breakwater/core';
// #region basic
import { createServer } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { contentType, MetricsCollector, metricsFormat } from 'breakwater/metrics';

const metrics = new MetricsCollector();
const jobs = metrics.counter('jobs_total', { help: 'Jobs that were run.', labels: ['kind', 'ok'] });
const depth = metrics.gauge('queue_depth', { help: 'Jobs that wait.' });
const took = metrics.histogram('job_duration_seconds', { help: 'How long jobs took.', labels: ['kind'] });

jobs.inc({ kind: 'mail', ok: true });
depth.set(3);
const end = took.startTimer({ kind: 'mail' });
end();

const server = createServer((request, response) => {
  const format = metricsFormat(request.headers.accept);
  response.setHeader('Content-Type', contentType(format));
  // As fast as the reader takes it; one that goes away ends it.
  pipeline(Readable.from(metrics.stream(format)), response, () => undefined);
});
// #endregion basic

// #region bind
// A hot path looks its series up once.
const mails = took.bind({ kind: 'mail' });
for (const seconds of [0.02, 0.3, 1.7]) mails.observe(seconds);
// #endregion bind

// #region collect
import { RateLimiter } from 'breakwater/rate-limiter';

// What is known only at a scrape: values that are asked for then, and the metrics of Breakwater's parts.
const queue: unknown[] = [];
metrics.onCollect(() => depth.set(queue.length));

const limiter = new RateLimiter({ name: 'mail', capacity: 20, refillPerSecond: 5 });
metrics.collectFrom(() => limiter.metrics());
// #endregion collect

// #region exemplar
import { trace } from '@opentelemetry/api';

// Values that lead to a trace, in OpenMetrics.
const traced = new MetricsCollector({
  exemplar: () => trace.getActiveSpan()?.spanContext(),
  runtime: true,
  seriesTtlMs: 3_600_000,
});
// #endregion exemplar
traced.counter('calls_total', { help: 'Calls.' }).inc();
console.log(traced.render('openmetrics').split('\n').slice(0, 3).join('\n'));
traced.dispose();

using _ = registerSecret('a-secret-that-is-never-shown');
console.log(metrics.render('prometheus'));
console.log(metrics.snapshot().counters[0]?.series);
server.close();
