import { setTimeout } from 'node:timers/promises';
const paying = new Set(['red']);
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

// #region reserve
// What a call costs is known afterwards: reserve an estimate, and settle when the answer is there.
const tokens = new RateLimiter({ name: 'tokens', capacity: 10_000, refillPerSecond: 1_000 });

async function ask(question: string): Promise<string> {
  const reservation = tokens.reserve(500);
  if (reservation.delayMs > 2_000) {
    reservation.cancel();
    return 'try again later';
  }
  await setTimeout(reservation.delayMs);
  const { text, used } = complete(question);
  reservation.commit(used);
  return text;
}
// #endregion reserve
console.log(await ask('How deep is the sea?'));

// #region reconfigure
// A customer has bought more: ten times as much from now on, and the bucket as full as it was.
tokens.reconfigure({ capacity: 100_000, refillPerSecond: 10_000 }, 'proportional');
// #endregion reconfigure
console.log(tokens.snapshot());

// #region also
// A user, and the team that pays for all of them: a call passes both limits or is charged by neither.
const plans = { free: { capacity: 20, refillPerSecond: 0.5 }, paid: { capacity: 200, refillPerSecond: 5 } };
const members = new PerUserRateLimiter({ name: 'member', capacity: 10, refillPerSecond: 1 });
const teams = new PerUserRateLimiter({
  name: 'team',
  ...plans.free,
  limitsFor: (team) => (paying.has(team) ? plans.paid : undefined),
});
const { allowed: passes, violated } = members.check('ann', { also: [{ limiter: teams, key: 'red', cost: 2 }] });
// #endregion also
console.log({ passes, violated });

function complete(question: string): { readonly text: string; readonly used: number } {
  return { text: `${question} Four kilometres, on average.`, used: 420 };
}
