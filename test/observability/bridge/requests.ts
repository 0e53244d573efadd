import { createHardening, type Hardening } from 'breakwater/http';
import { MetricsCollector } from 'breakwater/metrics';
import { ManualClock } from 'breakwater/testing';
import { noteError } from '../../../src/http/exchange.js';
import { ask, FakeResponse } from '../../http/exchange.js';
import { exportedIn } from './collector.js';
import type { Exported } from './exported.js';

/** Requests through a pipeline that end in every way there is: answered, failed, given up, as a stream or an upgrade. */
export async function askInEveryWay(hardening: Hardening): Promise<void> {
  const routed = (route: string | null, method = 'GET'): Promise<FakeResponse> =>
    ask(hardening, '/', { method, more: { route: () => route } });
  (await routed('/users/:id')).end();
  const missing = await routed(null);
  missing.statusCode = 404;
  missing.end();
  const failed = await routed('/users/:id', 'POST');
  noteError(failed, new TypeError('no such column'));
  failed.statusCode = 500;
  failed.end();
  (await routed('/search')).emit('close');
  const events = await routed('/events');
  events.setHeader('Content-Type', 'text/event-stream');
  events.writeHead(200);
  events.emit('close');
  const socket = await ask(hardening, '/ws', { more: { kind: 'upgrade', route: () => '/ws' } });
  socket.writeHead(101);
  socket.emit('close');
}

/** What a pipeline registers with the collector that it is given, beside what its parts say of themselves. */
export async function exportedByRequests(): Promise<Map<string, Exported>> {
  const clock = new ManualClock({ now: 1_000 });
  const metrics = new MetricsCollector({ clock });
  const itself = exportedIn(metrics);
  await askInEveryWay(createHardening({ clock, metrics, health: false }));
  return new Map([...exportedIn(metrics)].filter(([name]) => !itself.has(name) && !name.startsWith('breakwater_')));
}
