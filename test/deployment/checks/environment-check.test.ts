import { APIConfig, ConfigValidator } from 'breakwater/config';
import { DeploymentChecker, environmentCheck, REQUIRED_VARIABLES } from 'breakwater/deployment';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { runs } from '../../runs.js';

const COMPLETE = {
  DATABASE_URL: 'postgres://db/app',
  API_HOST: '0.0.0.0',
  API_PORT: '8000',
  API_WORKERS: '4',
  SECRET_KEY: 'another-key-of-its-own-9876543210',
  BOT_TOKEN: '123:abc',
  ADMIN_IDS: '1,2',
};

afterEach(() => vi.unstubAllEnvs());

async function result(environment: Record<string, string | undefined>, env?: readonly string[]) {
  const checker = new DeploymentChecker({ environment, ...(env === undefined ? {} : { env }) });
  const { allPass, results } = await checker.runAllChecks();
  return { allPass, ...results[0] };
}

describe('the variables that are required', () => {
  it('are seven unless a list says otherwise', async () => {
    expect(REQUIRED_VARIABLES).toEqual(Object.keys(COMPLETE));
    expect(await result(COMPLETE)).toMatchObject({
      allPass: true,
      id: 'environment',
      status: 'PASS',
      message: 'all 7 required variables are set',
      metadata: { required: 7, missing: [] },
    });
    expect(await result({ ONE: 'x' }, ['ONE'])).toMatchObject({
      allPass: true,
      message: 'the required variable is set',
    });
  });

  it('come from the process, as it is at the run', async () => {
    const checker = new DeploymentChecker();
    for (const [name, value] of Object.entries(COMPLETE)) vi.stubEnv(name, value);
    expect((await checker.runAllChecks()).allPass).toBe(true);
    vi.stubEnv('BOT_TOKEN', undefined);
    expect((await checker.runAllChecks()).results[0]?.metadata).toMatchObject({ missing: ['BOT_TOKEN'] });
  });

  it.each([
    ['not set', undefined, 'SECRET_KEY is not set'],
    ['empty', '', 'SECRET_KEY is blank'],
    ['white space', ' \t\n', 'SECRET_KEY is blank'],
    ['of no width', '\u200b\u2060\ufeff \u200d', 'SECRET_KEY is blank'],
    ...[
      'undefined',
      'null',
      'NULL ',
      '""',
      "''",
      '${A}',
      '${SECRET_KEY:-}',
      '$(A)',
      '"undefined"',
      '${{ secrets.A }}',
      '{{A}}',
      '%A%',
    ].map((value): [string, string, string] => [value, value, 'SECRET_KEY is not set, though something stands there']),
  ])('HLD-60 fail when one is %s', async (_, value, message) => {
    expect(await result({ ...COMPLETE, SECRET_KEY: value })).toMatchObject({
      allPass: false,
      status: 'FAIL',
      message: '1 of 7 required variables is missing: SECRET_KEY',
      findings: [{ id: 'environment.SECRET_KEY', status: 'FAIL', message }],
    });
  });

  it.each(['undefined', '${A}'])('say what stands in the place of %j, and not which of it', async (value) => {
    const { findings } = await result({ ...COMPLETE, SECRET_KEY: value });
    expect(findings?.[0]?.hint).toBe(
      'a script wrote undefined, null, two quotes or a reference to another variable in the place of a value',
    );
  });

  it.each(['nullable', 'undefined-1', '"', '$A', 'a${A}', '{}', '0', 'none', '100%', '%A', '{A}', "'undefined"])(
    'may hold %j',
    async (value) => {
      expect(await result({ ...COMPLETE, SECRET_KEY: value })).toMatchObject({ allPass: true });
    },
  );

  it('says where to look when a file is named in its place', async () => {
    const { findings } = await result({ ...COMPLETE, SECRET_KEY: undefined, SECRET_KEY_FILE: '/run/secrets/key' });
    expect(findings?.[0]?.hint).toBe(
      'SECRET_KEY_FILE is set: name that, or hand in a ConfigValidator, which reads such files',
    );
  });

  it('are those that are set, and not what every object has', async () => {
    expect(await result({ PORT: '80' }, ['PORT', 'constructor', '__proto__'])).toMatchObject({
      status: 'FAIL',
      message: '2 of 3 required variables are missing: constructor, __proto__',
    });
  });

  it.each([
    [[], 'env must name at least one variable'],
    [['A', 'A'], 'env[1] names A again'],
    [['A=b'], 'env[0] must be the name of a variable'],
    [['', 3], 'env[1] must be the name of a variable, got 3'],
    ['A', 'must be a list of names, a ConfigValidator or false'],
    [{}, 'must be a list of names, a ConfigValidator or false'],
  ])('refuses %j', (env, message) => {
    expect(() => new DeploymentChecker({ env: env as never })).toThrow(message);
  });

  it.each(['a b', 'A=B', '', ' A', 'A\n', '\u0000', 'A'.repeat(201)])('cannot be named %j', (name) => {
    const message = 'must be the name of a variable, got a string';
    expect(() => new DeploymentChecker({ env: ['PORT', name] })).toThrow(`env[1] ${message}`);
    expect(() => environmentCheck(['PORT', name])).toThrow(`environmentCheck: required[1] ${message}`);
  });

  it('are refused by the check of its own as well', () => {
    expect(() => environmentCheck([])).toThrow('required must name at least one variable');
    expect(() => environmentCheck({} as never)).toThrow('required must be a list of names or a ConfigValidator');
    expect(() => environmentCheck(['A'], { environment: 'x' as never })).toThrow('environment must be an object');
  });
});

describe('a configuration', () => {
  const config = (env: Record<string, string>) =>
    new ConfigValidator({ env })
      .register('PORT', 'int', { default: 80 })
      .register('SECRET_KEY', 'str', { required: true, secret: true, minLength: 32 })
      .register('OLD', 'str', { deprecated: true });

  it('decides by its own rules', async () => {
    const checker = new DeploymentChecker({ env: config({ SECRET_KEY: 'short-but-secret', OLD: 'x', PORT: 'many' }) });
    const { allPass, results } = await checker.runAllChecks();
    expect(allPass).toBe(false);
    expect(results[0]).toMatchObject({
      status: 'FAIL',
      metadata: { keys: 3, wrong: ['PORT', 'SECRET_KEY'], defaulted: [] },
    });
    expect(results[0]?.findings?.map(({ id, status }) => [id, status])).toEqual([
      ['environment.PORT', 'FAIL'],
      ['environment.SECRET_KEY', 'FAIL'],
      ['environment.OLD', 'WARN'],
    ]);
    const told = JSON.stringify(results, (key, value: unknown) => (key === 'durationMs' ? 0 : value));
    expect(told).not.toMatch(/short-but-secret|\b16\b/);
  });

  it('is a warning where a default is used', async () => {
    const { allPass, results } = await new DeploymentChecker({
      env: config({ SECRET_KEY: 'a-key-of-its-own-0123456789-abcdef' }),
    }).runAllChecks();
    expect(allPass).toBe(true);
    expect(results[0]).toMatchObject({
      status: 'WARN',
      message: '3 keys; 1 by default',
      findings: [{ id: 'environment.PORT', message: 'PORT is not set: its default is used' }],
    });
  });

  it('may be a ready-made one, and a check by itself', async () => {
    const check = environmentCheck(
      new APIConfig({
        env: { API_HOST: 'h', API_PORT: '1', API_WORKERS: '1', SECRET_KEY: 'a-key-of-its-own-0123456789-abcdef' },
      }),
    );
    const { results } = await new DeploymentChecker({ env: false, checks: [check] }).runAllChecks();
    expect(results[0]).toMatchObject({ status: 'PASS', message: '4 keys, all of them in order' });
  });

  it('that fails to validate is a crash', async () => {
    const broken = {
      validate(): never {
        throw new Error('no');
      },
    };
    const { results } = await new DeploymentChecker({ env: broken }).runAllChecks();
    expect(results[0]).toMatchObject({ status: 'FAIL', crashed: true });
  });
});

describe('a configuration of which nothing can be known', () => {
  const results = async (env: object) => (await new DeploymentChecker({ env: env as never }).runAllChecks()).results[0];
  const of = (items: readonly object[], errors: readonly object[] = []) =>
    results({ validate: () => ({ items, errors }) });

  it('because it has no key is no success', async () => {
    expect(await results(new ConfigValidator({ name: 'none' }))).toMatchObject({
      findings: [{ id: 'environment.none', status: 'FAIL', crashed: true }],
    });
  });

  it('because a key is in a state of which nothing is told is none either', async () => {
    for (const status of ['INVALID', 'STALE'])
      expect(await of([{ key: 'A', status }])).toMatchObject({
        findings: [
          { id: 'environment.A', status: 'FAIL', crashed: true, message: expect.stringContaining(status) as string },
        ],
      });
    expect(await of([{ key: 'A', status: 'INVALID' }], [{ key: 'A', message: 'is wrong' }])).toMatchObject({
      findings: [{ id: 'environment.A', message: 'A is wrong' }],
    });
  });
});

describe('HLD-59 no value of a variable', () => {
  it('is in any output, nor its length, whatever the checks do with it', async () => {
    const value = fc
      .string({ minLength: 12, maxLength: 60, unit: 'grapheme-ascii' })
      .filter((text) => /[a-z]\w*\W.*\d/i.test(text));
    await fc.assert(
      fc.asyncProperty(value, value, async (secret, url) => {
        const environment = {
          SECRET_KEY: secret,
          DATABASE_URL: `postgres://app:${encodeURIComponent(url)}@db/app`,
          API_HOST: ' ',
        };
        const checker = new DeploymentChecker({
          env: ['SECRET_KEY', 'DATABASE_URL', 'API_HOST'],
          environment,
          checks: [
            {
              id: 'crash',
              name: 'Crash',
              run: () => {
                throw new Error(`cannot use ${environment.SECRET_KEY} of ${environment.DATABASE_URL}`);
              },
            },
            {
              id: 'tell',
              name: 'Tell',
              run: () => ({
                message: secret,
                metadata: { a: secret, [secret]: url, b: Buffer.from(secret).toString('base64') },
                findings: [
                  { id: secret, status: 'FAIL', message: url, hint: JSON.stringify(secret), place: { file: secret } },
                ],
              }),
            },
          ],
        });
        const { results } = await checker.runAllChecks();
        const text = JSON.stringify([
          results,
          checker.snapshot(),
          checker.getSummary(),
          checker.metrics(),
          checker.health(),
        ]);
        // Inside of JSON a text is written with its escapes.
        for (const one of [secret, environment.DATABASE_URL, encodeURIComponent(secret)])
          expect(text).not.toContain(JSON.stringify(one).slice(1, -1));
      }),
      { numRuns: runs(4_000) },
    );
  }, 60_000);
});
