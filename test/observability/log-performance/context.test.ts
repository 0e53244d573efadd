import { AsyncLocalStorage } from 'node:async_hooks';
import { types } from 'node:util';
import { PerformanceMonitor } from 'breakwater/metrics';
import { expect, it } from 'vitest';
import { setup, timed } from './setup.js';

it('OBS-L16 a promise stays one, and its failure is told, also where the platform notes things on promises', async () => {
  // Once a store was entered every promise has symbols of its own.
  new AsyncLocalStorage().run({}, () => undefined);
  const { told, options } = setup();
  const fails = timed(() => Promise.reject(new Error('no')), { ...options, name: 'job' });
  const result = fails();
  expect(types.isPromise(result)).toBe(true);
  await result.catch(() => undefined);
  expect(told).toHaveLength(1);
  const monitor = new PerformanceMonitor();
  await monitor.time('m', () => Promise.reject(new Error('no'))).catch(() => undefined);
  expect(monitor.stats('m')?.count).toBe(1);
});
