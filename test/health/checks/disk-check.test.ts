import { InvalidArgumentError, InvalidOptionsError } from 'breakwater/core';
import { diskCheck, type DiskCheckOptions } from 'breakwater/health';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from './run.js';

/** 1000 blocks of 1 MiB, 50 of which are the superuser's. */
const having = (bavail: number, options: DiskCheckOptions = {}) =>
  run(
    diskCheck('/data', { read: () => ({ bsize: 1_024 ** 2, blocks: 1_000, bfree: bavail + 50, bavail }), ...options }),
  );

describe('diskCheck', () => {
  it.each([
    [190, 'HEALTHY', undefined],
    [189, 'DEGRADED', "'/data' has 189 MiB available, used is 80.11 %, above 80 %"],
    [95, 'DEGRADED', "'/data' has 95 MiB available, used is 90 %, above 80 %"],
    [94, 'UNHEALTHY', "'/data' has 94 MiB available, used is 90.11 %, above 90 %"],
    [0, 'UNHEALTHY', "'/data' has 0 bytes available, used is 100 %, above 90 %"],
    // Even what is reserved is used.
    [-10, 'UNHEALTHY', "'/data' has 0 bytes available, used is 100 %, above 90 %"],
  ])(
    'with %d of 950 MiB left it is %s: what is reserved for the superuser does not count',
    async (mib, status, message) => {
      const finding = await having(mib);
      expect([finding.status, finding.message]).toEqual([status, message]);
    },
  );

  it('shows its figures', async () => {
    const MIB = 1_024 ** 2;
    expect(await having(500)).toEqual({
      status: 'HEALTHY',
      details: { path: '/data', freeBytes: 500 * MIB, usedBytes: 450 * MIB, usedRatio: 0.4737 },
    });
  });

  it('below the least that must be free it is UNHEALTHY, whatever the share', async () => {
    const minFreeBytes = 500 * 1_024 ** 2;
    expect(await having(500, { minFreeBytes })).toMatchObject({ status: 'HEALTHY' });
    expect(await having(499, { minFreeBytes })).toMatchObject({
      status: 'UNHEALTHY',
      message: '499 MiB are available, below 500 MiB',
    });
  });

  it('takes other limits', async () => {
    const options = { degradedAboveRatio: 0.1, unhealthyAboveRatio: 0.5 };
    expect(await having(500, options)).toMatchObject({ status: 'DEGRADED' });
    expect(await having(400, options)).toMatchObject({ status: 'UNHEALTHY' });
  });

  it('knows the file systems of its own machine', async () => {
    const { status, details } = await run(diskCheck(tmpdir(), { degradedAboveRatio: 0.999, unhealthyAboveRatio: 1 }));
    expect(['HEALTHY', 'DEGRADED']).toContain(status);
    const { freeBytes, usedBytes } = details as { freeBytes: number; usedBytes: number };
    expect([freeBytes > 1_000_000, usedBytes >= 0]).toEqual([true, true]);
  });

  it('a path that is not there is UNHEALTHY, and says which', async () => {
    const missing = join(tmpdir(), 'breakwater', 'is', 'not', 'here');
    expect(await run(diskCheck(missing))).toEqual({ status: 'UNHEALTHY', message: `there is no '${missing}'` });
    expect(await run(diskCheck(join(import.meta.filename, 'x')))).toMatchObject({ status: 'UNHEALTHY' });
  });

  it('one that cannot be looked at is UNHEALTHY, with the reason', async () => {
    const read = () => Promise.reject(Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' }));
    expect(await run(diskCheck('/data', { read }))).toEqual({
      status: 'UNHEALTHY',
      message: "'/data' cannot be looked at: EACCES: permission denied",
    });
  });

  it.each([
    [undefined, /^invalid result: statfs must answer numbers, got undefined/],
    [{ bsize: 1, blocks: 'x', bfree: 0, bavail: 0 }, /^invalid result/],
    [{ bsize: Infinity, blocks: 10, bfree: 1, bavail: 1 }, /^invalid result/],
    [{ bsize: 4_096, blocks: 0, bfree: 0, bavail: 0 }, /^'\/data' is on a file system that says no size/],
    [{ bsize: 1, blocks: 5, bfree: 9, bavail: 9 }, /says no size/],
  ])('HLD-9 %o is no reading', async (reading, problem) => {
    const { status, message } = await run(diskCheck('/data', { read: () => reading as never }));
    expect([status, message]).toEqual(['DEGRADED', expect.stringMatching(problem)]);
  });

  it.each([
    [{ unhealthyAboveRatio: 0.8 }, /unhealthyAboveRatio must be above degradedAboveRatio, which is 0.8, got 0.8/],
    [{ degradedAboveRatio: 90 }, /degradedAboveRatio must be a ratio from 0 to 1, got 90/],
    [{ minFreeBytes: -1 }, /minFreeBytes/],
    [{ minFreeByte: 1 }, /did you mean minFreeBytes/],
  ])('refuses %o', (options, problem) => {
    expect(() => diskCheck('/', options as never)).toThrow(InvalidOptionsError);
    expect(() => diskCheck('/', options as never)).toThrow(problem);
  });

  it.each([[''], ['a\0b'], [undefined], [5], [new URL('file:///tmp')]])('refuses the path %o', (path) => {
    expect(() => diskCheck(path as never)).toThrow(InvalidArgumentError);
  });
});
