import { CircuitBreaker } from 'breakwater/circuit-breaker';
import { DDoSProtection } from 'breakwater/ddos-protection';
import { StructuredLogger } from 'breakwater/logger';
import { MetricsCollector } from 'breakwater/metrics';
import { PerUserRateLimiter } from 'breakwater/rate-limiter';
import { expect, it } from 'vitest';

const CALLS = 20_000;

/** Nanoseconds a call, in the best of several rounds: what remains is not the machine's mood. */
async function best(run: () => unknown): Promise<number> {
  let least = Infinity;
  for (let round = 0; round < 8; round++) {
    const startedAt = performance.now();
    for (let i = 0; i < CALLS; i++) await run();
    least = Math.min(least, ((performance.now() - startedAt) * 1e6) / CALLS);
  }
  return least;
}

// Loose on purpose: the bench measures, this only notices a tenfold loss.
it('no hot path lost an order of magnitude', async () => {
  const breaker = new CircuitBreaker();
  const open = new CircuitBreaker();
  open.isolate();
  const users = new PerUserRateLimiter({ capacity: 1e9, refillPerSecond: 1e6 });
  const ddos = new DDoSProtection({ threshold: 1e9 });
  const log = new StructuredLogger({ destination: { write: () => true } });
  const labels = ['route', 'method', 'status'] as const;
  const histogram = new MetricsCollector().histogram('a_seconds', { help: 'A.', labels });
  const series = { route: '/a', method: 'GET', status: 200 };
  const bound = histogram.bind(series);
  const one = (): Promise<number> => Promise.resolve(1);
  expect(await best(() => breaker.execute(one))).toBeLessThan(3_000);
  expect(await best(() => open.tryAcquire())).toBeLessThan(2_000);
  expect(await best(() => users.check('a'))).toBeLessThan(2_000);
  expect(
    await best(() => {
      log.systemEvent('handled', series);
    }),
  ).toBeLessThan(10_000);
  expect(
    await best(() => {
      histogram.observe(series, 0.2);
    }),
  ).toBeLessThan(1_500);
  expect(
    await best(() => {
      bound.observe(0.2);
    }),
  ).toBeLessThan(500);
  expect(await best(() => ddos.check('203.0.113.5'))).toBeLessThan(2_000);
});
