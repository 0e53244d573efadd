import { ABUSE_DETECTOR_DEFAULTS, AbuseDetector, type AbuseDetectorOptions } from 'breakwater/abuse-detector';
import { InvalidOptionsError } from 'breakwater/core';
import { describe, expect, expectTypeOf, it } from 'vitest';

function issuesOf(options: unknown): readonly unknown[] {
  try {
    new AbuseDetector(options as AbuseDetectorOptions);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidOptionsError);
    return (error as InvalidOptionsError).issues.map(({ path, message }) => `${path} ${message}`);
  }
  return [];
}

describe('AbuseDetector options', () => {
  it('may be left out, and are read once', () => {
    const weights = { login: 3 };
    const abuse = new AbuseDetector({ weights });
    weights.login = 50;
    expect(abuse.record('ann', 'login').count).toBe(3);
    expect(new AbuseDetector().snapshot()).toMatchObject({
      name: ABUSE_DETECTOR_DEFAULTS.name,
      threshold: 50,
      windowMs: 300_000,
      maxSubjects: 10_000,
    });
  });

  it.each([
    [{ threshold: 0 }, 'threshold must be an integer of at least 1, got 0'],
    [{ windowMs: 0 }, 'windowMs must be a finite number of milliseconds of at least 1, got 0'],
    [{ flagTtlMs: Infinity }, 'flagTtlMs must be a finite number of milliseconds of at least 1, got Infinity'],
    [{ events: 50 }, 'events is not an option'],
    [{ weight: {} }, 'weight is not an option; did you mean weights?'],
    [{ weights: [] }, 'weights must be an object of weights by name, got an array'],
    [{ weights: { a: 0.5 } }, 'weights.a must be an integer from 0 to 1000000, got 0.5'],
    [{ weights: { '': 1 } }, 'weights. has a name that is not of 1 to 100 characters'],
    [{ rules: { odd: true } }, 'rules.odd must be a function, got true'],
    [{ rules: { spike: () => false } }, 'rules.spike is the name of a rule that is there already'],
    [{ score: {} }, 'score.flagAt is required: it must be a finite number'],
    [{ score: { flagAt: 0 } }, 'score.flagAt must be more than 0, got 0'],
    [{ score: { flagAt: 1, clearBelow: 2 } }, 'score.clearBelow must be more than 0 and at most flagAt, got 2'],
    [{ score: { flagAt: 1, clearBelow: 0 } }, 'score.clearBelow must be more than 0 and at most flagAt, got 0'],
    [{ score: { flagAt: 1, halfLife: 5 } }, 'score.halfLife is not an option; did you mean score.halfLifeMs?'],
    [
      { maxSubjects: 50_000 },
      'maxSubjects needs 19.1 MiB (maxSubjects x threshold x 8 bytes), more than 16 MiB; lower maxSubjects to 41943, or threshold',
    ],
    [
      { maxSubjects: 1, threshold: 3_000_000 },
      'maxSubjects needs 22.9 MiB (maxSubjects x threshold x 8 bytes), more than 16 MiB; lower threshold',
    ],
  ])('%j is refused', (options, issue) => {
    expect(issuesOf(options)).toEqual([issue]);
  });

  it('as much memory as is allowed is allowed', () => {
    expect(issuesOf({ maxSubjects: 41_943 })).toEqual([]);
    expect(issuesOf({ maxSubjects: 2_097_152, threshold: 1 })).toEqual([]);
  });

  it('a rule is typed', () => {
    expectTypeOf<NonNullable<AbuseDetectorOptions['rules']>[string]>().parameter(0).toHaveProperty('countOf');
    // @ts-expect-error: a rule answers at once
    new AbuseDetector({ rules: { late: async () => Promise.resolve(true) } });
  });
});
