import { InvalidOptionsError } from 'breakwater/core';
import { memoryCheck, type MemoryCheckOptions, type MemoryReading } from 'breakwater/health';
import { describe, expect, it } from 'vitest';
import { run, shown } from './run.js';

const MIB = 1_024 ** 2;
const READING = { heapUsedBytes: 100 * MIB, heapLimitBytes: 1_000 * MIB, rssBytes: 300 * MIB };
const having = (reading: object, options: MemoryCheckOptions = {}) =>
  run(memoryCheck({ read: () => ({ ...READING, ...reading }), ...options }));

describe('memoryCheck', () => {
  it.each([
    [800, 'HEALTHY', undefined],
    [801, 'DEGRADED', 'the heap uses 801 MiB of 1000 MiB: 80.1 %, above 80 %'],
    [950, 'DEGRADED', 'the heap uses 950 MiB of 1000 MiB: 95 %, above 80 %'],
    [951, 'UNHEALTHY', 'the heap uses 951 MiB of 1000 MiB: 95.1 %, above 95 %'],
  ])('%d MiB of a heap of 1000 are %s', async (mib, status, message) => {
    const heapUsedBytes = mib * MIB;
    expect(await having({ heapUsedBytes })).toEqual({
      status,
      ...(message && { message }),
      details: { ...READING, heapUsedBytes },
    });
  });

  it.each([
    [400, 'HEALTHY'],
    [401, 'DEGRADED'],
    [476, 'UNHEALTHY'],
  ])('%d MiB of a container of 500 are %s', async (mib, status) => {
    const reading = { rssBytes: mib * MIB, rssLimitBytes: 500 * MIB };
    expect(await having(reading)).toMatchObject({ status, details: reading });
  });

  it('a stated limit goes before that of the container', async () => {
    const { status, message, details } = await having({ rssLimitBytes: 10_000 * MIB }, { maxRssBytes: 310 * MIB });
    expect(status).toBe('UNHEALTHY');
    expect(message).toBe('the process uses 300 MiB of 310 MiB: 96.77 %, above 95 %');
    expect(details).toMatchObject({ rssLimitBytes: 310 * MIB });
  });

  it('the worse of the two counts, and each that is not good is told', async () => {
    const { status, message } = await having({ heapUsedBytes: 900 * MIB, rssLimitBytes: 301 * MIB });
    expect(status).toBe('UNHEALTHY');
    expect(message).toMatch(/^the heap uses 900 MiB.*; the process uses 300 MiB/);
  });

  it('without a limit of the process only the heap is judged', async () => {
    expect(await having({ rssBytes: 1e15 })).toMatchObject({ status: 'HEALTHY' });
    expect(await having({ rssBytes: 1e15, rssLimitBytes: null })).toMatchObject({ status: 'HEALTHY' });
  });

  it('takes other limits', async () => {
    const options = { degradedAboveRatio: 0.05, unhealthyAboveRatio: 0.1 };
    expect(await having({}, options)).toMatchObject({ status: 'DEGRADED' });
    expect(await having({ heapUsedBytes: 101 * MIB }, options)).toMatchObject({ status: 'UNHEALTHY' });
  });

  it.each([
    [{ heapUsedBytes: 'x' }],
    [{ rssBytes: NaN }],
    [{ heapLimitBytes: -1 }],
    [{ rssLimitBytes: 'none' }],
    [{ rssLimitBytes: 0 }],
    [{ heapLimitBytes: 0 }],
  ])('HLD-9 %o is no reading', async (reading) => {
    expect(await having(reading)).toMatchObject({
      status: 'DEGRADED',
      message: expect.stringContaining('invalid') as string,
    });
  });

  it('HLD-9 nothing is no reading either, and one that fails is left to the service', async () => {
    const nothing = (() => undefined) as unknown as () => MemoryReading;
    expect(await run(memoryCheck({ read: nothing }))).toMatchObject({ status: 'DEGRADED' });
    const failing = memoryCheck({ read: () => Promise.reject(new Error('no figures')) });
    expect(await shown(failing)).toMatchObject({ status: 'DEGRADED', message: 'failed: no figures' });
    expect(await shown(failing, true)).toMatchObject({ status: 'UNHEALTHY' });
  });

  it('knows its own process', async () => {
    const { status, details } = await run(memoryCheck({ degradedAboveRatio: 0.98, unhealthyAboveRatio: 0.99 }));
    expect(status).toBe('HEALTHY');
    const { heapUsedBytes, heapLimitBytes, rssBytes, rssLimitBytes } = details as unknown as MemoryReading;
    expect(heapUsedBytes).toBeGreaterThan(MIB);
    expect(heapLimitBytes).toBeGreaterThan(heapUsedBytes);
    expect(rssBytes).toBeGreaterThan(10 * MIB);
    if (rssLimitBytes !== undefined) expect(rssLimitBytes).toBeGreaterThan(rssBytes);
  });

  it.each([
    [{ degradedAboveRatio: 80 }, /degradedAboveRatio must be a ratio from 0 to 1, got 80/],
    [{ degradedAboveRatio: 0.95 }, /unhealthyAboveRatio must be above degradedAboveRatio, which is 0.95, got 0.95/],
    [{ maxRssBytes: 0 }, /maxRssBytes must be a finite number of at least 1, got 0/],
    [{ maxRssByte: 5 }, /did you mean maxRssBytes/],
  ])('refuses %o', (options, problem) => {
    expect(() => memoryCheck(options as never)).toThrow(InvalidOptionsError);
    expect(() => memoryCheck(options as never)).toThrow(problem);
  });
});
