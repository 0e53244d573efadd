import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { setup } from './setup.js';

describe('a spike', () => {
  it('TRA-12 flags on the 50th event within 5 minutes, and not on the 49th', () => {
    const { clock, abuse, told } = setup();
    for (let i = 1; i < 50; i++) {
      expect(abuse.record('ann')).toMatchObject({ flagged: false, newlyFlagged: false, count: i, reasons: [] });
      clock.advance(6_000);
    }
    expect(abuse.isFlagged('ann')).toBe(false);
    expect(abuse.record('ann')).toMatchObject({
      flagged: true,
      newlyFlagged: true,
      count: 50,
      reasons: ['50 events in 300000 ms'],
      shadow: false,
    });
    expect(abuse.record('ann')).toMatchObject({ flagged: true, newlyFlagged: false, count: 50 });
    expect([abuse.isFlagged('ann'), abuse.isFlagged('bob')]).toEqual([true, false]);
    expect(told).toMatchObject([{ type: 'flagged', subject: 'ann', rule: 'spike', ttlMs: 3_600_000, count: 50 }]);
  });

  it('the first and the last may be exactly one window apart, and no more', () => {
    for (const [windowMs, flagged] of [
      [300_000, true],
      [300_001, false],
    ] as const) {
      const { clock, abuse, record } = setup();
      record('ann', 1);
      clock.advance(windowMs);
      record('ann', 48);
      expect(abuse.record('ann').flagged).toBe(flagged);
    }
  });

  it('TRA-84 events spread over more than the window flag nobody, however many come', () => {
    const { clock, abuse } = setup({ threshold: 5, windowMs: 600_000 });
    for (let i = 0; i < 1_000; i++) {
      expect(abuse.record('ann')).toMatchObject({ flagged: false, count: Math.min(i + 1, 4) });
      clock.advance(200_000);
    }
  });

  it('TRA-12 agrees with a list of all moments, whatever the rhythm and the weights', () => {
    const event = fc.tuple(fc.oneof(fc.nat(40), fc.nat(400), fc.constantFrom(0, 100, 101)), fc.nat(4), fc.nat(2));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.array(event, { maxLength: 120 }), (threshold, events) => {
        const { clock, abuse } = setup({ threshold, windowMs: 100, flagTtlMs: 1 });
        let moments: [number, number][] = [];
        for (const [waitMs, weight, type] of events) {
          clock.advance(waitMs);
          const now = clock.now();
          const { count, reasons } = abuse.record('ann', `type-${String(type)}`, { weight });
          moments = [...moments, ...Array.from({ length: weight }, (): [number, number] => [now, type])].slice(
            -threshold,
          );
          const within = moments.filter(([time]) => now - time <= 100);
          expect(count).toBe(within.length);
          if (count >= threshold) expect(reasons).not.toEqual([]);
          const byType = abuse.explain('ann')?.countByType ?? {};
          for (const each of [0, 1, 2]) {
            expect(byType[`type-${String(each)}`] ?? 0).toBe(within.filter(([, its]) => its === each).length);
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('TRA-29 a clock that steps back neither flags nor forgets', () => {
    const { clock, abuse, record } = setup({ threshold: 3 });
    record('ann', 2);
    clock.set(-1e9);
    expect(abuse.record('ann')).toMatchObject({ newlyFlagged: true, count: 3 });
    clock.set(1_000);
    expect(abuse.isFlagged('ann')).toBe(true);
    clock.advance(3_600_000);
    expect(abuse.isFlagged('ann')).toBe(false);
  });

  it('subjects are told apart, whatever they are called', () => {
    const { abuse, record } = setup({ threshold: 3 });
    const long = 'x'.repeat(100_000);
    for (const subject of ['__proto__', 'constructor', '*', long, `${long}y`, 'é']) record(subject, 2);
    for (const subject of ['__proto__', 'constructor', '*', long]) record(subject, 1);
    const flagged = ['__proto__', 'constructor', '*', long, `${long}y`, 'é'].map((subject) => abuse.isFlagged(subject));
    expect(flagged).toEqual([true, true, true, true, false, false]);
    expect(JSON.stringify(abuse.summary()).length).toBeLessThan(2_000);
  });
});

describe('a flag', () => {
  it('lasts for its time whatever comes meanwhile, then one more event flags again, and both are told', () => {
    const { clock, abuse, told, record } = setup({ threshold: 2, windowMs: 10_000, flagTtlMs: 5_000 });
    record('ann', 2);
    clock.advance(4_999);
    expect(record('ann', 1)).toMatchObject({ flagged: true, newlyFlagged: false });
    clock.advance(1);
    expect(record('ann', 1)).toMatchObject({ flagged: true, newlyFlagged: true });
    clock.advance(60_000);
    expect(abuse.isFlagged('ann')).toBe(false);
    expect(told).toMatchObject([
      { type: 'flagged' },
      { type: 'unflagged', cause: 'expired', flaggedForMs: 5_000 },
      { type: 'flagged' },
      { type: 'unflagged', cause: 'expired', flaggedForMs: 60_000 },
    ]);
    expect(abuse.snapshot()).toMatchObject({ flags: { spike: 2 }, flaggedNow: 0 });
  });

  it('by hand lasts as long as was said, and is shown without secrets', () => {
    const { clock, abuse, told } = setup();
    abuse.flag('ann', 'password=hunter22', 1_000);
    abuse.flag('bob', 'scraping', Infinity);
    expect(abuse.record('ann')).toMatchObject({ flagged: true, newlyFlagged: false, reasons: ['password=[secret]'] });
    clock.advance(1_000);
    expect(abuse.isFlagged('ann')).toBe(false);
    clock.advance(1e12);
    expect(abuse.isFlagged('bob')).toBe(true);
    expect(abuse.explain('bob')).toMatchObject({
      reasons: [{ rule: 'manual', text: 'scraping', remainingMs: Infinity }],
    });
    expect(told).toMatchObject([
      { subject: 'ann', rule: 'manual', reason: 'password=[secret]', ttlMs: 1_000 },
      { subject: 'bob', ttlMs: Infinity },
      { type: 'unflagged', subject: 'ann' },
    ]);
  });

  it('has a set of reasons, and ends with the last of them', () => {
    const { clock, abuse, told, record } = setup({ threshold: 2, windowMs: 100, flagTtlMs: 5_000 });
    abuse.flag('ann', 'seen before', 8_000);
    expect(record('ann', 2)).toMatchObject({
      newlyFlagged: false,
      reasons: ['seen before', '2 events in 100 ms'],
    });
    clock.advance(5_000);
    expect(abuse.explain('ann')?.reasons.map(({ rule }) => rule)).toEqual(['manual']);
    clock.advance(3_000);
    expect(abuse.isFlagged('ann')).toBe(false);
    expect(told.map((event) => (event as { type: string }).type)).toEqual(['flagged', 'unflagged']);
  });

  it('TRA-82 lifted by hand is gone with what led to it, and a grace keeps off new ones', () => {
    const { clock, abuse, told, record } = setup({ threshold: 2 });
    record('ann', 2);
    expect(abuse.unflag('ann', { by: 'eve', note: 'token=abc123 is a test', graceMs: 10_000 })).toBe(true);
    expect([abuse.isFlagged('ann'), abuse.unflag('ann', { graceMs: 10_000 }), abuse.unflag('nobody')]).toEqual([
      false,
      false,
      false,
    ]);
    expect(record('ann', 40)).toMatchObject({ flagged: false, count: 2 });
    expect(abuse.explain('ann')).toMatchObject({ graceMs: 10_000, lifted: { ageMs: 0 } });
    clock.advance(10_000);
    expect(record('ann', 1)).toMatchObject({ newlyFlagged: true });
    expect(told).toMatchObject([
      { type: 'flagged' },
      { type: 'unflagged', cause: 'lifted', by: 'eve', note: 'token=[secret] is a test', graceMs: 10_000 },
      { type: 'flagged' },
    ]);
  });

  it('TRA-82 without a grace it takes as many events as the first time', () => {
    const { abuse, record } = setup({ threshold: 3 });
    record('ann', 3);
    abuse.unflag('ann');
    expect([record('ann', 2)?.flagged, record('ann', 1)?.flagged]).toEqual([false, true]);
  });

  it('a grace can be given to who never came, and ends when somebody flags by hand', () => {
    const { abuse, record } = setup({ threshold: 1 });
    expect(abuse.unflag('ann', { graceMs: Infinity })).toBe(false);
    expect(record('ann', 5)).toMatchObject({ flagged: false });
    abuse.flag('ann', 'after all');
    expect(abuse.isFlagged('ann')).toBe(true);
    expect(abuse.explain('ann')).toMatchObject({ graceMs: 0 });
  });

  it('in shadow mode is only noted', () => {
    const { abuse, told, record } = setup({ threshold: 2, mode: 'shadow' });
    expect(record('ann', 2)).toMatchObject({
      flagged: false,
      newlyFlagged: false,
      shadow: true,
      reasons: ['2 events in 300000 ms'],
    });
    expect(abuse.isFlagged('ann')).toBe(false);
    expect(abuse.explain('ann')).toMatchObject({ flagged: false, shadow: true });
    expect(abuse.summary()).toMatchObject({ mode: 'shadow', flaggedNow: 1, flagged: [{ subject: 'ann' }] });
    expect(told).toMatchObject([{ type: 'flagged', shadow: true }]);
  });
});

describe('weights', () => {
  it('an event counts as many as its type, or itself, says', () => {
    const { abuse } = setup({ threshold: 10, weights: { login: 4, view: 0 } });
    expect(abuse.record('ann', 'login').count).toBe(4);
    expect(abuse.record('ann', 'view').count).toBe(4);
    expect(abuse.record('ann', 'toString').count).toBe(5);
    expect(abuse.record('ann', 'login', { weight: 1 }).count).toBe(6);
    expect(abuse.record('ann', 'other', { weight: 1_000_000 })).toMatchObject({ newlyFlagged: true, count: 10 });
  });
});

describe('the score', () => {
  const score = { flagAt: 10, clearBelow: 5, halfLifeMs: 1_000 };

  it('halves with every half-life, flags when it is high and clears when it is low', () => {
    const { clock, abuse, record, told } = setup({ score });
    expect(record('ann', 9)).toMatchObject({ flagged: false, score: 9 });
    clock.advance(1_000);
    expect(abuse.record('ann')).toMatchObject({ flagged: false, score: 5.5 });
    expect(record('ann', 5)).toMatchObject({ newlyFlagged: true, score: 10.5, reasons: ['score reached 10'] });
    clock.advance(1_000);
    expect(abuse.explain('ann')).toMatchObject({ flagged: true, score: 5.25 });
    clock.advance(100);
    expect([abuse.explain('ann')?.score, abuse.isFlagged('ann')]).toEqual([expect.closeTo(4.9, 1), false]);
    expect(told).toMatchObject([{ rule: 'score', ttlMs: expect.closeTo(1_070.4, 1) as number }, { cause: 'expired' }]);
  });

  it('does not flap: between both marks the flag stays as it is', () => {
    const { clock, abuse, told, record } = setup({ score, threshold: 1_000, maxSubjects: 9 });
    record('ann', 10);
    for (let i = 0; i < 200; i++) {
      clock.advance(200);
      expect(abuse.record('ann').flagged).toBe(true);
    }
    expect(told).toHaveLength(1);
    clock.advance(5_000);
    expect(abuse.isFlagged('ann')).toBe(false);
    for (let i = 0; i < 200; i++) {
      clock.advance(200);
      expect(abuse.record('ann').flagged).toBe(false);
    }
    expect(told).toHaveLength(2);
  });

  it('is there, and flags nobody, unless it is asked for', () => {
    const { record } = setup({ threshold: 1_000, maxSubjects: 9 });
    expect(record('ann', 900)).toMatchObject({ flagged: false, score: 900 });
  });
});

describe('rules of one’s own', () => {
  it('see the event and what is known, and flag by their name', () => {
    const { abuse, record, told } = setup({
      weights: { success: 0 },
      rules: { takeover: ({ type, countOf }) => type === 'success' && countOf('failure') >= 10 },
    });
    record('ann', 9, 'failure');
    expect(abuse.record('ann', 'success').flagged).toBe(false);
    record('ann', 1, 'failure');
    expect(abuse.record('ann', 'success')).toMatchObject({ newlyFlagged: true, count: 10, reasons: ['rule takeover'] });
    expect(told).toMatchObject([{ rule: 'takeover', reason: 'rule takeover' }]);
    expect(abuse.snapshot().flags).toEqual({ spike: 0, score: 0, manual: 0, takeover: 1 });
  });

  it('get what was given, unchanged', () => {
    const seen: unknown[] = [];
    const evidence = { path: '/admin' };
    const { abuse } = setup({
      rules: {
        look: ({ countOf, ...event }) => {
          seen.push({ ...event, known: countOf('x'), unknown: countOf('never') });
          return false;
        },
      },
    });
    abuse.record('ann', 'x', { weight: 3, evidence });
    expect(seen).toEqual([
      { subject: 'ann', type: 'x', weight: 3, evidence, count: 3, score: 3, known: 3, unknown: 0 },
    ]);
    expect((seen[0] as { evidence: object }).evidence).toBe(evidence);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('broken');
      },
      'broken',
    ],
    [
      'answers a promise',
      () => Promise.reject(new Error('late')),
      'rule odd must answer at once, with true or false, got an object',
    ],
    ['answers no boolean', () => 'yes', 'rule odd must answer at once, with true or false, got a string'],
  ])('one that %s flags nobody, and is reported', async (_, odd, message) => {
    const { abuse, reported, record } = setup({ threshold: 3, rules: { odd: odd as never } });
    expect(record('ann', 2)).toMatchObject({ flagged: false, count: 2 });
    expect(abuse.record('ann')).toMatchObject({ flagged: true, reasons: ['3 events in 300000 ms'] });
    await Promise.resolve();
    expect(reported).toMatchObject([{ message }]);
  });

  it('may use the detector themselves', () => {
    const { abuse } = setup({
      rules: {
        network: ({ subject }) => subject !== 'net' && abuse.record('net').count >= 3,
      },
    });
    expect(['a', 'b', 'c'].map((subject) => abuse.record(subject).flagged)).toEqual([false, false, true]);
  });
});
