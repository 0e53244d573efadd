import { InvalidOptionsError } from 'breakwater/core';
import { HealthCheckService, LivenessServer } from 'breakwater/health';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { problemsOf } from '../../observability/bridge/strict.js';

describe('LivenessServer, not started', () => {
  it('holds nothing, and says that it does not run', async () => {
    const clock = new ManualClock();
    const server = new LivenessServer({ port: 9_000, name: 'main', clock });
    await server.stop();
    expect(clock.pending).toBe(0);
    expect(server.health()).toEqual({ status: 'DEGRADED', message: 'it is STOPPED' });
    const snapshot = server.snapshot();
    expect(snapshot).toEqual({
      version: 1,
      name: 'main',
      state: 'STOPPED',
      path: '/health/live',
      heartbeatAgeMs: 0,
      probes: { alive: 0, stalled: 0 },
      stalls: 0,
      longestStallMs: 0,
      restarts: 0,
    });
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot);
    expect(problemsOf(server.metrics())).toEqual([]);
    expect([...server.metrics()].every(({ labels, value }) => labels?.['liveness'] === 'main' && value === 0)).toBe(
      true,
    );
  });

  it('can be watched', async () => {
    const health = new HealthCheckService();
    health.watch(new LivenessServer({ port: 9_000 }));
    expect((await health.check()).components).toMatchObject([{ name: 'liveness-server:default', status: 'DEGRADED' }]);
  });

  it('refuses an event that there is not', () => {
    expect(() => new LivenessServer({ port: 0 }).on('stal' as never, () => undefined)).toThrow(/did you mean 'stall'/);
  });

  it.each([
    [undefined],
    [{}],
    [{ port: '9000' }],
    [{ port: 65_536 }],
    [{ port: -1 }],
    [{ port: 0, path: 'health' }],
    [{ port: 0, path: '/live?x' }],
    [{ port: 0, path: `/${'x'.repeat(200)}` }],
    [{ port: 0, host: '' }],
    [{ port: 0, host: 5 }],
    [{ port: 0, heartbeatMs: 9 }],
    [{ port: 0, heartbeatMs: 501, stalledAfterMs: 1_000 }],
    [{ port: 0, stalledAfterMs: 19 }],
    [{ port: 0, stalledAfter: 1_000 }],
  ])('refuses %j', (options) => {
    expect(() => new LivenessServer(options as never)).toThrow(InvalidOptionsError);
  });

  it('takes the limits themselves', () => {
    for (const options of [
      { port: 65_535, path: '/' },
      { port: 0, heartbeatMs: 10, stalledAfterMs: 20 },
    ]) {
      expect(() => new LivenessServer(options)).not.toThrow();
    }
  });
});
