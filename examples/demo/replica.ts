import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HealthCheckService } from 'breakwater/health';
import { ApplicationLifecycle } from 'breakwater/lifecycle';
import { StructuredLogger } from 'breakwater/logger';

// One of several replicas of a service, in a process of its own; a scene starts it and replaces it.
const drainDelayMs = Number(process.env['DRAIN_MS']);
const budgetMs = Number(process.env['BUDGET_MS']);
const RECEIPT_MS = 500;

const logger = new StructuredLogger({ service: 'shop' });
const health = new HealthCheckService();
const lifecycle = new ApplicationLifecycle({ name: 'shop', health, logger, drainDelayMs, budgetMs });
let isOpen = false;
health.register('database', () => ({ status: isOpen ? 'HEALTHY' : 'UNHEALTHY' }), { critical: true, ttlMs: 0 });

/** Who comes when the database is closed gets an error: nobody should. */
const routes: Readonly<Record<string, RequestListener>> = {
  'GET /': (_, res) => {
    answer(res, isOpen ? 200 : 500, { stock: 12 });
  },
  'POST /orders': (req, res) => void takeOrder(req, res),
  'GET /stuck': () => {
    logger.systemEvent('stuck');
  },
  'GET /health/live': (_, res) => void report(res, health.liveness()),
  'GET /health/ready': (_, res) => {
    const { status, message } = lifecycle.health();
    if (status === 'HEALTHY') void report(res, health.readiness());
    else answer(res, 503, { status, message });
  },
};

/** It is answered when all of it is there; its receipt is sent after the answer. */
async function takeOrder(req: IncomingMessage, res: ServerResponse): Promise<void> {
  logger.systemEvent('order begun');
  let bytes = 0;
  for await (const piece of req) bytes += (piece as Buffer).length;
  const receipt = lifecycle.track('receipt of an order');
  logger.systemEvent('order taken', { bytes });
  answer(res, isOpen ? 200 : 500, { bytes });
  setTimeout(() => {
    logger.systemEvent(isOpen ? 'receipt sent' : 'receipt lost');
    receipt.done();
  }, RECEIPT_MS);
}

async function report(res: ServerResponse, asked: ReturnType<typeof health.check>): Promise<void> {
  const { status } = await asked;
  answer(res, status === 'UNHEALTHY' ? 503 : 200, { status });
}

function answer(res: ServerResponse, status: number, body: object): void {
  res.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

const server = createServer((req, res) => {
  const [path = ''] = (req.url ?? '').split('?');
  const route = routes[`${req.method ?? ''} ${path}`];
  if (route === undefined) answer(res, 404, {});
  else route(req, res);
});
lifecycle.attach(server);
lifecycle.onStart('database', () => {
  isOpen = true;
});
lifecycle.onStop('resources', 'database', () => {
  isOpen = false;
  logger.systemEvent('database closed');
});
lifecycle.onStart('listen', async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
});

// Whoever started it is gone, and nobody comes any more.
process.stdin.resume().once('end', () => process.exit(1));
await lifecycle.start();
logger.systemEvent('listening', { port: (server.address() as AddressInfo).port });
