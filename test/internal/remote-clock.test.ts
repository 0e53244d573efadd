import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RemoteClock } from '../../src/internal/remote-clock.js';
import { runs } from '../runs.js';

describe('the time in another process', () => {
  it('is before all time as long as nobody knows it', () => {
    expect(new RemoteClock().at(1e15)).toBe(-1);
  });

  it('is known to within the time that the last answer took, wherever its clock stands', () => {
    const answer = fc.record({
      jumpUs: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.integer({ min: -1e12, max: 1e12 })),
      waitUs: fc.integer({ min: 0, max: 1e9 }),
      thereUs: fc.integer({ min: 0, max: 1e7 }),
      backUs: fc.integer({ min: 0, max: 1e7 }),
    });
    fc.assert(
      fc.property(fc.array(answer, { minLength: 1, maxLength: 30 }), (answers) => {
        const known = new RemoteClock();
        let [localUs, aheadUs] = [0, 1e15];
        for (const { jumpUs, waitUs, thereUs, backUs } of answers) {
          aheadUs += jumpUs;
          const sentUs = localUs + waitUs;
          localUs = sentUs + thereUs + backUs;
          known.learn(sentUs + thereUs + aheadUs, sentUs, localUs);
          const errorUs = known.at(localUs) - (localUs + aheadUs);
          expect(errorUs).toBeGreaterThanOrEqual(-backUs);
          expect(errorUs).toBeLessThanOrEqual(thereUs);
        }
      }),
      { numRuns: runs(1_000) },
    );
  });
});
