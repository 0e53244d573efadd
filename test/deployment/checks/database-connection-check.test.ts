import { type DatabaseProbe, DeploymentChecker } from 'breakwater/deployment';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';

async function result(database: DatabaseProbe, afterMs = 0) {
  const clock = new ManualClock();
  const run = new DeploymentChecker({ env: false, clock, database }).runAllChecks();
  await clock.advanceAsync(afterMs);
  const { results } = await run;
  return results[0];
}

const slow =
  (clock: ManualClock, ms: number): DatabaseProbe =>
  () =>
    new Promise(
      (resolve) =>
        void clock.schedule(() => {
          resolve([]);
        }, ms),
    );

describe('a database', () => {
  it('that answers is in order, whatever it answers', async () => {
    expect(await result(() => Promise.resolve())).toMatchObject({
      id: 'database',
      status: 'PASS',
      message: 'the database answers',
    });
    expect(await result(() => [{ one: 1 }])).toMatchObject({ status: 'PASS' });
  });

  it('that refuses is a failure, without the credentials that the driver names', async () => {
    const found = await result(() => Promise.reject(new Error('cannot reach postgres://app:pass-word@db:5432/app')));
    expect(found).toMatchObject({
      status: 'FAIL',
      message: expect.stringMatching(/^the query failed: cannot reach postgres:.*db:5432/) as string,
    });
    expect(JSON.stringify(found)).not.toContain('pass-word');
    expect(found).not.toHaveProperty('crashed');
  });

  it.each([
    [999, 'PASS', 'the database answers'],
    [1_000, 'WARN', 'the database took 1000 ms to answer'],
  ])('that answers after %i ms is %s', async (ms, status, message) => {
    const clock = new ManualClock();
    const run = new DeploymentChecker({ env: false, clock, database: slow(clock, ms) }).runAllChecks();
    await clock.advanceAsync(ms);
    expect((await run).results[0]).toMatchObject({ status, message, metadata: { tookMs: ms } });
  });

  it('that never answers is a timeout, and the query hears of it', async () => {
    let signal: AbortSignal | undefined;
    const found = await result((context) => {
      signal = context.signal as AbortSignal;
      return new Promise(() => undefined);
    }, 5_000);
    expect(found).toMatchObject({ status: 'FAIL', timedOut: true });
    expect(signal?.aborted).toBe(true);
  });

  it('whose query nobody can wait for could not be found out', async () => {
    const forgotten: DatabaseProbe = () => {
      void Promise.resolve();
    };
    expect(await result(forgotten)).toMatchObject({
      status: 'FAIL',
      crashed: true,
      findings: [{ id: 'database.not-awaited', hint: "return the query's promise: () => pool.query('SELECT 1')" }],
    });
  });

  it('must be a function', () => {
    expect(() => new DeploymentChecker({ database: { query: 1 } as never })).toThrow('database must be a function');
  });
});
