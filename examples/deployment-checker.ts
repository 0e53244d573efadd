// Run with `npx tsx examples/deployment-checker.ts`.
process.env['DATABASE_URL'] ??= 'postgres://db/shop';
process.env['SECRET_KEY'] ??= ' ';

// #region basic
import { DeploymentChecker } from 'breakwater/deployment';
import { ApplicationLifecycle } from 'breakwater/lifecycle';

// In the place of a pool of your database and a client of your search service.
const pool = { query: (_sql: string) => Promise.resolve([{ one: 1 }]) };
const search = { version: () => Promise.resolve('8.2.0') };

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

// A start that is given the checker rejects, and ends the process with 1, unless all checks pass.
const lifecycle = new ApplicationLifecycle({ deployment });
// #endregion basic

process.env['SECRET_KEY'] = 'what-nobody-guesses-0815-and-more';
await lifecycle.start();
await lifecycle.stop('the example is over');
