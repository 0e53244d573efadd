// Run with `npx tsx examples/deployment-checker.ts`.
const pool = { query: (_sql: string) => Promise.resolve([{ one: 1 }]) };
const search = { version: () => Promise.resolve('8.2.0') };
process.env['DATABASE_URL'] ??= 'postgres://db/shop';
process.env['SECRET_KEY'] ??= ' ';

// #region basic
import { DeploymentChecker } from 'breakwater/deployment';

const deployment = new DeploymentChecker({
  env: ['DATABASE_URL', 'SECRET_KEY'],
  database: () => pool.query('SELECT 1'),
});

deployment.register({
  id: 'search-version',
  name: 'Search index',
  tags: ['live'],
  async run() {
    const version = await search.version();
    if (version.startsWith('8.')) return { status: 'PASS', message: `the index runs ${version}` };
    return { status: 'FAIL', message: `the index runs ${version}`, hint: 'this build needs 8.x' };
  },
});

const { allPass, results } = await deployment.runAllChecks();
for (const { status, name, message } of results) console.log(`${status}  ${name}: ${message}`);
if (!allPass) console.log(deployment.getSummary().message);
// #endregion basic

// #region silence
const lenient = new DeploymentChecker({
  env: ['DATABASE_URL', 'SECRET_KEY'],
  silence: [{ id: 'environment.SECRET_KEY', reason: 'the vault comes with the next cluster', until: '2099-01-31' }],
});
console.log((await lenient.runAllChecks({ tags: ['environment'] })).results[0]?.findings);
// #endregion silence

process.env['SECRET_KEY'] = 'what-nobody-guesses-0815-and-more';
// #region start
import { ApplicationLifecycle } from 'breakwater/lifecycle';

const lifecycle = new ApplicationLifecycle({ deployment });
// Rejects, and ends the process with 1, unless all checks pass.
await lifecycle.start();
// #endregion start
await lifecycle.stop('the example is over');
