import { AbuseDetector, SharedAbuseDetector, type SharedAbuseDetectorOptions } from 'breakwater/abuse-detector';
import { isBreakwaterError } from 'breakwater/core';
import { seededRandom } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { nth, sharedSetup } from './setup.js';

type Options = Partial<SharedAbuseDetectorOptions>;

function setup() {
  const made = sharedSetup();
  const make = (options: Options = {}) =>
    new SharedAbuseDetector({
      threshold: 6,
      store: made.store,
      instances: 2,
      clock: made.clock,
      ...options,
    } as SharedAbuseDetectorOptions);
  const lose = async (detector: SharedAbuseDetector, mode: 'hangs' | 'rejects' = 'rejects') => {
    made.state.mode = mode;
    for (let i = 0; i < 3; i++) await made.within(50, detector.record('nobody'));
  };
  const records = async (all: readonly SharedAbuseDetector[], subject: string, times: number) => {
    const results = [];
    for (let i = 0; i < times; i++) results.push(await nth(all, i % all.length).record(subject));
    return results;
  };
  /** Until all processes have heard of what others marked. */
  const heard = async (...all: readonly SharedAbuseDetector[]) => {
    made.clock.advance(600);
    for (const detector of all) detector.isFlagged('somebody');
    await made.clock.advanceAsync(0);
  };
  return { ...made, make, lose, records, heard };
}

describe('SharedAbuseDetector with a store that answers', () => {
  it('flags on the sixth event within the window, whichever processes they came to', async () => {
    const { make, records, heard } = setup();
    const all = [make(), make(), make()];
    const told: unknown[] = [];
    for (const [i, detector] of all.entries()) detector.on('flagged', (event) => told.push([i, event]));
    const results = await records(all, 'ann', 7);
    expect(results.map(({ flagged }) => flagged)).toEqual([false, false, false, false, false, true, true]);
    expect(results.map(({ newlyFlagged }) => newlyFlagged)).toEqual([...Array<boolean>(5).fill(false), true, false]);
    expect(results[5]).toEqual({
      flagged: true,
      newlyFlagged: true,
      count: 6,
      score: 6,
      reasons: ['6 events in 300000 ms'],
      shadow: false,
      degraded: false,
    });
    expect(told).toEqual([
      [
        2,
        {
          detector: 'abuse',
          subject: 'ann',
          shadow: false,
          rule: 'spike',
          reason: '6 events in 300000 ms',
          ttlMs: 3_600_000,
          count: 6,
          score: 6,
        },
      ],
    ]);
    await heard(...all);
    expect(all.map((detector) => detector.isFlagged('ann'))).toEqual([true, true, true]);
    expect(all.map((detector) => detector.isFlagged('ben'))).toEqual([false, false, false]);
  });

  it('flags once, however many events are one too many at the same time', async () => {
    const { make } = setup();
    const all = [make(), make()];
    const told: unknown[] = [];
    for (const detector of all) detector.on('flagged', ({ subject }) => told.push(subject));
    await Promise.all(all.flatMap((detector) => Array.from({ length: 20 }, () => detector.record('ann'))));
    expect(told).toEqual(['ann']);
  });

  it('judges as the detector of one process does, over a random trace', async () => {
    const { make, clock } = setup();
    const options: Options = {
      windowMs: 10_000,
      flagTtlMs: 5_000,
      weights: { b: 2 },
      rules: { mixed: ({ countOf }) => countOf('a') >= 2 && countOf('b') >= 2 },
    };
    const shared = make(options);
    const { instances: _, store: __, ...own } = options as Record<string, unknown>;
    const single = new AbuseDetector({ threshold: 6, ...own, clock });
    const random = seededRandom(5);
    for (let i = 0; i < 1_500; i++) {
      clock.advance(Math.floor(random.next() * 4) * 500);
      await clock.advanceAsync(0);
      const subject = `user${String(Math.floor(random.next() * 3))}`;
      const type = random.next() < 0.5 ? 'a' : 'b';
      const [theirs, ours] = [single.record(subject, type), await shared.record(subject, type)];
      expect(ours).toEqual({ ...theirs, score: ours.score, degraded: false });
      expect(Math.abs(ours.score - theirs.score)).toBeLessThan(0.01);
      if (random.next() < 0.02) {
        const [was, ourWas] = [
          single.unflag(subject, { graceMs: 2_000 }),
          await shared.unflag(subject, { graceMs: 2_000 }),
        ];
        expect(ourWas).toBe(was);
      }
      expect(shared.isFlagged(subject)).toBe(single.isFlagged(subject));
    }
    expect(shared.snapshot().flags['mixed']).toBeGreaterThan(0);
  });

  it('flags by the score and holds the flag until it is low, with few further questions', async () => {
    const { make, clock, asked } = setup();
    const options: Options = { threshold: 1_000, score: { flagAt: 10, clearBelow: 5, halfLifeMs: 60_000 } };
    const detector = make({ ...options, maxSubjects: 100 });
    for (let i = 0; i < 9; i++) await detector.record('ann');
    expect(await detector.record('ann')).toMatchObject({ flagged: true, reasons: ['score reached 10'] });
    for (let i = 0; i < 90; i++) await detector.record('ann');
    expect(asked('mark')).toBeLessThan(30);
    // From 100 to 5 it is 4.32 half-lives; an eighth of one may be missing.
    clock.advance(60_000 * 4.1);
    expect(detector.isFlagged('ann')).toBe(true);
    clock.advance(60_000 * 0.3);
    expect(detector.isFlagged('ann')).toBe(false);
    expect(await detector.record('ann')).toMatchObject({ flagged: false });
  });

  it('TRA-80 flags and unflags by hand in all processes, within a second', async () => {
    const { make, heard } = setup();
    const [here, there] = [make(), make()];
    const told: unknown[] = [];
    here.on('unflagged', (event) => told.push(event));
    await here.flag('ann', 'seen by a person, password=hunter2', 60_000);
    await heard(there);
    expect(there.isFlagged('ann')).toBe(true);
    expect(there.explain('ann')).toMatchObject({
      flagged: true,
      reasons: [{ rule: 'manual', text: 'seen by a person, password=[secret]', remainingMs: 59_400 }],
    });
    expect(there.summary()).toMatchObject({ flaggedNow: 1, flagged: [{ subject: 'ann', remainingMs: 59_400 }] });
    expect(await here.unflag('ann', { by: 'eve', note: 'known tester' })).toBe(true);
    expect(await here.unflag('ann')).toBe(false);
    expect(told).toEqual([
      {
        detector: 'abuse',
        subject: 'ann',
        cause: 'lifted',
        flaggedForMs: 600,
        by: 'eve',
        note: 'known tester',
        graceMs: 0,
        shadow: false,
      },
    ]);
    await heard(there);
    expect(there.isFlagged('ann')).toBe(false);
  });

  it('keeps the reasons that others gave, and flags by hand whatever others do meanwhile', async () => {
    const { make, records, heard } = setup();
    const [here, there] = [make(), make()];
    await records([here], 'ann', 6);
    await heard(there);
    await there.flag('ann', 'by hand');
    expect(there.explain('ann')?.reasons.map(({ rule }) => rule)).toEqual(['spike', 'manual']);
    await heard(here);
    expect(here.explain('ann')?.reasons.map(({ rule }) => rule)).toEqual(['spike', 'manual']);
    // This one has not heard of anything.
    const late = make();
    await late.flag('ann', 'again');
    expect(late.isFlagged('ann')).toBe(true);
  });

  it('TRA-82 does not flag again within the grace, in any process', async () => {
    const { make, records, clock } = setup();
    const all = [make(), make()];
    await records(all, 'ann', 6);
    await nth(all, 0).unflag('ann', { graceMs: 60_000 });
    const within = await records(all, 'ann', 20);
    expect(within.some(({ flagged }) => flagged)).toBe(false);
    expect(nth(all, 1).explain('ann')).toMatchObject({ graceMs: 60_000, count: 6 });
    clock.advance(60_000);
    await clock.advanceAsync(0);
    expect(await nth(all, 1).record('ann')).toMatchObject({ flagged: true });
  });

  it('explains with the evidence that came to this process, without secrets', async () => {
    const { make, clock } = setup();
    const detector = make();
    for (let i = 0; i < 8; i++) {
      clock.advance(1_000);
      await detector.record('ann', i % 2 === 0 ? 'login-failed' : 'bad-request', {
        evidence: { route: '/login', password: 'hunter2' },
      });
    }
    const explained = detector.explain('ann');
    expect(explained).toMatchObject({
      subject: 'ann',
      flagged: true,
      count: 6,
      countByType: { 'login-failed': 3, 'bad-request': 3 },
      events: 8,
      firstSeenMs: 7_000,
      lastSeenMs: 0,
      graceMs: 0,
    });
    expect(explained?.evidence).toHaveLength(4);
    expect(JSON.stringify(explained)).not.toContain('hunter2');
    expect(detector.explain('ben')).toBeUndefined();
  });

  it('flags nobody in shadow mode, and counts apart from what is enforced', async () => {
    const { make, records } = setup();
    const [shadow, enforced] = [make({ mode: 'shadow' }), make()];
    expect(nth(await records([shadow], 'ann', 6), -1)).toMatchObject({ flagged: false, shadow: true });
    expect([shadow.isFlagged('ann'), shadow.explain('ann')?.shadow]).toEqual([false, true]);
    expect(await enforced.record('ann')).toMatchObject({ count: 1 });
  });

  it('writes no key of a client to the store but in what people are to read', async () => {
    const { make, records, store } = setup();
    const seen: string[] = [];
    const record = store.record.bind(store);
    store.record = (rule) => {
      seen.push(JSON.stringify(rule));
      return record(rule);
    };
    await records([make()], 'ann@example.org', 3);
    expect(seen.join()).not.toMatch(/ann|event/);
  });

  it.each([
    ['no subject', (detector: SharedAbuseDetector) => detector.record('')],
    ['half a weight', (detector: SharedAbuseDetector) => detector.record('a', 'x', { weight: 0.5 })],
    ['no type', (detector: SharedAbuseDetector) => detector.record('a', '')],
    ['an endless flag', (detector: SharedAbuseDetector) => detector.flag('a', 'x', Infinity)],
    ['an endless grace', (detector: SharedAbuseDetector) => detector.unflag('a', { graceMs: Infinity })],
    ['a negative grace', (detector: SharedAbuseDetector) => detector.unflag('a', { graceMs: -1 })],
  ])('refuses %s', async (_, call) => {
    const { make, asked } = setup();
    await expect(call(make())).rejects.toSatisfy((error) => isBreakwaterError(error, 'BREAKWATER_INVALID_ARGUMENT'));
    expect(asked('record') + asked('mark')).toBe(0);
  });

  it.each([
    [{ threshold: 1 }, /threshold must be at least instances, 2/],
    [{ flagTtlMs: 4e11 }, /flagTtlMs is too long/],
    [{ score: { flagAt: 1, halfLifeMs: 1e10 } }, /score.halfLifeMs is too long/],
    [{ store: undefined }, /store is required/],
    [{ threshold: 10_000 }, /maxSubjects needs/],
  ])('refuses %o', (wrong, message) => {
    expect(() => setup().make(wrong as Options)).toThrow(message);
  });
});

describe('SharedAbuseDetector without its store', () => {
  it.each(['hangs', 'rejects', 'throws', 'lies'] as const)(
    'TRA-51 answers within the deadline when the store %s',
    async (mode) => {
      const { make, state, within } = setup();
      const detector = make();
      await detector.record('ann');
      state.mode = mode;
      expect(await within(50, detector.record('ann'))).toMatchObject({ flagged: false, count: 2, degraded: true });
    },
  );

  it('goes on with its share and what it has seen, and writes nothing to the store later', async () => {
    const { make, records, lose, state, clock } = setup();
    const detector = make();
    await records([detector], 'ann', 2);
    await lose(detector);
    expect(await detector.record('ann')).toMatchObject({ flagged: true, count: 3, degraded: true });
    expect(detector.isFlagged('ann')).toBe(true);
    state.mode = 'well';
    clock.advance(600);
    await detector.record('ann');
    await clock.advanceAsync(0);
    expect(await detector.record('ann')).toMatchObject({ flagged: false, count: 3, degraded: false });
    expect(detector.isFlagged('ann')).toBe(false);
  });

  it('goes on saying who is known to be flagged', async () => {
    const { make, lose } = setup();
    const detector = make({ onStoreError: 'allow' });
    await detector.flag('ann', 'x');
    await lose(detector);
    expect(await detector.record('ann')).toMatchObject({ flagged: true, reasons: ['x'], degraded: true });
    expect(await detector.record('ben')).toMatchObject({ flagged: false, degraded: true });
    expect([detector.isFlagged('ann'), detector.isFlagged('ben')]).toEqual([true, false]);
    await expect(detector.unflag('ann')).rejects.toSatisfy((error) =>
      isBreakwaterError(error, 'BREAKWATER_STORE_UNAVAILABLE'),
    );
    expect(detector.health().status).toBe('DEGRADED');
  });

  it('flags everybody when told to reject', async () => {
    const { make, lose } = setup();
    const detector = make({ onStoreError: 'reject', instances: undefined } as Options);
    await lose(detector);
    expect(await detector.record('ann')).toMatchObject({ flagged: true, reasons: ['the store does not answer'] });
  });
});
