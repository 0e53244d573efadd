// #region basic
import { AbuseDetector } from 'breakwater/abuse-detector';

const abuse = new AbuseDetector({ weights: { 'login-failed': 5 } });
abuse.on('flagged', ({ subject, reason }) => {
  console.log(`flagged ${subject}: ${reason}`);
});

for (let attempt = 1; attempt <= 10; attempt++) {
  abuse.record('user-7', 'login-failed', { evidence: { route: '/login' } });
}
console.log(abuse.isFlagged('user-7'));
// #endregion basic

// #region why
const why = abuse.explain('user-7');
console.log(why?.reasons, why?.countByType, why?.evidence.at(-1));

// A mistake: gone with what led to it, and nothing flags again for an hour.
abuse.unflag('user-7', { by: 'support', note: 'had caps lock on', graceMs: 3_600_000 });
// #endregion why

// #region rules
const logins = new AbuseDetector({
  name: 'logins',
  // A success is no offence, but the rule below hears of it.
  weights: { success: 0 },
  rules: { takeover: ({ type, countOf }) => type === 'success' && countOf('failure') >= 10 },
  // Slow and steady: 20 that have not faded flag as well, until fewer than 10 are left.
  score: { flagAt: 20, clearBelow: 10, halfLifeMs: 3_600_000 },
});
for (let i = 0; i < 10; i++) logins.record('user-8', 'failure');
console.log(logins.record('user-8', 'success').reasons);
// #endregion rules

console.log(logins.summary());
