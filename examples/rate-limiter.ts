// #region basic
import { PerUserRateLimiter, RateLimiter } from 'breakwater/rate-limiter';

// Everything that leaves through one door: 20 mails at once, then 5 a second.
const mail = new RateLimiter({ name: 'mail', capacity: 20, refillPerSecond: 5 });
const decision = mail.tryAcquire();
if (!decision.allowed) console.log(`try again in ${String(decision.retryAfterMs)} ms`);

// Everybody by themselves: 100 requests at once, then 100 a minute.
const users = new PerUserRateLimiter({ name: 'api', capacity: 100, refillPerSecond: 100 / 60 });
const { allowed, remaining } = users.check('user-17');
// #endregion basic
console.log({ allowed, remaining });

// #region acquire
// Background work waits for its turn instead: first come, first served, and not for ever.
const turn = await mail.acquire({ cost: 2, maxWaitMs: 5_000 });
// #endregion acquire
console.log(`${String(turn.remaining)} left`);
