import { InvalidArgumentError, InvalidOptionsError } from 'breakwater/core';
import { notificationCheck } from 'breakwater/health';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { run, shown } from './run.js';

const LIMITS = { degradedAbove: 100, unhealthyAbove: 1_000 };
const queued = (depth: unknown) => run(notificationCheck(() => depth as number, LIMITS));

describe('notificationCheck', () => {
  it.each([
    [0, 'HEALTHY', undefined],
    [100, 'HEALTHY', undefined],
    [101, 'DEGRADED', 'queue depth is 101, above 100'],
    [1_000, 'DEGRADED', 'queue depth is 1000, above 100'],
    [1_001, 'UNHEALTHY', 'queue depth is 1001, above 1000'],
  ])('a queue of %d is %s', async (depth, status, message) => {
    expect(await queued(depth)).toEqual({ status, ...(message && { message }), details: { queueDepth: depth } });
  });

  it('any depth falls on the right side of both limits', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(3_000), fc.nat(1_000), fc.integer({ min: 1, max: 1_000 }), async (depth, low, more) => {
        const check = notificationCheck(() => depth, { degradedAbove: low, unhealthyAbove: low + more });
        const expected = depth > low + more ? 'UNHEALTHY' : depth > low ? 'DEGRADED' : 'HEALTHY';
        expect((await run(check)).status).toBe(expected);
      }),
    );
  });

  it.each([[-1], [NaN], [Infinity], ['12'], [undefined], [null], [{}], [12n]])(
    'HLD-9 %o is no depth',
    async (depth) => {
      const { status, message, details } = await queued(depth);
      expect([status, details]).toEqual(['DEGRADED', undefined]);
      expect(message).toMatch(/^invalid result: the queue depth must be a finite number of at least 0, got /);
    },
  );

  it('takes a promise, and leaves a failure to the service', async () => {
    expect(await run(notificationCheck(async ({ signal }) => (signal.aborted ? 0 : 500), LIMITS))).toMatchObject({
      status: 'DEGRADED',
    });
    const failing = notificationCheck(() => Promise.reject(new Error('redis://u:pw@h is gone')), LIMITS);
    expect(await shown(failing)).toMatchObject({ status: 'DEGRADED', message: 'failed: redis://[secret]@h is gone' });
    expect(await shown(failing, true)).toMatchObject({ status: 'UNHEALTHY' });
  });

  it.each([
    [undefined, /degradedAbove is required[\s\S]*unhealthyAbove is required/],
    [{ degradedAbove: 5 }, /unhealthyAbove is required/],
    [{ degradedAbove: 5, unhealthyAbove: 5 }, /unhealthyAbove must be above degradedAbove, which is 5, got 5/],
    [{ degradedAbove: -1, unhealthyAbove: Infinity }, /degradedAbove must be.*got -1[\s\S]*got Infinity/],
    [{ ...LIMITS, degradeAbove: 5 }, /did you mean degradedAbove/],
  ])('refuses %o', (options, problem) => {
    expect(() => notificationCheck(() => 1, options as never)).toThrow(InvalidOptionsError);
    expect(() => notificationCheck(() => 1, options as never)).toThrow(problem);
  });

  it('refuses what is no source', () => {
    expect(() => notificationCheck(5 as never, LIMITS)).toThrow(InvalidArgumentError);
  });
});
