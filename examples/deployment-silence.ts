// Run with `npx tsx examples/deployment-silence.ts`.
process.env['DATABASE_URL'] ??= 'postgres://db/shop';
process.env['SECRET_KEY'] ??= ' ';

// #region basic
import { DeploymentChecker } from 'breakwater/deployment';

// A day that you write down, such as '2027-01-31': one that moves on with each run never comes.
const until = new Date(Date.now() + 30 * 86_400_000);
const lenient = new DeploymentChecker({
  env: ['DATABASE_URL', 'SECRET_KEY'],
  silence: [{ id: 'environment.SECRET_KEY', reason: 'the vault comes with the next cluster', until }],
});
console.log((await lenient.runAllChecks({ tags: ['environment'] })).results[0]?.findings);
// #endregion basic
