import { describe, expect, it } from 'vitest';
import { setup, takes } from './setup.js';

describe('HealthCheckService: metrics', () => {
  it('HLD-M1 says for a scrape what is known, and runs no check', async () => {
    const { health, clock } = setup({ name: 'main' });
    let runs = 0;
    health.register(
      'database',
      takes(clock, 250, () => {
        runs++;
        return false;
      }),
      { critical: true },
    );
    const values = () =>
      Object.fromEntries(
        [...health.metrics()]
          .filter(({ value }) => value !== 0)
          .map(({ name, labels = {}, value }) => [
            `${name.slice('breakwater_health_'.length)} ${labels['check'] ?? ''} ${labels['status'] ?? ''}`.trim(),
            value,
          ]),
      );
    expect(values()).toEqual({
      'status  DEGRADED': 1,
      'check_status database DEGRADED': 1,
      'check_critical database': 1,
    });
    expect(runs).toBe(0);
    const asked = health.check();
    await clock.advanceAsync(250);
    await asked;
    clock.advance(2_000);
    expect(values()).toEqual({
      'status  UNHEALTHY': 1,
      'check_status database UNHEALTHY': 1,
      'check_critical database': 1,
      'check_duration_seconds database': 0.25,
      'check_age_seconds database': 2,
      'check_consecutive_failures database': 1,
    });
    expect(runs).toBe(1);
    expect([...health.metrics()].every(({ labels }) => labels?.['health'] === 'main')).toBe(true);
  });
});
