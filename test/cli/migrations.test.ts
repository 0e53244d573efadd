import { InvalidArgumentError } from 'breakwater/core';
import { MigrationValidator } from 'breakwater/deployment';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import type { CommandIo } from '../../src/cli/io.js';
import { reportFaults } from './report-faults.js';
import { breakwater, FILE, holding } from './setup.js';

const PASS = { findings: [{ id: 'migrations.applied', status: 'PASS', message: '2 applied, none pending' }] };
const PENDING = { findings: [{ id: 'migrations.pending', status: 'FAIL', message: '1 is pending', hint: 'run them' }] };
const EDITED = { findings: [...PENDING.findings, { id: 'migrations.edited', status: 'FAIL', message: '1 is edited' }] };
const DOWN = { findings: [{ id: 'migrations.unreadable', status: 'FAIL', message: 'no route', crashed: true }] };
const AHEAD = { findings: [{ id: 'migrations.ahead', status: 'WARN', message: '1 is ahead' }] };
const SNAPSHOT = { format: 1, dialect: 'postgresql', tables: [] };

/** A validator that answers these, the last one for ever. */
function validator(...answers: readonly object[]) {
  const asked: unknown[][] = [];
  const migrations = {
    validate: () => {
      asked.push(['validate']);
      return Promise.resolve(answers[Math.min(asked.length, answers.length) - 1]);
    },
    validateSchema: (...words: unknown[]) => {
      asked.push(['validateSchema', ...words]);
      return answers[0];
    },
    recordSchema: (...words: unknown[]) => {
      asked.push(['recordSchema', ...words]);
      return Promise.resolve(SNAPSHOT);
    },
  };
  return { asked, migrations, world: holding({ 'breakwater.config.js': { migrations } }) };
}

describe('breakwater migrations', () => {
  it.each(['migrations', 'env', 'bans', 'k8s', 'dockerfile'])(
    'HLD-61 %s without a command, as a script with an empty variable has it, is no success',
    async (group) => {
      const { code, out, err } = await breakwater([group]);
      expect([code, out]).toEqual([2, '']);
      expect(err).toContain(`'${group}' takes a command: `);
      expect(err).toContain(`Run 'breakwater ${group} --help' for what there is.`);
    },
  );

  it.each([[['migrations', '--help']], [['help', 'migrations']], [['migrations', 'wait', '-h']]])(
    '%j shows its commands and their options',
    async (argv) => {
      const { code, out, err } = await breakwater(argv);
      expect([code, err]).toEqual([0, '']);
      for (const word of [
        'status',
        'wait',
        'snapshot',
        'diff',
        '--until-applied TIME',
        '--expected FILE',
        '--out FILE',
        '--format text|json|junit|sarif|github',
      ])
        expect(out).toContain(`  ${word} `);
      expect(out).toMatch(/--fail-on .*of 'status' and 'diff': /);
      expect(out).toMatch(/2 .*\n.*1 .*\n.*3 .*\n.*4 .*pending.*\n.*0 /);
    },
  );

  it.each([
    [['statsu'], "unknown command 'migrations statsu'; did you mean 'status'?"],
    [['status', '--formt', 'json'], "unknown option '--formt'; did you mean '--format'?"],
    [['wait', '--until-applied', 'soon'], "'--until-applied' takes from 1ms to 1h, such as 500ms, 2s, 5m or 2000 (ms)"],
    [['wait', '--until-applied', '2h'], "'--until-applied' takes from 1ms to 1h, such as 500ms, 2s, 5m or 2000 (ms)"],
    [['snapshot', '--schemas', 'a,,b'], "'--schemas' takes names with commas between"],
  ])('%j makes no sense, and nothing is loaded', async (words, message) => {
    const world = { look: () => FILE, importModule: () => Promise.reject(new Error('loaded')) };
    expect(await breakwater(['migrations', ...words], world)).toEqual({
      code: 2,
      out: '',
      err: `breakwater: ${message}\nRun 'breakwater migrations --help' for what there is.`,
    });
  });

  it.each([
    ['without a module', {}, 'there is no breakwater.config.js, .mjs or .cjs here'],
    [
      'without a validator',
      holding({ 'breakwater.config.js': { config: 1 } }),
      "'breakwater.config.js' exports no MigrationValidator",
    ],
    [
      'with half of one',
      holding({ 'breakwater.config.js': { migrations: { validate: () => PASS } } }),
      'exports no MigrationValidator',
    ],
  ])('HLD-61 %s makes no sense', async (_, world, message) => {
    const { code, out, err } = await breakwater(['migrations', 'status'], world);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
  });

  it.each([
    [
      'with one that throws',
      holding({
        'breakwater.config.js': {
          migrations: {
            ...validator().migrations,
            validate: () => {
              throw new Error('no');
            },
          },
        },
      }),
      'breakwater: Error: no',
    ],
    ['with one that answers nonsense', validator({}).world, 'the validator answers no report'],
  ])('%s could not be found out', async (_, world, message) => {
    const { code, out, err } = await breakwater(['migrations', 'status'], world);
    expect([code, out]).toEqual([3, '']);
    expect(err).toContain(message);
  });
});

describe('a silence that a validator of whatever copy tells of', () => {
  const NOW = Date.UTC(2030, 0, 1);
  it.each([
    ['2030-01-01T00:00:00.001Z', 'WARN', 0],
    ['2030-01-01T00:00:00.000Z', 'FAIL', 1],
    ['2029-01-01T00:00:00.000Z', 'FAIL', 1],
    ['some day', 'FAIL', 1],
  ])('until %s leaves a %s, code %i', async (until, status, code) => {
    const silenced = { status: 'FAIL', reason: 'next week', until };
    const { world } = validator({ findings: [{ ...EDITED.findings[1], status: 'WARN', silenced }] });
    const clock = new ManualClock({ wallNow: NOW });
    const { code: is, out } = await breakwater(['migrations', 'status', '--format', 'json'], { ...world, clock });
    const { results } = JSON.parse(out) as { results: { status: string; silenced?: unknown }[] };
    expect([is, results[0]?.status, results[0]?.silenced !== undefined]).toEqual([code, status, status === 'WARN']);
  });
});

describe('migrations status', () => {
  it.each(['text', 'json'])(
    'HLD-61 the exit code is 4 as %s, also where a password is the word for it',
    async (format) => {
      const environment = () => ({ DB_PASSWORD: 'pending', ADMIN_PASSWORD: 'migrations.pending' });
      const world = { ...validator(PENDING).world, environment };
      const { code, out } = await breakwater(['migrations', 'status', '--format', format], world);
      expect(code).toBe(4);
      expect(out).toContain('migrations.pending');
      expect(out).toContain('1 is [secret]');
    },
  );

  it.each([
    [PASS, [], 0],
    [AHEAD, [], 0],
    [AHEAD, ['--fail-on', 'warn'], 1],
    [PENDING, [], 4],
    [EDITED, [], 1],
    [DOWN, [], 3],
  ])('HLD-61 of %j with %j: the exit code', async (answer, words, code) => {
    expect((await breakwater(['migrations', 'status', ...words], validator(answer).world)).code).toBe(code);
  });

  it('shows each finding, in every format', async () => {
    const { world } = validator(EDITED);
    expect((await breakwater(['migrations', 'status'], world)).out.split('\n')).toEqual([
      'breakwater migrations status: the database',
      '',
      '  FAIL      migrations.pending  1 is pending',
      '            -> run them',
      '  FAIL      migrations.edited   1 is edited',
      '',
      '0 of 2 checks passed, 2 failed',
    ]);
    const { out } = await breakwater(['migrations', 'status', '--format', 'json'], world);
    expect(JSON.parse(out)).toMatchObject({ command: 'migrations status', exitCode: 1, results: [{}, {}] });
  });
});

describe('HLD-63 migrations status as JSON', () => {
  it('has the tool, the table and the lists', async () => {
    const lists = { pending: ['3_c'], applied: ['1_a'], ahead: [], edited: ['1_a'], outOfOrder: [], failed: [] };
    const report = { ...PENDING, tool: 'knex', table: 'public.knex_migrations', ...lists, skipped: [], locked: false };
    const { out } = await breakwater(['migrations', 'status', '--format', 'json'], validator(report).world);
    const answer = JSON.parse(out) as { migrations: unknown };
    expect(answer.migrations).toEqual({
      missing: [],
      tool: 'knex',
      table: 'public.knex_migrations',
      locked: false,
      ...lists,
      skipped: [],
    });
    expect(reportFaults(answer)).toEqual([]);
  });

  it('has nothing of them where a validator tells none', async () => {
    const { out } = await breakwater(['migrations', 'status', '--format', 'json'], validator(PENDING).world);
    expect(JSON.parse(out)).not.toHaveProperty('migrations');
  });
});

describe('migrations wait', () => {
  it('looks every second until nothing is wrong', async () => {
    const clock = new ManualClock();
    const { asked, world } = validator(DOWN, PENDING, EDITED, AHEAD);
    const run = breakwater(['migrations', 'wait'], { ...world, clock });
    await clock.advanceAsync(3_000);
    expect(await run).toMatchObject({ code: 0, out: expect.stringContaining('WARN      migrations.ahead') as string });
    expect(asked).toHaveLength(4);
    expect(clock.pending).toBe(0);
  });

  it.each([
    [[], 60_000, PENDING, 4],
    [['--until-applied', '1500ms'], 1_500, PENDING, 4],
    [['--until-applied', '5m'], 300_000, DOWN, 3],
    [['--until-applied', '2s'], 2_000, EDITED, 1],
  ])('with %j gives up after %i ms', async (words, ms, answer, code) => {
    const clock = new ManualClock();
    const { asked, world } = validator(answer);
    const run = breakwater(['migrations', 'wait', ...words], { ...world, clock });
    let done = false;
    void run.then(() => (done = true));
    await clock.advanceAsync(ms - 1);
    expect(done).toBe(false);
    await clock.advanceAsync(1);
    expect((await run).code).toBe(code);
    expect(asked).toHaveLength(Math.ceil(ms / 1_000));
    expect(clock.pending).toBe(0);
  });

  it.each([
    ['the first look', [], 2_000, 3, 'migrations.unreadable  the validator took longer than 2000 ms'],
    ['a later look', [PENDING], 2_000, 4, 'migrations.pending  1 is pending'],
  ])('lasts no longer where %s hangs', async (_, answers, ms, code, shown) => {
    const clock = new ManualClock();
    const { migrations } = validator();
    const left = [...answers];
    const validate = () => left.shift() ?? new Promise(() => undefined);
    const world = holding({ 'breakwater.config.js': { migrations: { ...migrations, validate } } });
    const run = breakwater(['migrations', 'wait', '--until-applied', '2s'], { ...world, clock });
    let done = false;
    void run.then(() => (done = true));
    await clock.advanceAsync(ms - 1);
    expect(done).toBe(false);
    await clock.advanceAsync(1);
    expect(await run).toMatchObject({ code, out: expect.stringContaining(shown) as string });
    expect(clock.pending).toBe(0);
  });
});

describe('migrations snapshot', () => {
  it('prints the structure, or writes it', async () => {
    const { asked, world } = validator();
    const { code, out } = await breakwater(['migrations', 'snapshot'], world);
    expect([code, JSON.parse(out)]).toEqual([0, SNAPSHOT]);
    const written: string[][] = [];
    const writing = { ...world, writeText: (...words: string[]) => void written.push(words) };
    const more = ['--schemas', 'public, shop', '--out', 'schema.json'];
    expect(await breakwater(['migrations', 'snapshot', ...more], writing)).toEqual({
      code: 0,
      out: '',
      err: "written: 'schema.json'",
    });
    expect(written).toEqual([['/app/schema.json', `${JSON.stringify(SNAPSHOT, undefined, 2)}\n`]]);
    expect(asked).toEqual([
      ['recordSchema', {}],
      ['recordSchema', { schemas: ['public', 'shop'] }],
    ]);
  });

  it('writes nothing of what cannot be recorded', async () => {
    const { migrations } = validator();
    const recordSchema = () => Promise.reject(new Error('no schema nosuch'));
    const world = holding({ 'breakwater.config.js': { migrations: { ...migrations, recordSchema } } });
    const written: string[] = [];
    const { code, out } = await breakwater(['migrations', 'snapshot', '--schemas', 'nosuch', '--out', 'x.json'], {
      ...world,
      writeText: (path) => void written.push(path),
    });
    expect([code, out, written]).toEqual([3, '', []]);
  });

  it('says when it cannot be written', async () => {
    const { code, err } = await breakwater(['migrations', 'snapshot', '--out', 'x.json'], validator().world);
    expect([code, err]).toEqual([2, "breakwater: the file 'x.json' cannot be written: Error: nothing to write to"]);
  });
});

describe('migrations diff', () => {
  const drift = { findings: [{ id: 'schema.missing-table', status: 'FAIL', message: 'public.users' }] };

  it("holds the schema against a file, or the validator's own expectation", async () => {
    const { asked, migrations } = validator(drift);
    const world = {
      look: (path: string) => (/(schema\.json|config\.js)$/.test(path) ? FILE : undefined),
      readText: () => '{ "users": {} }',
      importModule: () => Promise.resolve({ migrations }),
    };
    expect((await breakwater(['migrations', 'diff', '--expected', 'schema.json'], world)).code).toBe(1);
    expect((await breakwater(['migrations', 'diff'], world)).out).toContain(
      'FAIL      schema.missing-table  public.users',
    );
    expect(asked).toEqual([
      ['validateSchema', { users: {} }],
      ['validateSchema', undefined],
    ]);
  });

  it.each<[string, Partial<CommandIo>, string]>([
    ['that is not there', { look: () => undefined }, "the file 'schema.json' is not there"],
    [
      'that is no JSON',
      { look: () => FILE, readText: () => '{ secret' },
      "'schema.json' is no JSON (line 1, column 3)",
    ],
  ])('a file %s could not be compared', async (_, world, message) => {
    const { code, err } = await breakwater(['migrations', 'diff', '--expected', 'schema.json'], world);
    expect([code, err]).toEqual([2, `breakwater: ${message}`]);
  });

  it.each([
    '{}',
    '[]',
    'null',
    '""',
    '7',
    '',
    JSON.stringify({ version: '7', dialect: 'postgresql', prevId: '', tables: {} }),
  ])('HLD-61 a file that expects nothing, as %j does, makes no sense', async (text) => {
    const sent: string[] = [];
    const migrations = new MigrationValidator({
      dir: 'migrations',
      dialect: 'postgresql',
      query: (sql) => sent.push(sql),
    });
    const { code, err, out } = await breakwater(['migrations', 'diff', '--expected', 'schema.json'], {
      look: (path: string) => (/(schema\.json|config\.js)$/.test(path) ? FILE : undefined),
      readText: () => text,
      importModule: () => Promise.resolve({ migrations }),
    });
    expect([code, out, sent]).toEqual([2, '', []]);
    expect(err).toMatch(/no table is expected|must be an object|is no JSON/);
  });

  it('HLD-61 an empty snapshot, and one of which all is left out, make no sense', async () => {
    const empty = { format: 1, dialect: 'postgresql', schemas: [], tables: [], enums: [], domains: [], sequences: [], extensions: [] }; // prettier-ignore
    const users = { users: { columns: { id: 'int' } } };
    for (const [text, ignoreTables] of [
      [empty, ['x']],
      [users, ['users']],
    ] as const) {
      const migrations = new MigrationValidator({ dir: 'migrations', dialect: 'postgresql', query: () => [], expected: users, ignoreTables }); // prettier-ignore
      const { code, err } = await breakwater(['migrations', 'diff', '--expected', 'schema.json'], {
        look: (path: string) => (/(schema\.json|config\.js)$/.test(path) ? FILE : undefined),
        readText: () => JSON.stringify(text),
        importModule: () => Promise.resolve({ migrations }),
      });
      expect([code, err]).toEqual([2, expect.stringContaining('no table is expected')]);
    }
  });

  it('HLD-61 says how something is expected when nothing is', async () => {
    const { migrations } = validator();
    const refusing = {
      ...migrations,
      validateSchema: () => Promise.reject(new InvalidArgumentError('validateSchema: nothing is expected')),
    };
    const world = holding({ 'breakwater.config.js': { migrations: refusing } });
    const { code, err } = await breakwater(['migrations', 'diff'], world);
    expect([code, err]).toEqual([
      2,
      'breakwater: InvalidArgumentError: validateSchema: nothing is expected; name a file with --expected, or give the ' +
        "validator of 'breakwater.config.js' the option 'expected'",
    ]);
  });
});

describe('what a database says of its password', () => {
  it.each(['text', 'json', 'junit', 'sarif', 'github'])(
    'HLD-59: is masked as %s, also without a checker',
    async (format) => {
      const message = 'password "Fq7-rusty-Anchor" rejected';
      const { world } = validator({
        findings: [{ id: 'migrations.unreadable', status: 'FAIL', message, crashed: true }],
      });
      const environment = () => ({ DATABASE_URL: 'postgres://app:Fq7-rusty-Anchor@db/app' });
      const { code, out, err } = await breakwater(['migrations', 'status', '--format', format], {
        ...world,
        environment,
      });
      expect(code).toBe(3);
      expect(out + err).not.toContain('Anchor');
      expect(out).toContain('rejected');
    },
  );
});
