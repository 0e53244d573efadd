import { registerSecret } from 'breakwater/core';
import { ConfigValidator } from 'breakwater/config';
import { ManualClock } from 'breakwater/testing';
import { type DeploymentCheck, DeploymentChecker, REQUIRED_VARIABLES } from 'breakwater/deployment';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { breakwater, FILE, holding, onDisk } from './setup.js';

afterEach(() => vi.unstubAllEnvs());

type Outcome = ReturnType<DeploymentCheck['run']>;

function checker(outcomes: Readonly<Record<string, () => Outcome>>, more: Partial<DeploymentCheck> = {}) {
  const checks = Object.entries(outcomes).map(([id, run]): DeploymentCheck => ({
    id,
    name: `The ${id}`,
    run,
    ...more,
  }));
  return new DeploymentChecker({ env: false, checks });
}

function check(deployment: object, ...words: string[]) {
  return breakwater(['check', ...words], holding({ 'breakwater.config.js': { deployment } }));
}

const good = (): Outcome => ({ status: 'PASS', message: 'fine' });
const warns = (): Outcome => ({ status: 'WARN', message: 'odd', hint: 'look at it' });
const bad = (): Outcome => ({ status: 'FAIL', message: 'wrong', hint: 'mend it' });
const crashes = (): Outcome => {
  throw new Error('no route');
};
const pending = (): Outcome => ({
  message: '2 pending',
  findings: [{ id: 'migrations.pending', status: 'FAIL', message: '2 migrations are pending' }],
});

describe('breakwater check', () => {
  it.each([[['check', '--help']], [['check', '-h']], [['check', '--profile', 'test', '--help']]])(
    '%j teaches',
    async (argv) => {
      const { code, out, err } = await breakwater(argv);
      expect([code, err]).toEqual([0, '']);
      for (const word of [
        'breakwater.config.js',
        'DeploymentChecker',
        '--config FILE',
        '--profile NAME',
        '--offline',
        '--fail-on fail|warn',
        '--format text|json|junit|sarif|github',
        '--timeout TIME',
      ])
        expect(out).toContain(word);
      expect(out).toMatch(/2 .*\n.*1 .*\n.*3 .*\n.*4 .*\n.*0 /);
    },
  );

  it.each([
    [['--profil', 'x'], "unknown option '--profil'; did you mean '--profile'?"],
    [['--format', 'xml'], "'--format' takes text or json or junit or sarif or github, got 'xml'"],
    [['--fail-on', 'warning'], "'--fail-on' takes fail or warn, got 'warning'"],
    [['--tag', 'a,,b'], "'--tag' takes names with commas between"],
    [['now'], "'check' takes options only, got 'now'"],
  ])('%j makes no sense, and nothing is loaded', async (words, message) => {
    const world = { look: () => FILE, importModule: () => Promise.reject(new Error('loaded')) };
    expect(await breakwater(['check', ...words], world)).toEqual({
      code: 2,
      out: '',
      err: `breakwater: ${message}\nRun 'breakwater check --help' for what there is.`,
    });
  });

  it('shows each check, what it found and what to do', async () => {
    const { code, out, err } = await check(checker({ good, warns, bad, crashes, several: pending }));
    expect([code, err]).toEqual([1, '']);
    expect(out.split('\n')).toEqual([
      'breakwater check: production',
      '',
      '  PASS      The good     fine',
      '  WARN      The warns    odd',
      '            -> look at it',
      '  FAIL      The bad      wrong',
      '            -> mend it',
      '  CRASH     The crashes  crashed: no route',
      '  FAIL      The several  2 pending',
      '            FAIL 2 migrations are pending [migrations.pending]',
      '',
      '1 of 5 checks passed, 3 failed (1 could not be found out), 1 warning',
    ]);
  });

  it.each<[string, Readonly<Record<string, () => Outcome>>, string[], number]>([
    ['all is well', { good }, [], 0],
    ['a warning', { good, warns }, [], 0],
    ['a warning, with --fail-on warn', { good, warns }, ['--fail-on', 'warn'], 1],
    ['a failure', { good, bad }, [], 1],
    ['a crash', { good, crashes }, [], 3],
    ['a crash and a failure', { crashes, bad }, [], 1],
    ['a crash and a warning, with --fail-on warn', { crashes, warns }, ['--fail-on', 'warn'], 1],
  ])('HLD-61 %s: the exit code', async (_, outcomes, words, code) => {
    expect((await check(checker(outcomes), ...words)).code).toBe(code);
  });

  it.each<[string, Readonly<Record<string, () => Outcome>>, number]>([
    ['alone', { good }, 4],
    ['and a warning', { warns }, 4],
    ['and a crash', { crashes }, 3],
    ['and a failure', { bad }, 1],
  ])('HLD-61 HLD-64 pending migrations %s: the exit code', async (_, outcomes, code) => {
    const checks = Object.entries(outcomes).map(([id, run]): DeploymentCheck => ({ id, name: id, run }));
    const own = new DeploymentChecker({ env: false, checks, migrations: { validate: pending as () => never } });
    expect((await check(own)).code).toBe(code);
  });

  it.each([
    ['named like what waits', { 'migrations.pending': bad }, 1],
    ['with a finding named like what waits', { other: pending }, 1],
    ['that is called migrations and has such a finding', { migrations: pending }, 1],
    [
      'that fails and finds warnings alone',
      { odd: () => ({ status: 'FAIL', message: 'm', findings: [{ id: 'a', status: 'WARN', message: 'a' }] }) as never },
      1,
    ],
  ])('HLD-61 a check %s: the exit code', async (_, outcomes, code) => {
    expect((await check(checker(outcomes as never))).code).toBe(code);
  });

  it.each([
    [{ status: 'PASS', crashed: true }, 3],
    [{ status: 'FAIL', findings: [{ id: 'b', status: 'WARN', message: 'b' }] }, 1],
    [{ status: 'FAIL', findings: [] }, 1],
  ])("HLD-58 HLD-61 of somebody else's checker no result passes for better than it is: %j", async (more, code) => {
    const result = { id: 'a', name: 'A', message: 'm', ...more };
    const own = { runAllChecks: () => ({ allPass: true, results: [result] }) };
    expect((await check(own)).code).toBe(code);
  });

  it("HLD-59 shows no secret of somebody else's checker", async () => {
    using secret = registerSecret('correct-horse-battery');
    expect(secret).toBeDefined();
    const text = 'correct-horse-battery';
    const result = {
      id: text,
      name: text,
      status: 'FAIL',
      message: text,
      hint: text,
      metadata: { text, password: 'hunter22' },
      tags: [text],
    };
    const { out } = await check({ runAllChecks: () => ({ allPass: false, results: [result] }) }, '--format', 'json');
    expect(out).not.toMatch(/correct-horse|hunter22/);
  });

  it('HLD-61 one check with what is wrong and what could not be found out is 1', async () => {
    const both = (): Outcome => ({
      message: 'm',
      findings: [
        { id: 'a', status: 'FAIL', message: 'a', crashed: true },
        { id: 'b', status: 'FAIL', message: 'b' },
      ],
    });
    expect((await check(checker({ both }))).code).toBe(1);
  });

  it('passes what was asked for on, and refuses what no check knows', async () => {
    const profiles: string[] = [];
    const checks: DeploymentCheck[] = [
      { id: 'live', name: 'Live', tags: ['live'], run: bad },
      { id: 'static', name: 'Static', tags: ['static'], run: ({ profile }) => (profiles.push(profile), good()) },
    ];
    const own = new DeploymentChecker({ env: false, checks });
    expect(await check(own, '--offline', '--profile', 'staging')).toMatchObject({
      code: 0,
      out: expect.stringContaining('breakwater check: staging') as string,
    });
    expect((await check(own, '--tag', 'static, live')).code).toBe(1);
    expect((await check(own, '--except-tag', 'live')).code).toBe(0);
    expect(profiles).toEqual(['staging', 'production', 'production']);
    expect(await check(own, '--profile', 'prodction')).toMatchObject({
      code: 2,
      out: '',
      err: "breakwater: no check has the profile 'prodction'; did you mean 'production'?\nRun 'breakwater check --help' for what there is.",
    });
    expect((await check(own, '--tag', 'statc')).err).toContain("did you mean 'static'?");
  });
});

describe('HLD-57 HLD-61 the time of a check', () => {
  const never = () => new Promise(() => undefined);

  it.each([
    [[], 120_000, { deployment: { runAllChecks: never } }, "what 'breakwater.config.js' exports took longer than 2m"],
    [['--timeout', '90s'], 90_000, { deployment: { runAllChecks: never } }, 'took longer than 90s'],
    [[], 60_000, undefined, "loading 'breakwater.config.js' took longer than 60s"],
    [['--timeout', '5s'], 5_000, undefined, "loading 'breakwater.config.js' took longer than 5s"],
  ])('with %j ends after %i ms', async (words, ms, exports, message) => {
    const clock = new ManualClock();
    const world = holding({ 'breakwater.config.js': exports ?? {} });
    const run = breakwater(['check', ...words], {
      ...world,
      clock,
      ...(exports === undefined ? { importModule: never } : {}),
    });
    let done = false;
    void run.then(() => (done = true));
    await clock.advanceAsync(ms - 1);
    expect(done).toBe(false);
    await clock.advanceAsync(1);
    const { code, out, err } = await run;
    expect([code, out]).toEqual([3, '']);
    expect(err).toContain(message);
    expect(clock.pending).toBe(0);
  });

  it('is not that of what answers in time, and what answers too late is dropped', async () => {
    const clock = new ManualClock();
    let answer: (results: unknown) => void = () => undefined;
    const deployment = { runAllChecks: () => new Promise((resolve) => (answer = resolve)) };
    const run = breakwater(['check', '--format', 'json'], {
      ...holding({ 'breakwater.config.js': { deployment } }),
      clock,
    });
    await clock.advanceAsync(120_000);
    answer({ allPass: true, results: [{ id: 'a', status: 'PASS', message: 'm' }] });
    const { code, out } = await run;
    await clock.advanceAsync(0);
    expect([code, (JSON.parse(out) as { exitCode: number }).exitCode]).toEqual([3, 3]);
    expect((await check(checker({ good }))).code).toBe(0);
  });
});

describe('what is checked', () => {
  it('without a module, the seven variables, and it says so', async () => {
    for (const name of REQUIRED_VARIABLES) vi.stubEnv(name, name === 'BOT_TOKEN' ? ' ' : 'set');
    const { code, out } = await breakwater(['check']);
    expect(code).toBe(1);
    expect(out).toContain('breakwater check: production, the defaults: there is no breakwater.config file here');
    expect(out).toContain('FAIL BOT_TOKEN is blank [environment.BOT_TOKEN]');
    vi.stubEnv('BOT_TOKEN', '1:a');
    expect((await breakwater(['check'])).code).toBe(0);
  });

  it.each([
    ['as deployment', (one: object) => ({ deployment: one })],
    ['as default', (one: object) => ({ default: one })],
    ['in the default', (one: object) => ({ default: { deployment: one } })],
    ['in the default of a default', (one: object) => ({ default: { default: { deployment: one } } })],
  ])('is the checker that a module exports %s', async (_, place) => {
    const world = holding({ 'breakwater.config.mjs': place(checker({ good })) });
    expect((await breakwater(['check'], world)).code).toBe(0);
  });

  it('is the configuration, and the migrations, that a module exports without a checker', async () => {
    const config = new ConfigValidator({ env: {} }).register('PORT', 'int', { required: true });
    const migrations = { validate: pending };
    const both = await breakwater(['check'], holding({ 'breakwater.config.js': { config, migrations } }));
    expect(both.code).toBe(1);
    expect(both.out).toContain('PORT is required, and is not set');
    expect(both.out).toContain('2 migrations are pending');
    expect((await breakwater(['check'], holding({ 'breakwater.config.js': { migrations } }))).code).toBe(4);
  });

  it('are options of plain JSON', async () => {
    const world = onDisk({ 'breakwater.config.json': '\ufeff{ "deployment": { "env": ["BREAKWATER_TEST_ONE"] } }' });
    vi.stubEnv('BREAKWATER_TEST_ONE', undefined);
    expect((await breakwater(['check'], world)).code).toBe(1);
    vi.stubEnv('BREAKWATER_TEST_ONE', 'set');
    expect((await breakwater(['check'], world)).code).toBe(0);
  });

  it.each([
    [
      '{ "deployment": { "envs": [] } }',
      "breakwater: 'breakwater.config.json', deployment: InvalidOptionsError: DeploymentChecker: envs is not an option; did you mean env?",
    ],
    [
      '{ "deployment": 1 }',
      "'breakwater.config.json' holds no object 'deployment' with the options of a DeploymentChecker",
    ],
    ['{\n  "secret": hunter22\n}', "breakwater: 'breakwater.config.json' is no JSON (line 2, column 13)"],
    [
      '{ "deployment": { "env": ["A"], "security": true, "env": false } }',
      "'breakwater.config.json' has the key 'env' twice in the same place: keep one of them",
    ],
    [
      '{ "deploymnet": {} }',
      "breakwater: 'breakwater.config.json' holds 'deploymnet', which nothing reads; did you mean 'deployment'?",
    ],
    [
      '{ "deployment": {}, "config": {} }',
      "breakwater: 'breakwater.config.json' holds 'config', which nothing reads; it takes 'deployment' alone",
    ],
  ])('HLD-61 of %s makes no sense', async (text, message) => {
    const { code, out, err } = await breakwater(['check'], onDisk({ 'breakwater.config.json': text }));
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
    expect(err).not.toContain('hunter22');
  });

  it('HLD-61 says all that is wrong with options, however many', async () => {
    const options = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`unknown-option-${String(i)}`, i]));
    const world = onDisk({ 'breakwater.config.json': JSON.stringify({ deployment: options }) });
    const { code, err } = await breakwater(['check'], world);
    expect(code).toBe(2);
    for (const name of Object.keys(options)) expect(err).toContain(`${name} is not an option`);
  });

  it.each([
    ['exports nothing of the kind', { other: 1 }, [], "'breakwater.config.js' exports nothing to check"],
    [
      'exports a name that is misspelt',
      { deploymnet: 1 },
      [],
      "as 'config' (it exports 'deploymnet'; did you mean 'deployment'?)",
    ],
    ['is another file', {}, ['--config', 'other.js'], "the file 'other.js' is not there"],
  ])('HLD-61 that %s makes no sense', async (_, exports, words, message) => {
    const { code, out, err } = await breakwater(['check', ...words], holding({ 'breakwater.config.js': exports }));
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
  });

  it.each([
    ['answers nonsense', { deployment: { runAllChecks: () => ({ allPass: true }) } }, [], 'answers no list of results'],
    [
      'answers no results',
      { deployment: { runAllChecks: () => ({ allPass: true, results: [] }) } },
      [],
      'answers no list of results',
    ],
    [
      'answers results of another kind',
      { deployment: { runAllChecks: () => ({ results: [{ id: 'a', status: 'OK', message: '' }] }) } },
      [],
      'answers no list of results',
    ],
    [
      'fails',
      {
        deployment: {
          runAllChecks: () => {
            throw new Error('no');
          },
        },
      },
      [],
      'the checks could not be run: Error: no',
    ],
  ])('that %s could not be found out', async (_, exports, words, message) => {
    const { code, out, err } = await breakwater(['check', ...words], holding({ 'breakwater.config.js': exports }));
    expect([code, out]).toEqual([3, '']);
    expect(err).toContain(message);
  });

  it('in TypeScript alone could not be found out, and is not nothing', async () => {
    const look = (path: string) => (path.endsWith('breakwater.config.ts') ? FILE : undefined);
    const { code, out, err } = await breakwater(['check'], { look });
    expect([code, out, err]).toEqual([
      2,
      '',
      "breakwater: 'breakwater.config.ts' is TypeScript: compile it and name the built file with --config, or run the " +
        'command with tsx: node --import tsx node_modules/breakwater/dist/cli.js … --config breakwater.config.ts',
    ]);
  });

  it('reads variables from a file', async () => {
    const loaded: string[] = [];
    const world = {
      ...holding({ '.env': {}, 'breakwater.config.js': { deployment: checker({ good }) } }),
      readText: (path: string) => `\ufeffREAD=${path}`,
      addVariables: (text: string) => void loaded.push(text),
    };
    expect((await breakwater(['check', '--dotenv', '.env'], world)).code).toBe(0);
    expect(loaded).toEqual(['READ=/app/.env']);
  });
});
