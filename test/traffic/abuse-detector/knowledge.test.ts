import { describe, expect, it } from 'vitest';
import { setup } from './setup.js';

describe('what is known of a subject', () => {
  it('is explained: reasons, counts by type, score and the last five events with their evidence', () => {
    const { clock, abuse, record } = setup({ threshold: 8 });
    record('ann', 4, 'view');
    clock.advance(1_000);
    for (let i = 0; i < 6; i++)
      abuse.record('ann', 'login', { evidence: { route: `/login/${String(i)}`, password: 'x1y2z3' } });
    expect(abuse.explain('ann')).toEqual({
      subject: 'ann',
      flagged: true,
      shadow: false,
      reasons: [{ rule: 'spike', text: '8 events in 300000 ms', remainingMs: 3_600_000 }],
      count: 8,
      countByType: { view: 2, login: 6 },
      score: expect.closeTo(9.99, 2) as number,
      events: 10,
      firstSeenMs: 1_000,
      lastSeenMs: 0,
      evidence: [1, 2, 3, 4, 5].map((i) => ({
        type: 'login',
        weight: 1,
        ageMs: 0,
        evidence: `{"route":"/login/${String(i)}","password":"[secret]"}`,
      })),
      graceMs: 0,
    });
    expect(abuse.explain('nobody')).toBeUndefined();
  });

  it.each([
    [undefined, undefined],
    ['authorization: Bearer abcdef.ghijkl', expect.not.stringContaining('ghijkl')],
    ['x'.repeat(1_000), `${'x'.repeat(199)}…`],
    [null, 'null'],
    [5n, '"5"'],
    [() => 1, 'function'],
    [['a', 'b'], '["a","b"]'],
  ])('evidence %s is kept as short text', (evidence, shown) => {
    const { abuse } = setup({ threshold: 1 });
    abuse.record('ann', 'x', { evidence });
    expect(abuse.explain('ann')?.evidence[0]?.evidence).toEqual(shown);
  });

  it('evidence that cannot be read is said to be so', () => {
    const { abuse } = setup({ threshold: 1 });
    const evidence = Object.defineProperty({}, 'bad', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });
    abuse.record('ann', 'x', { evidence });
    expect(abuse.explain('ann')?.evidence[0]?.evidence).toBe('{"bad":"[unreadable]"}');
  });

  it('the summary lists who is flagged, the highest score first, at most 20', () => {
    const { abuse, record } = setup({ threshold: 2 });
    for (let i = 0; i < 30; i++) record(`user-${String(i)}`, 2 + i);
    record('quiet', 1);
    const { flagged, ...rest } = abuse.summary();
    expect(flagged.map(({ subject }) => subject)).toEqual(
      Array.from({ length: 20 }, (_, i) => `user-${String(29 - i)}`),
    );
    expect(flagged[0]).toEqual({
      subject: 'user-29',
      reasons: ['2 events in 300000 ms'],
      count: 2,
      score: 31,
      remainingMs: 3_600_000,
    });
    expect(rest).toEqual({
      name: 'abuse',
      mode: 'enforce',
      threshold: 2,
      windowMs: 300_000,
      events: 496,
      flags: { spike: 30, score: 0, manual: 0 },
      flaggedNow: 30,
      subjects: 31,
      maxSubjects: 10_000,
      evictedSubjects: 0,
    });
    expect(abuse.snapshot()).toEqual(rest);
  });

  it('is in no metric, no snapshot and no event of the contract', () => {
    const { abuse, record } = setup({ threshold: 2 });
    const events: unknown[] = [];
    const stop = abuse.subscribe((event) => events.push(event));
    record('ann@example.org', 2);
    abuse.unflag('ann@example.org', { by: 'zoe', note: 'mistake' });
    abuse.flag('ann@example.org', 'ann is back', Infinity);
    stop();
    abuse.unflag('ann@example.org');
    expect(events).toMatchObject([
      { type: 'flagged', level: 'warn', data: { detector: 'abuse', rule: 'spike', shadow: false } },
      { type: 'unflagged', level: 'info', data: { cause: 'lifted' } },
      { type: 'flagged', data: { rule: 'manual', ttlMs: null } },
    ]);
    expect(JSON.stringify([events, abuse.snapshot(), [...abuse.metrics()]])).not.toMatch(/ann|zoe|mistake/);
    expect([...abuse.metrics()].map(({ name, value, labels }) => [name, value, labels?.rule])).toEqual([
      ['breakwater_abuse_events_total', 2, undefined],
      ['breakwater_abuse_flags_total', 1, 'spike'],
      ['breakwater_abuse_flags_total', 0, 'score'],
      ['breakwater_abuse_flags_total', 1, 'manual'],
      ['breakwater_abuse_evicted_subjects_total', 0, undefined],
      ['breakwater_abuse_subjects', 1, undefined],
      ['breakwater_abuse_flagged', 0, undefined],
    ]);
  });
});

describe('memory', () => {
  it('TRA-77 junk subjects make room for each other, and neither a busy nor a flagged one is forgotten', () => {
    const { abuse, record } = setup({ maxSubjects: 100, threshold: 10 });
    record('busy', 9);
    record('flagged', 10);
    abuse.unflag('pardoned', { graceMs: 1e9 });
    for (let i = 0; i < 20_000; i++) abuse.record(`junk-${String(i)}`);
    expect(abuse.snapshot()).toMatchObject({ subjects: 100, evictedSubjects: 19_903 });
    expect(record('busy', 1)).toMatchObject({ newlyFlagged: true });
    expect(abuse.isFlagged('flagged')).toBe(true);
    expect(abuse.explain('pardoned')?.graceMs).toBe(1e9);
  });

  it('who had to make room while flagged is told of', () => {
    const { abuse, told } = setup({ maxSubjects: 2 });
    abuse.flag('a', 'by hand', 1_000);
    abuse.flag('b', 'by hand', 2_000);
    abuse.flag('c', 'by hand', 3_000);
    expect(told).toMatchObject([
      { type: 'flagged', subject: 'a' },
      { type: 'flagged', subject: 'b' },
      { type: 'unflagged', subject: 'a', cause: 'evicted' },
      { type: 'flagged', subject: 'c' },
    ]);
    expect(abuse.explain('a')).toBeUndefined();
  });

  it('who has no event in the window any more is forgotten first, and that loses nothing', () => {
    const { clock, abuse, record } = setup({ maxSubjects: 10, windowMs: 1_000 });
    for (let i = 0; i < 10; i++) record(`early-${String(i)}`, 20);
    clock.advance(1_001);
    for (let i = 0; i < 10; i++) abuse.record(`late-${String(i)}`);
    expect(abuse.snapshot()).toMatchObject({ subjects: 10, evictedSubjects: 0 });
  });

  it('types beyond 254 share one', () => {
    const { abuse } = setup({ threshold: 300, maxSubjects: 9 });
    for (let i = 0; i < 300; i++) abuse.record('ann', `type-${String(i)}`);
    const { countByType } = abuse.explain('ann') ?? {};
    expect(Object.keys(countByType ?? {})).toHaveLength(255);
    expect(countByType).toMatchObject({ 'type-0': 1, 'type-253': 1, other: 46 });
  });

  it('a listener may use the detector, and one that throws stops nothing', async () => {
    const { abuse, reported, record } = setup({ threshold: 2 });
    abuse.on('flagged', ({ subject }) => {
      abuse.unflag(subject);
      throw new Error('listener');
    });
    expect(record('ann', 2)).toMatchObject({ newlyFlagged: true });
    expect(abuse.isFlagged('ann')).toBe(false);
    await Promise.resolve();
    expect(reported).toMatchObject([{ message: 'listener' }]);
  });
});
