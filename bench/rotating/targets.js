import { AbuseDetector } from '../../dist/abuse-detector.js';
import { DDOS_PROTECTION_DEFAULTS, DDoSProtection } from '../../dist/ddos-protection.js';
import { PER_USER_RATE_LIMITER_DEFAULTS, PerUserRateLimiter } from '../../dist/rate-limiter.js';
import { ABUSE_DETECTOR_DEFAULTS } from '../../dist/abuse-detector.js';

/** What is tried, with its defaults: `make` answers a function that says whether a call of a key may go on. */
export const targets = {
  'per-user': {
    title: 'PerUserRateLimiter, 100 and 100 a minute',
    room: PER_USER_RATE_LIMITER_DEFAULTS.maxKeys,
    addresses: false,
    ordinaryAMinute: 60,
    make: (clock) => {
      const limiter = new PerUserRateLimiter({ capacity: 100, refillPerSecond: 100 / 60, clock });
      return { call: (key) => limiter.check(key).allowed, evicted: () => limiter.snapshot().evictedKeys };
    },
  },
  ddos: {
    title: 'DDoSProtection',
    room: DDOS_PROTECTION_DEFAULTS.maxAddresses,
    addresses: true,
    ordinaryAMinute: 60,
    make: (clock) => {
      const ddos = new DDoSProtection({ clock, onListenerError: () => {} });
      return { call: (key) => ddos.check(key).allowed, evicted: () => ddos.stats().evictedAddresses };
    },
  },
  abuse: {
    title: 'AbuseDetector',
    room: ABUSE_DETECTOR_DEFAULTS.maxSubjects,
    addresses: false,
    // 40 within its window, where 50 flag.
    ordinaryAMinute: 8,
    make: (clock) => {
      const detector = new AbuseDetector({ clock });
      return { call: (key) => !detector.record(key).flagged, evicted: () => detector.snapshot().evictedSubjects };
    },
  },
};
