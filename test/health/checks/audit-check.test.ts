import { InvalidArgumentError, InvalidOptionsError } from 'breakwater/core';
import { type AuditCheckContext, auditCheck } from 'breakwater/health';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { WALL_START } from '../setup.js';
import { run, shown } from './run.js';

const recent = (count: unknown, minimum = 5) =>
  run(auditCheck(() => count as number, { windowMs: 60_000, minimum, clock: new ManualClock() }));

describe('auditCheck', () => {
  it.each([
    [6, 'HEALTHY', undefined],
    [5, 'HEALTHY', undefined],
    [4, 'DEGRADED', '4 entries in the last 60000 ms; healthy is from 5'],
    [1, 'DEGRADED', '1 entry in the last 60000 ms; healthy is from 5'],
    // A silent trail is no proof that it is broken.
    [0, 'DEGRADED', 'no entries in the last 60000 ms; healthy is from 5'],
  ])('%d recent entries are %s', async (count, status, message) => {
    const details = { recentCount: count, windowMs: 60_000, minimum: 5 };
    expect(await recent(count)).toEqual({ status, ...(message && { message }), details });
  });

  it('a minimum of 0 only shows the count', async () => {
    expect(await recent(0, 0)).toMatchObject({ status: 'HEALTHY', details: { recentCount: 0 } });
  });

  it('asks for a window that ends now, by the wall clock, and hands on the signal', async () => {
    const clock = new ManualClock({ now: 5, wallNow: WALL_START });
    const { signal } = new AbortController();
    const asked: AuditCheckContext[] = [];
    const check = auditCheck((context) => asked.push(context), { windowMs: 1_000, minimum: 1, clock });
    await run(check, signal);
    clock.advance(10);
    clock.stepWall(3_600_000);
    await run(check, signal);
    expect(asked).toEqual([
      { signal, windowMs: 1_000, since: WALL_START - 1_000 },
      { signal, windowMs: 1_000, since: WALL_START + 3_600_010 - 1_000 },
    ]);
  });

  it.each([[-1], [NaN], [Infinity], ['7'], [undefined], [[]]])('HLD-9 %o is no count', async (count) => {
    const { status, message } = await recent(count);
    expect([status, message]).toEqual(['DEGRADED', expect.stringContaining('invalid result: the count must be')]);
  });

  it('leaves a failure to the service', async () => {
    const failing = auditCheck(() => Promise.reject(new Error('no such table')), { windowMs: 1_000, minimum: 1 });
    expect(await shown(failing)).toMatchObject({ status: 'DEGRADED', message: 'failed: no such table' });
    expect(await shown(failing, true)).toMatchObject({ status: 'UNHEALTHY' });
  });

  it.each([
    [undefined, /windowMs is required[\s\S]*minimum is required/],
    [{ windowMs: 0, minimum: 1.5 }, /windowMs must be.*got 0[\s\S]*minimum must be an integer.*got 1.5/],
    [{ windowMs: 5, minimum: 1, minimun: 2 }, /did you mean minimum/],
  ])('refuses %o', (options, problem) => {
    expect(() => auditCheck(() => 1, options as never)).toThrow(InvalidOptionsError);
    expect(() => auditCheck(() => 1, options as never)).toThrow(problem);
    expect(() => auditCheck('x' as never, { windowMs: 5, minimum: 1 })).toThrow(InvalidArgumentError);
  });
});
