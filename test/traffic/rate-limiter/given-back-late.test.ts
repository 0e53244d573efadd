import { RateLimiter, type Reservation } from 'breakwater/rate-limiter';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';

/** Ten tokens a second: one each 100 ms. */
function setup() {
  const clock = new ManualClock({ now: 1_000 });
  return { clock, limiter: new RateLimiter({ capacity: 4, refillPerSecond: 10, clock }) };
}

describe('what is given back late', () => {
  it('TRA-43 makes no more of a bucket that is full by itself', () => {
    const { clock, limiter } = setup();
    const reservation = limiter.reserve(4);
    clock.advance(400);
    reservation.commit(0);
    limiter.refund(4);
    expect([limiter.tokens(), limiter.tryAcquire(4).allowed, limiter.tryAcquire().allowed]).toEqual([4, true, false]);
  });

  it.each([
    [
      'commit',
      (reservation: Reservation) => {
        reservation.commit(0);
      },
    ],
    [
      'cancel',
      (reservation: Reservation) => {
        reservation.cancel();
      },
    ],
  ])('TRA-44 by %s after the bucket was full again is nothing to those who took from it since', (_, giveBack) => {
    const { clock, limiter } = setup();
    const reservation = limiter.reserve(4);
    clock.advance(400);
    expect(limiter.tryAcquire(4).allowed).toBe(true);
    giveBack(reservation);
    expect([limiter.tokens(), limiter.tryAcquire().allowed]).toEqual([0, false]);
    clock.advance(100);
    expect(limiter.tryAcquire().allowed).toBe(true);
  });

  it('TRA-44 is still owed when it is more than was reserved', () => {
    const { clock, limiter } = setup();
    const reservation = limiter.reserve(4);
    clock.advance(400);
    limiter.tryAcquire(4);
    reservation.commit(6);
    expect(limiter.delayMs(1)).toBeCloseTo(300, 6);
  });

  it('TRA-44 is all there while the bucket has not been full', () => {
    const { clock, limiter } = setup();
    const reservation = limiter.reserve(3);
    clock.advance(100);
    limiter.tryAcquire(1);
    reservation.commit(1);
    expect(limiter.tokens()).toBeCloseTo(3, 6);
  });
});
