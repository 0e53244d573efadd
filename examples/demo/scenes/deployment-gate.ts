import { ms } from '../client.js';
import { Build, type Gated, gateUnchanged, HANG, TIMEOUT_MS } from '../gate/build.js';
import { GateDatabase } from '../gate/database.js';
import { KEY_LENGTH, newSecret, PIECE, showsAny } from '../secrets.js';
import type { Scene, Stage } from '../stage.js';

const FIRST = '20260301090000_orders.js';
const SECOND = '20260401090000_currency.js';

/** Exit codes of `breakwater check`. */
const WRONG = 1;
const PENDING = 4;

/** Ids of what is wrong, in the order of the checks. */
const MISTAKES = [
  'environment.SECRET_KEY',
  'migrations.pending',
  'files.syntax.app.json',
  'security.secret-missing.SECRET_KEY',
  'security.secret-strength.SESSION_KEY',
  'schema.missing-column',
];

/** More than the one who hangs may take; a busy machine needs some of it for the others. */
const SLACK_MS = 1_000;

/** A build that must not go to production is kept back, and all that is wrong with it is said at once. */
export const deploymentGate: Scene = {
  title: 'A build at the gate',
  main: false,
  word: 'deployment',
  async play(stage) {
    const password = newSecret(KEY_LENGTH);
    const database = await GateDatabase.create(stage.database.address, [FIRST], password);
    const build = await Build.create(stage.database.folder, [FIRST, SECOND]);
    try {
      await threeTimes(stage, database, build, password);
    } finally {
      await build.remove();
      await database.remove();
    }
  },
};

async function threeTimes(stage: Stage, database: GateDatabase, build: Build, password: string): Promise<void> {
  const [weak, inFile] = [newSecret(KEY_LENGTH / 4), newSecret(KEY_LENGTH)];
  const [secretKey, sessionKey] = [newSecret(KEY_LENGTH), newSecret(KEY_LENGTH)];

  stage.say('A build comes to the gate with five mistakes, and one whom it asks never answers. What the gate prints:');
  await build.write('app.json', `{ "region": "eu", "token": "${inFile}"\n  "retries": 3 }\n`);
  await build.write(HANG, '');
  const wrong = await gateUnchanged(build, database, {
    DATABASE_URL: database.url,
    SECRET_KEY: '  ',
    SESSION_KEY: weak,
  });
  show(stage, wrong);
  promiseReport(stage, wrong);

  stage.say('All of that put right, but for the migration:');
  const fine = { DATABASE_URL: database.url, SECRET_KEY: secretKey, SESSION_KEY: sessionKey };
  await build.write('app.json', `{ "region": "eu", "token": "${inFile}", "retries": 3 }\n`);
  await build.delete(HANG);
  await database.run('ALTER TABLE orders ADD COLUMN currency text');
  const pending = await gateUnchanged(build, database, fine);
  show(stage, pending);
  const left = failuresOf(pending);
  stage.promise(
    'with a code of its own it says that all that is wrong is a migration which nobody ran',
    pending.exitCode === PENDING && left.join() === 'migrations.pending' && pending.report.includes(SECOND),
    `exit code ${String(pending.exitCode)}; ${left.join(', ')}`,
  );

  stage.say('The migration is run:');
  await database.run("UPDATE orders SET currency = 'EUR'");
  await database.record(SECOND);
  const right = await gateUnchanged(build, database, fine);
  show(stage, right);
  const passed = /^(\d+) of (\d+) checks passed$/m.exec(right.report);
  stage.promise(
    'then it may go to production',
    right.exitCode === 0 && failuresOf(right).length === 0 && passed !== null && passed[1] === passed[2],
    `exit code ${String(right.exitCode)}; ${passed?.[0] ?? 'no check passed'}`,
  );

  const runs = [wrong, pending, right];
  promiseNoSecret(stage, runs, [password, weak, inFile, secretKey, sessionKey]);
  const refused = await database.refused();
  stage.promise(
    'its role may only read, and neither the tables nor the catalogue nor the counter of transactions has changed by it',
    refused.startsWith('permission denied') && runs.every(({ unchanged, rows }) => unchanged && rows > 0),
    `${String(right.rows)} rows compared before and after each run; a write of the role: ${refused}`,
  );
}

function promiseReport(stage: Stage, gated: Gated): void {
  const { exitCode, report, checkedMs } = gated;
  const failures = failuresOf(gated);
  stage.promise(
    'a blank secret, a weak one, a migration that was not run, a missing column, a broken file: one report tells all of it',
    exitCode === WRONG && failures.join() === MISTAKES.join(),
    `exit code ${String(exitCode)}; ${failures.join(', ')}`,
  );
  const unknown = report.split('\n').filter((line) => /^ {2}(TIMEOUT|CRASHED) /.test(line));
  stage.promise(
    'what could not be found out is told apart from what is wrong',
    unknown.length === 1 && /TIMEOUT +Payments +timed out after 500 ms$/.test(unknown[0] ?? ''),
    unknown.map((line) => line.trim().replace(/ +/g, ' ')).join(),
  );
  stage.promise(
    'the one who hangs keeps nobody waiting for longer than its own limit',
    checkedMs >= TIMEOUT_MS && checkedMs < TIMEOUT_MS + SLACK_MS,
    `all seven checks took ${ms(checkedMs)}, with a limit of ${ms(TIMEOUT_MS)}`,
  );
}

function promiseNoSecret(stage: Stage, runs: readonly Gated[], secrets: readonly string[]): void {
  const encoded = secrets.map((secret) => Buffer.from(secret).toString('base64'));
  stage.promise(
    'no report holds a piece of a secret, be it good or bad; their names are there',
    runs.every(({ text }) => !showsAny(text, [...secrets, ...encoded])) &&
      ['SECRET_KEY', 'SESSION_KEY', 'app.json'].every((name) => runs[0]?.report.includes(name)),
    `${String(secrets.length)} secrets, looked for in pieces of ${String(PIECE)} characters, as they are and in base64`,
  );
}

/** What is wrong, by its id. */
function failuresOf({ report }: Gated): readonly string[] {
  return [...report.matchAll(/^ +FAIL .*\[([\w.-]+)\]$/gm)].map(([, id = '']) => id);
}

function show(stage: Stage, { report }: Gated): void {
  for (const line of report.split('\n')) if (line !== '') stage.quote(line, 2);
}
