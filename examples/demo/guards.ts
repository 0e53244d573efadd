import { AbuseDetector } from 'breakwater/abuse-detector';
import { DDoSProtection } from 'breakwater/ddos-protection';
import { PerUserRateLimiter } from 'breakwater/rate-limiter';

/** Whoever is limited, and how. */
export class Guards {
  readonly ddos = new DDoSProtection();
  /** 100 requests at once, then 100 a minute. */
  readonly users = new PerUserRateLimiter({ capacity: 100, refillPerSecond: 100 / 60 });
  /** Flags who is refused 50 times in 5 minutes. */
  readonly abuse = new AbuseDetector();

  constructor() {
    this.users.on('rejected', ({ key, limiter, decision }) => {
      const { remaining, retryAfterMs } = decision;
      this.abuse.record(key, 'RATE_LIMITED', { evidence: { limiter, remaining, retryAfterMs } });
    });
  }
}
