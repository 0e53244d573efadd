import { InvalidArgumentError, InvalidOptionsError } from 'breakwater/core';
import { type PolicyDecision, RATE_LIMIT_HEADERS_DEFAULTS, rateLimitFields } from 'breakwater/http';
import { PerUserRateLimiter } from 'breakwater/rate-limiter';
import { ManualClock } from 'breakwater/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const daily: PolicyDecision = {
  policy: 'daily',
  limit: 1_000,
  remaining: 7,
  allowed: true,
  retryAfterMs: 0,
  resetAfterMs: 40_000,
  windowMs: 86_400_000,
};
const burst: PolicyDecision = {
  ...daily,
  policy: 'burst',
  limit: 100,
  remaining: 3,
  resetAfterMs: 1,
  windowMs: 60_000,
};
const refused: PolicyDecision = { ...burst, remaining: 0, allowed: false, retryAfterMs: 1_200, resetAfterMs: 59_000 };

const DRAFTS = ['draft-10', 'draft-8', 'draft-7', 'draft-6'] as const;

describe('rateLimitFields', () => {
  it.each(['draft-10', 'draft-8'] as const)('TRA-65 %s names every policy, in the order of the decisions', (draft) => {
    expect(rateLimitFields([daily, burst], { draft })).toEqual({
      'RateLimit-Policy': '"daily";q=1000;w=86400, "burst";q=100;w=60',
      RateLimit: '"daily";r=7;t=40, "burst";r=3;t=1',
    });
  });

  it('TRA-65 draft-7 names every policy, and the state of the one that leaves least', () => {
    expect(rateLimitFields([daily, burst], { draft: 'draft-7' })).toEqual({
      'RateLimit-Policy': '1000;w=86400, 100;w=60',
      RateLimit: 'limit=100, remaining=3, reset=1',
    });
  });

  it('TRA-65 draft-6 names every policy, and the state of the one that leaves least', () => {
    expect(rateLimitFields([burst, daily], { draft: 'draft-6' })).toEqual({
      'RateLimit-Policy': '100;w=60, 1000;w=86400',
      'RateLimit-Limit': '100',
      'RateLimit-Remaining': '3',
      'RateLimit-Reset': '1',
    });
  });

  it('TRA-65 the legacy fields name the one that leaves least, and when by the wall clock', () => {
    const clock = new ManualClock({ now: 5, wallNow: 1_800_000_000_400 });
    expect(rateLimitFields([daily, { ...burst, resetAfterMs: 601 }], { draft: false, legacy: true, clock })).toEqual({
      'X-RateLimit-Limit': '100',
      'X-RateLimit-Remaining': '3',
      'X-RateLimit-Reset': '1800000002',
    });
    const both = rateLimitFields([daily], { legacy: true, clock });
    expect(Object.keys(both)).toEqual([
      'RateLimit-Policy',
      'RateLimit',
      'X-RateLimit-Limit',
      'X-RateLimit-Remaining',
      'X-RateLimit-Reset',
    ]);
  });

  it.each([
    ['draft-10', { 'RateLimit-Policy': '"burst";q=100;w=60', RateLimit: '"burst";r=0;t=2' }],
    ['draft-8', { 'RateLimit-Policy': '"burst";q=100;w=60', RateLimit: '"burst";r=0;t=2' }],
    ['draft-7', { 'RateLimit-Policy': '100;w=60', RateLimit: 'limit=100, remaining=0, reset=2' }],
    [
      'draft-6',
      {
        'RateLimit-Policy': '100;w=60',
        'RateLimit-Limit': '100',
        'RateLimit-Remaining': '0',
        'RateLimit-Reset': '2',
      },
    ],
    [false, {}],
  ] as const)('TRA-62 TRA-63 a refusal by %s says when to come back, once', (draft, fields) => {
    expect(rateLimitFields([refused], { draft })).toEqual({ 'Retry-After': '2', ...fields });
  });

  it('TRA-63 a policy that admitted names no time after Retry-After, but its state all the same', () => {
    const { RateLimit: state, 'Retry-After': retryAfter } = rateLimitFields([
      daily,
      { ...daily, policy: 'x', resetAfterMs: 2_000 },
      refused,
    ]);
    expect([state, retryAfter]).toEqual(['"daily";r=7, "x";r=7;t=2, "burst";r=0;t=2', '2']);
  });

  it('TRA-65 on a refusal the refusing policy counts, not the one that leaves least; of two the one that lasts longer', () => {
    const empty = { ...daily, policy: 'empty', remaining: 0 };
    const costly = { ...refused, limit: 9, remaining: 4 };
    const longer = { ...refused, limit: 8, remaining: 5, retryAfterMs: 90_000, resetAfterMs: 90_000 };
    expect(rateLimitFields([empty, costly], { draft: 'draft-7' }).RateLimit).toBe('limit=9, remaining=4, reset=2');
    const fields = rateLimitFields([longer, costly], { draft: 'draft-7' });
    expect([fields.RateLimit, fields['Retry-After']]).toEqual(['limit=8, remaining=5, reset=90', '90']);
  });

  it('what no wait helps has neither Retry-After nor a reset, which draft-6 and draft-7 cannot say', () => {
    const never = { ...refused, retryAfterMs: Infinity, resetAfterMs: Infinity };
    expect(rateLimitFields([never])).toEqual({ 'RateLimit-Policy': '"burst";q=100;w=60', RateLimit: '"burst";r=0' });
    expect(rateLimitFields([never], { draft: 'draft-7' })).toEqual({ 'RateLimit-Policy': '100;w=60' });
    expect(rateLimitFields([never], { draft: 'draft-6', legacy: true })).toEqual({
      'RateLimit-Policy': '100;w=60',
      'X-RateLimit-Limit': '100',
      'X-RateLimit-Remaining': '0',
    });
  });

  it.each([
    [undefined, ''],
    [1, ''],
    [999.9, ''],
    [1_000, ';w=1'],
    [1_000.5, ';w=2'],
    [1e25, ';w=999999999999999'],
    [Infinity, ''],
  ])('TRA-64 a window of %s ms is said as "%s"', (windowMs, said) => {
    expect(rateLimitFields([{ ...burst, windowMs }])['RateLimit-Policy']).toBe(`"burst";q=100${said}`);
    const seventh = rateLimitFields([{ ...burst, windowMs }], { draft: 'draft-7' })['RateLimit-Policy'];
    // A policy of that draft has a window.
    expect(seventh).toBe(said === '' ? undefined : `100${said}`);
  });

  it('two policies of one quota cannot both be in the list of draft-7: the one that counts is', () => {
    const hourly = { ...burst, policy: 'hourly', remaining: 1, windowMs: 3_600_000 };
    expect(rateLimitFields([burst, hourly, daily], { draft: 'draft-7' })).toEqual({
      'RateLimit-Policy': '100;w=3600, 1000;w=86400',
      RateLimit: 'limit=100, remaining=1, reset=1',
    });
    expect(rateLimitFields([hourly, daily, burst], { draft: 'draft-7' })['RateLimit-Policy']).toBe(
      '100;w=3600, 1000;w=86400',
    );
  });

  it('of two policies that leave the same, the one that takes longer to come back counts', () => {
    const slow = { ...burst, policy: 'slow', limit: 50, resetAfterMs: 9_000 };
    for (const decisions of [
      [burst, slow],
      [slow, burst],
    ]) {
      expect(rateLimitFields(decisions, { draft: 'draft-7' }).RateLimit).toBe('limit=50, remaining=3, reset=9');
    }
  });

  it('a policy in shadow mode is not named: nobody enforces it', () => {
    expect(rateLimitFields([{ ...refused, allowed: true, shadow: true }])).toEqual({});
    expect(rateLimitFields([{ ...refused, allowed: true, shadow: true }, daily]).RateLimit).toBe('"daily";r=7;t=40');
    expect(rateLimitFields([])).toEqual({});
  });

  it('takes the decisions of a limiter as they are', () => {
    const clock = new ManualClock();
    const limiter = new PerUserRateLimiter({ name: 'api', capacity: 2, refillPerSecond: 0.5, clock });
    expect(rateLimitFields([limiter.check('a')])).toEqual({
      'RateLimit-Policy': '"api";q=2',
      RateLimit: '"api";r=1;t=2',
    });
    limiter.check('a');
    expect(rateLimitFields([{ ...limiter.check('a'), windowMs: 4_000 }])).toEqual({
      'Retry-After': '2',
      'RateLimit-Policy': '"api";q=2;w=4',
      RateLimit: '"api";r=0;t=2',
    });
  });

  it.each(['draft-11', 'draft-9', '10', 'toString', 10, true, null])(
    'TRA-67 refuses the version %j and says which there are',
    (draft) => {
      const make = () => rateLimitFields([daily], { draft: draft as never });
      expect(make).toThrow(InvalidOptionsError);
      expect(make).toThrow("rateLimitFields: draft must be 'draft-10', 'draft-8', 'draft-7', 'draft-6' or false");
    },
  );

  it('refuses other options that are wrong', () => {
    expect(() => rateLimitFields([], { legcy: true } as never)).toThrow('did you mean legacy?');
    expect(() => rateLimitFields([], { legacy: 1 } as never)).toThrow('legacy must be');
    expect(() => rateLimitFields([], { clock: {} } as never)).toThrow('clock must have');
  });

  it.each([
    [{ policy: '' }, 'policy must be printable ASCII'],
    [{ policy: 'a\r\nSet-Cookie: x=1' }, 'policy must be printable ASCII'],
    [{ policy: 'schütz' }, 'policy must be printable ASCII'],
    [{ policy: undefined }, 'policy must be printable ASCII'],
    [{ policy: 'a\n' }, 'policy must be printable ASCII'],
    [{ limit: NaN }, 'limit must be a number of at least 0'],
    [{ limit: '1\r\n' }, 'limit must be a number of at least 0'],
    [{ remaining: -1 }, 'remaining must be a number of at least 0'],
    [{ retryAfterMs: NaN }, 'retryAfterMs must be a number of at least 0'],
    [{ resetAfterMs: undefined }, 'resetAfterMs must be a number of at least 0'],
    [{ windowMs: '60' }, 'windowMs must be a number of at least 0'],
  ])('TRA-64 refuses a decision that no header can carry: %j', (wrong, message) => {
    const make = () => rateLimitFields([daily, { ...daily, ...(wrong as object) }]);
    expect(make).toThrow(InvalidArgumentError);
    expect(make).toThrow(`rateLimitFields: decisions[1].${message}`);
  });

  it.each([undefined, null, daily, 'x'])('refuses what is no list of decisions: %j', (decisions) => {
    expect(() => rateLimitFields(decisions as never)).toThrow('rateLimitFields: decisions must be a list');
    expect(() => rateLimitFields([decisions === daily ? 1 : decisions] as never)).toThrow(
      'rateLimitFields: decisions[0] must be a decision',
    );
  });

  it('TRA-62 TRA-63 TRA-64 whatever was decided, fields are well-formed and no reset is later than Retry-After', () => {
    const amount = fc.oneof(fc.nat(), fc.double({ min: 0, max: 1e30, noNaN: true }));
    const time = fc.oneof(fc.double({ min: 0, max: 1e5, noNaN: true }), amount, fc.constant(Infinity));
    const decision = fc.record({
      policy: fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme-ascii' }),
      limit: amount,
      remaining: amount,
      allowed: fc.boolean(),
      retryAfterMs: time,
      resetAfterMs: time,
      windowMs: fc.option(time, { nil: undefined }),
    });
    const item = String.raw`"(?:[^"\\]|\\["\\])+"`;
    const whole = String.raw`\d{1,15}`;
    const list = (one: string) => new RegExp(`^${one}(?:, ${one})*$`);
    const grammar: Record<string, Record<string, RegExp>> = {
      'draft-10': {
        'RateLimit-Policy': list(`${item};q=${whole}(?:;w=[1-9]\\d{0,14})?`),
        RateLimit: list(`${item};r=${whole}(?:;t=${whole})?`),
      },
      'draft-7': {
        'RateLimit-Policy': list(`${whole};w=[1-9]\\d{0,14}`),
        RateLimit: new RegExp(`^limit=${whole}, remaining=${whole}, reset=${whole}$`),
      },
      'draft-6': {
        'RateLimit-Policy': list(`${whole};w=[1-9]\\d{0,14}`),
        'RateLimit-Limit': new RegExp(`^${whole}$`),
        'RateLimit-Remaining': new RegExp(`^${whole}$`),
        'RateLimit-Reset': new RegExp(`^${whole}$`),
      },
    };
    grammar['draft-8'] = grammar['draft-10'] ?? {};
    fc.assert(
      fc.property(
        fc.array(decision, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(...DRAFTS),
        (decisions, draft) => {
          const { 'Retry-After': retryAfter, ...fields } = rateLimitFields(decisions, { draft });
          const waits = decisions.filter(({ allowed }) => !allowed).map(({ retryAfterMs }) => retryAfterMs);
          const longest = Math.max(0, ...waits);
          expect(retryAfter === undefined).toBe(waits.length === 0 || longest === Infinity);
          if (retryAfter !== undefined) {
            expect(retryAfter).toMatch(/^[1-9]\d{0,14}$/);
            expect(Number(retryAfter) * 1_000).toBeGreaterThanOrEqual(Math.min(longest, 999_999_999_999_999_000));
          }
          for (const [name, value] of Object.entries(fields)) {
            expect(value).toMatch(grammar[draft]?.[name] ?? /never/);
            const resets = [...value.replace(/"(?:[^"\\]|\\.)*"/g, '').matchAll(/;t=(\d+)|reset=(\d+)/g)];
            const times = resets.map(([, t, reset]) => Number(t ?? reset));
            if (name === 'RateLimit-Reset') times.push(Number(value));
            if (retryAfter !== undefined) for (const t of times) expect(t).toBeLessThanOrEqual(Number(retryAfter));
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('has its defaults written down', () => {
    const { draft, legacy } = RATE_LIMIT_HEADERS_DEFAULTS;
    expect(rateLimitFields([daily, burst], { draft, legacy })).toEqual(rateLimitFields([daily, burst]));
    expect(Object.isFrozen(RATE_LIMIT_HEADERS_DEFAULTS)).toBe(true);
  });
});
