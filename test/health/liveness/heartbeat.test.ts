import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { Heartbeat } from '../../../src/health/liveness/heartbeat.js';

function setup() {
  const clock = new ManualClock();
  const told: number[] = [];
  const pace = { heartbeatMs: 250, stalledAfterMs: 30_000 };
  const heartbeat = new Heartbeat(
    clock,
    () => clock.now(),
    pace,
    (blockedMs) => told.push(blockedMs),
  );
  const cells = new BigInt64Array(heartbeat.shared);
  return { clock, told, heartbeat, cells };
}

describe('the heartbeat', () => {
  it('writes when it is due, and holds no timer before and after', () => {
    const { clock, heartbeat, cells } = setup();
    expect([clock.pending, heartbeat.ageMs, cells[0]]).toEqual([0, 0, 0n]);
    heartbeat.start();
    const first = cells[0] as bigint;
    expect(first).toBeGreaterThan(0n);
    clock.advance(249);
    expect([cells[0], heartbeat.ageMs]).toEqual([first, 249]);
    clock.advance(1);
    expect([(cells[0] as bigint) > first, heartbeat.ageMs, clock.pending]).toEqual([true, 0, 1]);
    heartbeat.stop();
    expect([clock.pending, heartbeat.ageMs]).toEqual([0, 0]);
  });

  it('HLD-28 tells afterwards for how long the thread was busy, and remembers the longest', () => {
    const { clock, told, heartbeat } = setup();
    heartbeat.start();
    for (const busyMs of [3_000, 900, 1_200]) {
      // Nothing fires while the thread is busy.
      clock.set(clock.now() + 250 + busyMs);
      clock.advance(0);
    }
    expect(told).toEqual([3_000, 1_200]);
    expect([heartbeat.stalls, heartbeat.longestStallMs]).toEqual([2, 3_000]);
  });

  it('starting it twice makes no second timer', () => {
    const { clock, heartbeat } = setup();
    heartbeat.start();
    heartbeat.start();
    expect(clock.pending).toBe(1);
  });

  it('reads what the worker counts', () => {
    const { heartbeat, cells } = setup();
    Atomics.add(cells, 1, 7n);
    Atomics.add(cells, 2, 2n);
    expect(heartbeat.probes).toEqual({ alive: 7, stalled: 2 });
  });
});
