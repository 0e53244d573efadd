import { registerSecret } from 'breakwater/core';
import { type DeploymentCheck, DeploymentChecker, type DeploymentCheckerOptions } from 'breakwater/deployment';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it, vi } from 'vitest';

const sleep = (clock: ManualClock, ms: number): Promise<void> =>
  new Promise((resolve) => void clock.schedule(resolve, ms));

const WALL = Date.parse('2027-01-10T12:00:00.000Z');

function setup(options: Omit<DeploymentCheckerOptions, 'clock'> = {}) {
  const clock = new ManualClock({ wallNow: WALL });
  return { clock, checker: new DeploymentChecker({ env: false, ...options, clock }) };
}

function check(id: string, run: DeploymentCheck['run'], more: Partial<DeploymentCheck> = {}): DeploymentCheck {
  return { id, name: id, run, ...more };
}

const pass = (): { status: 'PASS'; message: string } => ({ status: 'PASS', message: 'fine' });
const hang = (): Promise<never> => new Promise(() => undefined);

describe('a run', () => {
  it('HLD-57 runs the checks side by side, and none of them longer than it may', async () => {
    const signals: AbortSignal[] = [];
    const { clock, checker } = setup({
      timeoutMs: 1_000,
      checks: [
        check('hangs', ({ signal }) => {
          signals.push(signal as AbortSignal);
          return hang();
        }),
        check('quick', pass),
        check('patient', hang, { timeoutMs: 3_000 }),
      ],
    });
    const run = checker.runAllChecks();
    await clock.advanceAsync(1_000);
    expect(signals[0]?.aborted).toBe(true);
    expect(signals[0]?.reason).toMatchObject({ code: 'BREAKWATER_DEPLOYMENT_CHECK_TIMEOUT' });
    await clock.advanceAsync(2_000);
    const { allPass, results } = await run;
    expect(allPass).toBe(false);
    expect(
      results.map(({ id, status, timedOut, crashed, durationMs }) => [id, status, timedOut, crashed, durationMs]),
    ).toEqual([
      ['hangs', 'FAIL', true, true, 1_000],
      ['quick', 'PASS', undefined, undefined, 0],
      ['patient', 'FAIL', true, true, 3_000],
    ]);
    expect(results[0]?.message).toBe('timed out after 1000 ms');
    expect(clock.pending).toBe(0);
  });

  it('HLD-57 takes 5 s at most of a check that says nothing else', async () => {
    const { clock, checker } = setup({ checks: [check('hangs', hang)] });
    const run = checker.runAllChecks();
    await clock.advanceAsync(4_999);
    // Its limit, and the pulse of the run.
    expect(clock.pending).toBe(2);
    await clock.advanceAsync(1);
    expect((await run).results[0]).toMatchObject({ timedOut: true, durationMs: 5_000 });
    expect(clock.pending).toBe(0);
  });

  it('HLD-57 drops what a check answers when its time is over', async () => {
    let answer!: (outcome: { status: 'PASS'; message: string }) => void;
    const late = check('late', () => new Promise((resolve) => (answer = resolve)));
    const { clock, checker } = setup({ timeoutMs: 10, checks: [late] });
    const run = checker.runAllChecks();
    await clock.advanceAsync(10);
    const { results } = await run;
    answer({ status: 'PASS', message: 'after all' });
    await clock.advanceAsync(1);
    expect(results[0]?.status).toBe('FAIL');
    expect(checker.snapshot().results[0]?.status).toBe('FAIL');
  });

  it.each<[string, DeploymentCheck['run'], string]>([
    [
      'throws',
      () => {
        throw new Error('no route');
      },
      'crashed: no route',
    ],
    ['rejects', () => Promise.reject(new Error('no route')), 'crashed: no route'],
    [
      'throws nothing',
      () => {
        throw undefined;
      },
      'crashed: undefined',
    ],
    ['answers nothing', (() => undefined) as never, 'crashed: its answer is no outcome, see DeploymentOutcome'],
    ['answers true', (() => true) as never, 'crashed: its answer is no outcome, see DeploymentOutcome'],
    [
      'answers another status',
      (() => ({ status: 'OK', message: '' })) as never,
      'crashed: its answer is no outcome, see DeploymentOutcome',
    ],
    [
      'answers no message',
      (() => ({ status: 'PASS' })) as never,
      'crashed: its answer is no outcome, see DeploymentOutcome',
    ],
    [
      'answers findings of another kind',
      (() => ({ message: 'x', findings: [{ id: 'a' }] })) as never,
      'crashed: its answer is no outcome, see DeploymentOutcome',
    ],
    [
      'answers what cannot be read',
      (() => ({
        get status() {
          throw new Error('no');
        },
      })) as never,
      'crashed: its answer cannot be read',
    ],
  ])('HLD-58 tells a check that %s from one that found a fault, and never lets it pass', async (_, run, message) => {
    const { checker } = setup({
      checks: [check('one', run), check('two', () => ({ status: 'FAIL', message: 'wrong' }))],
    });
    const { allPass, results } = await checker.runAllChecks();
    expect(allPass).toBe(false);
    expect(results[0]).toMatchObject({ status: 'FAIL', crashed: true, message, metadata: {} });
    expect(results[1]).not.toHaveProperty('crashed');
    expect(checker.getSummary()).toMatchObject({ failed: 2, crashed: 1, timedOut: 0 });
  });

  it('passes with warnings, and shows hints, metadata and how long it took', async () => {
    const { clock, checker } = setup({
      checks: [
        check(
          'disk',
          async () => {
            await sleep(clock, 40);
            return { status: 'WARN', message: 'nearly full', hint: 'make room', metadata: { free: 3, list: [1] } };
          },
          { tags: ['host'] },
        ),
      ],
    });
    const run = checker.runAllChecks();
    await clock.advanceAsync(40);
    const { allPass, results } = await run;
    expect(allPass).toBe(true);
    expect(results).toEqual([
      {
        id: 'disk',
        name: 'disk',
        status: 'WARN',
        message: 'nearly full',
        hint: 'make room',
        metadata: { free: 3, list: [1] },
        durationMs: 40,
        tags: ['host'],
      },
    ]);
    expect(Object.isFrozen(results) && Object.isFrozen(results[0]) && Object.isFrozen(results[0]?.metadata.list)).toBe(
      true,
    );
  });

  it('is the worst of its findings, and unknown only when nothing worse is known', async () => {
    const finding = (id: string, status: 'PASS' | 'WARN' | 'FAIL', crashed?: boolean) => ({
      id,
      status,
      message: id,
      ...(crashed ? { crashed } : {}),
    });
    const { checker } = setup({
      checks: [
        check('good', () => ({ message: 'm', findings: [] })),
        check('warns', () => ({ message: 'm', findings: [finding('a', 'PASS'), finding('b', 'WARN')] })),
        check('unknown', () => ({ message: 'm', findings: [finding('c', 'PASS', true), finding('d', 'WARN')] })),
        check('worse', () => ({ message: 'm', findings: [finding('e', 'FAIL', true), finding('f', 'FAIL')] })),
      ],
    });
    const { results } = await checker.runAllChecks();
    expect(results.map(({ status, crashed }) => [status, crashed])).toEqual([
      ['PASS', undefined],
      ['WARN', undefined],
      ['FAIL', true],
      ['FAIL', undefined],
    ]);
    expect(checker.getSummary().problems.map(({ id, status }) => `${status} ${id}`)).toEqual([
      'FAIL c',
      'FAIL e',
      'FAIL f',
      'WARN b',
      'WARN d',
    ]);
  });

  it('shows no secret, whatever a check puts into its answer', async () => {
    using secret = registerSecret('correct-horse-battery');
    expect(secret).toBeDefined();
    const { checker } = setup({
      environment: { BOT_TOKEN: '1234:abcdefgh', HARMLESS: 'shown all the same' },
      checks: [
        check('answers', () => ({
          status: 'FAIL',
          message: 'got correct-horse-battery\nand 1234:abcdefgh, shown all the same',
          hint: 'try postgres://me:pass-word@db/x',
          metadata: { password: 'hidden', deep: ['correct-horse-battery'] },
        })),
        check('crashes', () => {
          throw new Error('1234%3Aabcdefgh is wrong');
        }),
      ],
    });
    const { results } = await checker.runAllChecks();
    const text = JSON.stringify([results, checker.snapshot(), checker.getSummary()]);
    for (const one of ['correct-horse', 'abcdefgh', 'pass-word', 'hidden']) expect(text).not.toContain(one);
    expect(results[0]?.message).toContain('shown all the same');
    expect(results[0]?.message).not.toContain('\n');
  });

  it.each([
    [{ status: 'FAIL', message: 'm', findings: [] }, 'FAIL', undefined],
    [{ status: 'FAIL', message: 'm', findings: [{ id: 'a', status: 'WARN', message: 'a' }] }, 'FAIL', undefined],
    [{ status: 'PASS', message: 'm', crashed: true }, 'FAIL', true],
    [{ message: 'm', findings: new Array(3) }, 'FAIL', true],
  ])('HLD-58 never makes %j better than it says', async (outcome, status, crashed) => {
    const { checker } = setup({ checks: [check('one', (() => outcome) as never)] });
    const { allPass, results } = await checker.runAllChecks();
    expect([allPass, results[0]?.status, results[0]?.crashed]).toEqual([false, status, crashed]);
  });

  it.each(['Abc123xyzQ\nDef456uvwR', 'Abc123xyzQ  Def456uvwR', 'Abc123xyzQDef456uvwR\n', 'Abc123xyzQ\tDef456uvwR'])(
    'HLD-59 shows no secret that one line would change: %j',
    async (secret) => {
      const { checker } = setup({
        environment: { SECRET_KEY: secret },
        checks: [
          check('one', () => {
            throw new Error(`bad ${secret}, or ${secret.trim()}.`);
          }),
          check('two', () => ({
            message: secret,
            findings: [{ id: 'x', status: 'FAIL', message: secret, hint: secret }],
          })),
        ],
      });
      expect(JSON.stringify(await checker.runAllChecks())).not.toMatch(/Abc123|Def456/);
    },
  );

  it('keeps metadata and findings within bounds', async () => {
    const many = Array.from(
      { length: 5_000 },
      (_, i) => ({ id: `f${String(i)}`, status: i === 4_999 ? 'FAIL' : 'WARN', message: 'm' }) as const,
    );
    const { checker } = setup({
      checks: [
        check('large', () => ({
          status: 'PASS',
          message: 'word '.repeat(2_000),
          metadata: { text: Array.from({ length: 100 }, () => 'text '.repeat(200)) },
        })),
        check('many', () => ({ message: 'm', findings: many })),
      ],
    });
    const { results } = await checker.runAllChecks();
    expect(results[0]?.message).toHaveLength(300);
    expect(results[0]?.metadata).toEqual({ omitted: 'too large' });
    expect(results[1]?.status).toBe('FAIL');
    expect(results[1]?.findings).toHaveLength(1_000);
    expect(results[1]?.findings?.[0]?.id).toBe('f4999');
  });
});

describe('validators', () => {
  it('are checks of their own, with longer limits unless one is set, and health hears when its time is over', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const health = {
      run: (context?: { readonly signal?: object }) => {
        signals.push(context?.signal as AbortSignal | undefined);
        return hang();
      },
    };
    const migrations = {
      validate: () => ({
        message: 'm',
        findings: [{ id: 'migrations.pending', status: 'FAIL' as const, message: '1' }],
      }),
    };
    const { clock, checker } = setup({ health, migrations });
    const run = checker.runAllChecks();
    await clock.advanceAsync(29_999);
    expect(signals[0]?.aborted).toBe(false);
    await clock.advanceAsync(1);
    expect(signals[0]?.aborted).toBe(true);
    expect((await run).results).toMatchObject([
      {
        id: 'migrations',
        status: 'FAIL',
        findings: [{ id: 'migrations.pending' }],
        tags: ['migrations', 'database', 'live'],
      },
      { id: 'health', status: 'FAIL', timedOut: true, durationMs: 30_000, tags: ['health', 'live'] },
    ]);
    const short = setup({ health, timeoutMs: 100 });
    const soon = short.checker.runAllChecks();
    await short.clock.advanceAsync(100);
    expect((await soon).results).toMatchObject([{ id: 'health', timedOut: true, durationMs: 100 }]);
  });

  it('of nonsense are refused', () => {
    expect(() => setup({ migrations: {} as never })).toThrow('migrations must be an object with validate()');
    expect(() => setup({ health: {} as never })).toThrow('health must be an object with run()');
  });
});

describe('as a component', () => {
  it('tells of each run, and keeps the latest', async () => {
    let status: 'PASS' | 'WARN' | 'FAIL' = 'PASS';
    const { checker } = setup({ name: 'api', checks: [check('one', () => ({ status, message: 'm' }))] });
    const heard = vi.fn();
    const typed = vi.fn();
    const stop = checker.subscribe(heard);
    checker.on('checked', typed);
    expect(checker.kind).toBe('deployment-checker');
    expect(checker.snapshot()).toEqual({
      checker: 'api',
      allPass: false,
      message: 'the checks have not run yet',
      problems: [],
      results: [],
      total: 0,
      passed: 0,
      warned: 0,
      failed: 0,
      crashed: 0,
      timedOut: 0,
      silenced: 0,
    });
    expect(checker.health()).toEqual({ status: 'HEALTHY' });
    expect(checker.metrics()).toEqual([]);
    for (const next of ['PASS', 'WARN', 'FAIL'] as const) {
      status = next;
      await checker.runAllChecks();
    }
    expect(heard.mock.calls.map(([{ level }]) => level as unknown)).toEqual(['info', 'warn', 'error']);
    expect(typed).toHaveBeenLastCalledWith({
      checker: 'api',
      profile: 'production',
      allPass: false,
      durationMs: 0,
      failedChecks: ['one'],
      total: 1,
      passed: 0,
      warned: 0,
      failed: 1,
      crashed: 0,
      timedOut: 0,
      silenced: 0,
    });
    expect(checker.health()).toEqual({ status: 'DEGRADED', message: '0 of 1 checks passed, 1 failed' });
    expect(checker.getSummary()).toMatchObject({
      allPass: false,
      profile: 'production',
      ranAt: WALL,
      message: '0 of 1 checks passed, 1 failed',
    });
    stop();
    await checker.runAllChecks();
    expect(heard).toHaveBeenCalledTimes(3);
  });

  it('has a gauge for each way a check can come out', async () => {
    const { checker } = setup({
      name: 'api',
      checks: [
        check('one', () => {
          throw new Error('x');
        }),
      ],
    });
    await checker.runAllChecks();
    const samples = checker
      .metrics()
      .map(({ name, value, labels }) => [
        name.replace('breakwater_deployment_', ''),
        labels?.['status'] ?? labels?.['check'] ?? labels?.['checker'],
        value,
      ]);
    expect(samples).toEqual([
      ['run_timestamp_seconds', 'api', WALL / 1_000],
      ['run_duration_seconds', 'api', 0],
      ['check_status', 'PASS', 0],
      ['check_status', 'WARN', 0],
      ['check_status', 'FAIL', 1],
      ['check_crashed', 'one', 1],
    ]);
  });
});
