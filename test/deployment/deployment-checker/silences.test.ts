import { type DeploymentCheck, DeploymentChecker, type Silence } from 'breakwater/deployment';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';

const WALL = Date.parse('2027-01-10T12:00:00.000Z');

function setup(silence: readonly Silence[]) {
  const clock = new ManualClock({ wallNow: WALL });
  const checker = new DeploymentChecker({
    env: false,
    silence,
    clock,
    checks: [
      { id: 'plain', name: 'Plain', run: () => ({ status: 'FAIL', message: 'wrong' }) },
      {
        id: 'several',
        name: 'Several',
        run: () => ({
          message: 'two things',
          findings: [
            { id: 'several.first', status: 'FAIL', message: 'first' },
            { id: 'several.second', status: 'WARN', message: 'second' },
          ],
        }),
      },
      { id: 'good', name: 'Good', run: () => ({ status: 'PASS', message: 'fine' }) },
    ],
  });
  return { clock, checker };
}

const until = '2027-02-01';

describe('a silence', () => {
  it('makes a failure count as a silenced warning, with the reason and the end', async () => {
    const { checker } = setup([
      { id: 'plain', reason: 'moves next week', until },
      { id: 'several.first', reason: 'known', until: new Date(WALL + 1) },
      { id: 'good', reason: 'just in case', until },
    ]);
    const { allPass, results } = await checker.runAllChecks();
    expect(allPass).toBe(true);
    expect(results[0]).toMatchObject({
      status: 'WARN',
      message: 'wrong',
      silenced: { status: 'FAIL', reason: 'moves next week', until: '2027-02-02T00:00:00.000Z' },
    });
    expect(results[1]).toMatchObject({
      status: 'WARN',
      findings: [{ status: 'WARN', silenced: { status: 'FAIL', reason: 'known' } }, { status: 'WARN' }],
    });
    expect(results[1]).not.toHaveProperty('silenced');
    expect(results[1]?.findings?.[1]).not.toHaveProperty('silenced');
    expect(results[2]).not.toHaveProperty('silenced');
    expect(checker.getSummary()).toMatchObject({
      total: 3,
      passed: 1,
      warned: 1,
      failed: 0,
      silenced: 2,
      message: '1 of 3 checks passed, 1 warning, 2 silenced',
    });
  });

  it('of a whole check is for all of its findings', async () => {
    const { checker } = setup([{ id: 'several', reason: 'known', until }]);
    const { results } = await checker.runAllChecks();
    expect(results[1]).toMatchObject({ status: 'WARN', silenced: { status: 'FAIL' } });
    expect(checker.getSummary()).toMatchObject({ warned: 0, failed: 1, silenced: 1 });
  });

  it('HLD-58: of a check is not for what could not be found out: a crash, a check that hangs, a finding of it', async () => {
    const clock = new ManualClock({ wallNow: WALL });
    const unknown = { id: 'partly.unknown', status: 'FAIL', message: 'unknown', crashed: true } as const;
    const checks: DeploymentCheck[] = [
      {
        id: 'crashes',
        name: 'Crashes',
        run: () => {
          throw new Error('x');
        },
      },
      { id: 'hangs', name: 'Hangs', run: () => new Promise<never>(() => undefined) },
      {
        id: 'partly',
        name: 'Partly',
        run: () => ({ message: 'm', findings: [{ id: 'partly.bad', status: 'FAIL', message: 'bad' }, unknown] }),
      },
    ];
    const silence = ['crashes', 'hangs', 'partly'].map((id) => ({ id, reason: 'known', until }));
    const checker = new DeploymentChecker({ env: false, clock, silence, checks });
    const running = checker.runAllChecks();
    await clock.advanceAsync(5_000);
    const { allPass, results } = await running;
    expect(allPass).toBe(false);
    for (const one of results) expect(one).toMatchObject({ status: 'FAIL', crashed: true });
    for (const one of results) expect(one).not.toHaveProperty('silenced');
    expect(results[2]?.findings).toMatchObject([{ status: 'WARN', silenced: { status: 'FAIL' } }, { status: 'FAIL' }]);
    expect(checker.getSummary()).toMatchObject({ failed: 3, crashed: 3, silenced: 1 });
    // By its own id somebody says that it need not be known.
    const both = [...silence, { id: 'partly.unknown', reason: 'known', until }];
    const lenient = new DeploymentChecker({ env: false, clock, silence: both, checks: checks.slice(2) });
    expect((await lenient.runAllChecks()).results[0]).toMatchObject({ id: 'partly', status: 'WARN' });
  });

  it('ends on the instant, and says that it has ended', async () => {
    const { clock, checker } = setup([{ id: 'plain', reason: 'known', until: new Date(WALL + 1_000) }]);
    clock.advance(999);
    expect((await checker.runAllChecks()).results[0]?.status).toBe('WARN');
    clock.advance(1);
    const { allPass, results } = await checker.runAllChecks();
    expect(allPass).toBe(false);
    expect(results[0]?.status).toBe('FAIL');
    expect(results.at(-1)).toMatchObject({
      id: 'silence',
      status: 'WARN',
      findings: [{ id: 'silence.plain', message: 'the silence of plain ended at 2027-01-10T12:00:01.000Z' }],
    });
  });

  it('lasts to the end of its day', async () => {
    const { clock, checker } = setup([{ id: 'plain', reason: 'known', until: '2027-01-10' }]);
    clock.advance(12 * 3_600_000 - 1);
    expect((await checker.runAllChecks()).results[0]?.status).toBe('WARN');
    clock.advance(1);
    expect((await checker.runAllChecks()).results[0]?.status).toBe('FAIL');
  });

  it.each([
    ['several.frist', 'several.frist is for nothing that was found'],
    ['good.first', 'good.first is for nothing that was found'],
  ])('of %s, which its check did not find, is told', async (id, message) => {
    const { checker } = setup([{ id, reason: 'known', until }]);
    const { allPass, results } = await checker.runAllChecks();
    expect(allPass).toBe(false);
    expect(results.at(-1)).toMatchObject({
      id: 'silence',
      status: 'WARN',
      findings: [{ id: `silence.${id}`, message: `the silence of ${message}`, hint: 'take it out, or correct its id' }],
    });
  });

  it('is not told where its check did not run, could not look at everything or does not show all', async () => {
    const finding = (i: number) => ({ id: `many.f${String(i)}`, status: 'WARN' as const, message: 'm' });
    const checker = new DeploymentChecker({
      env: false,
      clock: new ManualClock({ wallNow: WALL }),
      silence: ['left-out.a', 'unknown.a', 'many.f1500', 'many'].map((id) => ({ id, reason: 'known', until })),
      checks: [
        { id: 'left-out', name: 'L', profiles: ['staging'], run: () => ({ status: 'PASS', message: 'm' }) },
        {
          id: 'unknown',
          name: 'U',
          run: () => {
            throw new Error('x');
          },
        },
        {
          id: 'many',
          name: 'M',
          run: () => ({ message: 'm', findings: Array.from({ length: 2_000 }, (_, i) => finding(i)) }),
        },
      ],
    });
    expect((await checker.runAllChecks()).results.map(({ id }) => id)).toEqual(['unknown', 'many']);
  });

  it.each([
    [366 * 86_400_000, undefined],
    [366 * 86_400_000 + 1, 'the silence of plain ends at 2028-01-11T12:00:00.001Z, in more than a year'],
  ])('that ends in %i ms is told: %s', async (ms, message) => {
    const { checker } = setup([{ id: 'plain', reason: 'known', until: new Date(WALL + ms) }]);
    const { results } = await checker.runAllChecks();
    expect(results[0]?.status).toBe('WARN');
    expect(results.find(({ id }) => id === 'silence')?.findings?.[0]?.message).toBe(message);
  });

  it('that names nothing is told', async () => {
    const { checker } = setup([{ id: 'plian', reason: 'known', until }]);
    expect((await checker.runAllChecks()).results.at(-1)).toMatchObject({
      id: 'silence',
      status: 'WARN',
      findings: [{ id: 'silence.plian', message: 'there is no check plian to silence' }],
    });
  });

  it.each([
    [{ id: 'plain', until }, 'reason must say why'],
    [{ id: 'plain', reason: '  ', until }, 'reason must say why'],
    [{ id: 'plain', reason: '\u200b', until }, 'reason must say why'],
    [{ id: 'plain', reason: 'known' }, 'until must say when it ends'],
    [{ id: 'plain', reason: 'known', until: 'tomorrow' }, 'until must say when it ends'],
    [{ id: 'plain', reason: 'known', until: '2027-02-31' }, 'until must say when it ends'],
    [{ id: 'plain', reason: 'known', until: '2027-02-01T10:00' }, 'until must say when it ends'],
    [{ id: 'plain', reason: 'known', until: new Date(NaN) }, 'until must say when it ends'],
    [{ id: '', reason: 'known', until }, 'id must be the id of a check'],
    [{ id: 'plain', reason: 'known', until, untill: 1 }, 'silence[0].untill is not an option'],
    ['plain', 'silence[0] must be { id, reason, until }'],
  ])('refuses %j', (wrong, message) => {
    expect(() => setup([wrong as never])).toThrow(message);
  });
});
