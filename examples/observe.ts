import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
// #region basic
import { CircuitBreaker } from 'breakwater/circuit-breaker';
import { StructuredLogger } from 'breakwater/logger';
import { MetricsCollector, observe } from 'breakwater/metrics';
import { PerUserRateLimiter } from 'breakwater/rate-limiter';

const breaker = new CircuitBreaker({ name: 'payments', failureThreshold: 3 });
const users = new PerUserRateLimiter({ name: 'api', capacity: 100, refillPerSecond: 100 / 60 });

const logger = new StructuredLogger();
const metrics = new MetricsCollector({ runtime: true });
const stop = observe([breaker, users], { logger, metrics });

const pay = () => Promise.reject(new Error('connect ECONNREFUSED 127.0.0.1:9'));

// One line says that the circuit opened; the scrape has its state, its calls, and how many events there were.
for (let i = 0; i < 4; i++) await breaker.execute(pay).catch(() => undefined);
// #endregion basic

// #region serve
import { contentType, metricsFormat } from 'breakwater/metrics';
import { createServer } from 'node:http';
import { pipeline, Readable } from 'node:stream';

// Prometheus asks for this. It describes the inside of the service: give it to your own network only.
const server = createServer((request, response) => {
  if (request.url !== '/metrics') {
    response.writeHead(404).end();
    return;
  }
  const format = metricsFormat(request.headers.accept);
  response.setHeader('Content-Type', contentType(format));
  // As fast as the reader takes it; one that goes away ends it.
  pipeline(Readable.from(metrics.stream(format)), response, () => undefined);
});
// #endregion serve
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const answer = await fetch(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}/metrics`);
const text = await answer.text();
for (const line of text.split('\n')) if (line.includes('payments')) console.log(line);
server.close();
server.closeAllConnections();

// #region own
import type { Component, ComponentEvent } from 'breakwater/core';

// A part of your own needs no more than this to appear like all others.
const listeners = new Set<(event: ComponentEvent) => void>();
const jobs: Component = {
  kind: 'job-queue',
  name: 'mails',
  // Without metrics() these become breakwater_job_queue_waiting and breakwater_job_queue_oldest_seconds.
  snapshot: () => ({ waiting: 12, oldestMs: 4_500 }),
  subscribe(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  health: () => ({ status: 'HEALTHY' }),
};
observe(jobs, { logger, metrics });
for (const listener of listeners) listener({ type: 'jobLost', level: 'error', data: { job: 17 } });
// #endregion own
for (const line of metrics.render('prometheus').split('\n')) if (line.includes('mails')) console.log(line);
stop();
metrics[Symbol.dispose]();
