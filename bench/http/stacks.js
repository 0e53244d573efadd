import { randomUUID } from 'node:crypto';
import express from 'express';
import { rateLimit } from 'express-rate-limit';
import helmet from 'helmet';
import Koa from 'koa';
import Opossum from 'opossum';
import { pino } from 'pino';
import { pinoHttp } from 'pino-http';
import { Histogram, Registry } from 'prom-client';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { CircuitBreaker } from '../../dist/circuit-breaker.js';
import { setupMiddleware } from '../../dist/express.js';
import { setupMiddleware as setupKoa } from '../../dist/koa.js';
import { StructuredLogger } from '../../dist/logger.js';
import { MetricsCollector } from '../../dist/metrics.js';

/**
 * What a server runs with.
 *
 * @typedef {object} Settings
 * @property {number} addressLimit - requests a minute of one address
 * @property {number} userLimit - requests a minute of one user
 * @property {string} [sink] - file for the access log; none without it
 */

/** What a handler depends on: it answers at once, so that only what is around it costs anything. */
const lookUp = async (id) => ({ id, name: `user ${id}` });

const DURATION = 'http_server_request_duration_seconds';

/** The one route, behind a router as services have it. */
function route(app, find) {
  const users = express.Router();
  users.get('/:id', async (request, response) => {
    response.json(await find(request.params.id));
  });
  app.use('/api/users', users);
}

function bare() {
  const app = express();
  route(app, lookUp);
  return { app, report: () => ({}) };
}

/** Our options for what the peers do as well; the health routes come on top. */
function ourOptions({ addressLimit, userLimit, sink }, more) {
  const metrics = new MetricsCollector();
  const options = {
    identify: 'x-user-id',
    ddos: { threshold: addressLimit },
    perUser: { capacity: userLimit, refillPerSecond: userLimit / 60 },
    abuse: {},
    metrics,
    ...(sink === undefined ? {} : { logger: new StructuredLogger({ destination: sink }) }),
    ...more,
  };
  const breaker = new CircuitBreaker();
  const find = (id) => breaker.execute(() => lookUp(id));
  const report = () => ({
    counted: metrics
      .snapshot()
      .histograms.find(({ name }) => name === DURATION)
      .series.reduce((sum, { count }) => sum + count, 0),
    guarded: breaker.snapshot().counts.successes,
  });
  return { options, find, report };
}

function ours(settings, more) {
  const { options, find, report } = ourOptions(settings, more);
  const app = express();
  setupMiddleware(app, options);
  route(app, find);
  return { app, report };
}

function genReqId(request, response) {
  const known = request.id ?? request.headers['x-request-id'];
  if (known) return known;
  const id = randomUUID();
  response.setHeader('X-Request-Id', id);
  return id;
}

/** The usual libraries, each as its own documentation shows it. */
function peers({ addressLimit, userLimit, sink }) {
  const app = express();
  if (sink !== undefined) app.use(pinoHttp({ logger: pino(pino.destination({ dest: sink, sync: true })), genReqId }));

  const registry = new Registry();
  const labelNames = ['method', 'route', 'status'];
  const durations = new Histogram({
    name: DURATION,
    help: 'How long requests took.',
    labelNames,
    registers: [registry],
  });
  app.use((request, response, next) => {
    const end = durations.startTimer();
    response.on('finish', () => {
      const pattern = request.route === undefined ? 'unknown' : request.baseUrl + request.route.path;
      end({ method: request.method, route: pattern, status: response.statusCode });
    });
    next();
  });

  app.use(helmet());
  const shown = { standardHeaders: 'draft-8', legacyHeaders: false, ipv6Subnet: 56 };
  app.use(rateLimit({ windowMs: 60_000, limit: addressLimit, ...shown }));

  const users = new RateLimiterMemory({ points: userLimit, duration: 60 });
  app.use((request, response, next) => {
    users.consume(request.headers['x-user-id'] ?? request.ip).then(
      () => next(),
      ({ msBeforeNext }) => {
        response
          .set('Retry-After', String(Math.ceil(msBeforeNext / 1_000)))
          .status(429)
          .end();
      },
    );
  });

  const breaker = new Opossum(lookUp, { timeout: 3_000, errorThresholdPercentage: 50, resetTimeout: 30_000 });
  route(app, (id) => breaker.fire(id));

  const report = async () => {
    const { values } = await registry.getSingleMetric(DURATION).get();
    const counts = values.filter(({ metricName }) => metricName === `${DURATION}_count`);
    return { counted: counts.reduce((sum, { value }) => sum + value, 0), guarded: breaker.stats.successes };
  };
  return { app, report };
}

function koa(find, prepare) {
  const app = new Koa();
  prepare(app);
  app.use(async (context) => {
    context.body = await find(context.path.slice('/api/users/'.length));
  });
  return app.callback();
}

function oursOnKoa(settings) {
  const { options, find, report } = ourOptions(settings);
  return { app: koa(find, (app) => setupKoa(app, options)), report };
}

/** Servers by name: what answers requests, and `report`, which says what was counted. */
export const STACKS = {
  bare,
  ours: (settings) => ours(settings),
  'ours, told': (settings) => ours(settings, { rateLimitHeaders: { on: 'all' } }),
  peers,
  'koa bare': () => ({ app: koa(lookUp, () => undefined), report: () => ({}) }),
  'koa ours': oursOnKoa,
};
