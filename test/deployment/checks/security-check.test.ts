import { InvalidOptionsError } from 'breakwater/core';
import { securityCheck, type SecurityCheckOptions } from 'breakwater/deployment';
import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runs } from '../../runs.js';
import { Folder, lines, run } from './run.js';

const STRONG = 'Jq8-x0Yv3nTz1LrW6mKd9sHb4cGf7aPe2uQi5oXy';
const WELL = { environment: { NODE_ENV: 'production' }, userId: 1_000, execArgv: [], root: '/nowhere' };

async function found(options: SecurityCheckOptions, profile?: string): Promise<string[]> {
  return lines(await run(securityCheck({ ...WELL, ...options }), profile));
}

const withVariables = (environment: Record<string, string>, options: SecurityCheckOptions = {}) =>
  found({ environment: { NODE_ENV: 'production', ...environment }, ...options });

describe('securityCheck', () => {
  it('finds nothing in what is well, and says what it looked at', async () => {
    const environment = { NODE_ENV: 'production', SECRET_KEY: STRONG, DATABASE_URL: `postgres://app:${STRONG}@db/app` };
    expect(await run(securityCheck({ ...WELL, environment }))).toEqual({
      findings: [],
      message: 'looked at 1 secret, 1 database URL, 0 files, 0 cookies, and how the process is started: in order',
      metadata: { secretCount: 1, databaseCount: 1, tlsCount: 0, fileCount: 0, cookieCount: 0, deployed: true },
    });
  });

  it.each<[object, string]>([
    [{ secrets: ['not a name'] }, 'secrets[0] must be the name of an environment variable, got a string'],
    [{ minSecretLength: 7 }, 'minSecretLength must be an integer from 8 to 1024, got 7'],
    [{ tls: [{ crt: 'a' }] }, 'tls[0].cert must be the path of a file or folder, got undefined'],
    [{ tls: [{ cert: 'a', passphrase: 3 }] }, 'tls[0].passphrase must be a text, got 3'],
    [{ cookies: [null] }, 'cookies[0] must be an object of settings, got null'],
    [{ cookies: [[]] }, 'cookies[0] must be an object of settings, got an array'],
    [
      { cookies: [{ sameSite: 'sometimes' }] },
      "cookies[0].sameSite must be true, false, 'strict', 'lax' or 'none', got",
    ],
    [{ cookies: [{ secure: 'true' }] }, "cookies[0].secure must be true, false or 'auto', got a string"],
    [{ cookies: [{ httpOnly: 1 }] }, 'cookies[0].httpOnly must be true or false, got 1'],
    [{ cookies: [{ path: 1 }] }, 'cookies[0].path must be a text, got 1'],
    [
      { trustProxy: {} },
      'trustProxy must be true, false, a number of proxies, addresses and ranges, or a function, got',
    ],
    [{ trustProxy: null }, 'trustProxy must be true'],
    [{ trustProxy: Infinity }, 'trustProxy must be true'],
    [{ trustProxy: -1 }, 'trustProxy must be true'],
    [{ trustProxy: ['10.0.0.0/8', 7] }, 'trustProxy must be true'],
    [{ cors: [] }, 'cors must be an object with origin, got an array'],
    [
      { cors: { origin: {} } },
      'cors.origin must be true, false, an origin, a pattern, a function or a list of these, got',
    ],
    [{ cors: { origin: null } }, 'cors.origin must be true'],
    [{ cors: { origin: [7] } }, 'cors.origin must be true'],
    [{ cors: { origin: true, credentials: 'true' } }, 'cors.credentials must be true or false, got a string'],
    [{ cors: { origin: undefined } }, 'cors.origin is required'],
    [{ cors: {} }, 'cors.origin is required: it says which sites may read answers'],
    [{ environment: new Map([['A', 'b']]) }, 'environment must be an object of names and texts, got'],
    [{ environment: { A: 1 } }, 'environment must hold nothing but texts'],
    [{ trustProxies: 1 }, 'trustProxies is not an option; did you mean trustProxy?'],
  ])('refuses %j', (options, message) => {
    expect(() => securityCheck(options as never)).toThrow(InvalidOptionsError);
    expect(() => securityCheck(options as never)).toThrow(message);
  });

  it('stops when it is no longer wanted', async () => {
    const controller = new AbortController();
    controller.abort(new Error('too late'));
    const answer = securityCheck({ ...WELL, files: ['a'] }).run({ signal: controller.signal, profile: 'production' });
    await expect(answer).rejects.toThrow('too late');
  });
});

describe('a secret', () => {
  it.each([
    'changeme',
    'keyboard cat',
    'your-256-bit-secret',
    'supersecretkeysupersecretkey1234',
    'my-super-secret-key-change-me-please-123456789',
    'django-insecure-8h2k#d9f7s6g5h4j3k2l1q0w9e8r7t6y5u4i3o2p1',
    '<the-key-that-you-have-to-make-yourself>',
    '${SECRET_KEY_OF_THE_PRODUCTION_SERVICE}',
    '{{ .Values.secrets.signing.current.key }}',
    'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
    'abcdefghijklmnopqrstuvwxyz0123456789',
    '0123456789abcdef0123456789abcdef',
    'a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4',
    '9876543210987654321098765432109876543210',
    'correct horse battery staple correct horse',
    'p@ssw0rdp@ssw0rd123456789012345678',
    'thisisnotasecretthisisnotasecret!!',
    'dGhpcy1pcy1hLXZlcnktc2VjcmV0LWtleS1mb3ItdGVzdA==',
    Buffer.from('this-is-a-very-secret-key-for-test').toString('hex'),
    'node_express_session_secret_2024_production',
    'jwt-secret-key-that-is-at-least-32-characters-long',
    'qwertyuiopasdfghjklzxcvbnm1234567890',
    STRONG.slice(0, 31),
    '83920174650192837465601928374655102938',
    '8392-0174-6501-9283-7465-6019-2837-4655',
  ])('such as %j is weak', async (secret) => {
    expect(await withVariables({ K: secret }, { secrets: ['K'] })).toEqual([
      'FAIL security.secret-strength.K: K is weak or a known default',
    ]);
  });

  it('that is random is not', async () => {
    const property = fc.asyncProperty(
      fc.uint8Array({ minLength: 32, maxLength: 64 }).map(() => randomBytes(32)),
      fc.constantFrom('base64', 'base64url', 'hex'),
      async (bytes, form) => {
        expect(await withVariables({ K: bytes.toString(form as 'hex') }, { secrets: ['K'] })).toEqual([]);
      },
    );
    await fc.assert(property, { numRuns: runs(2_000) });
  });

  it('is long enough with what minSecretLength says', async () => {
    const secrets = ['K'];
    expect(await withVariables({ K: STRONG.slice(0, 16) }, { secrets, minSecretLength: 16 })).toEqual([]);
    expect(await withVariables({ K: STRONG.slice(0, 15) }, { secrets, minSecretLength: 16 })).toHaveLength(1);
  });

  it('of digits alone holds log2(10) bits in each, and needs 4 for each character of minSecretLength', async () => {
    const digits = '839201746501928374656019283746551029384';
    expect(await withVariables({ K: digits }, { secrets: ['K'] })).toEqual([]);
    expect(await withVariables({ K: digits.slice(1) }, { secrets: ['K'] })).toHaveLength(1);
    const of16 = { secrets: ['K'], minSecretLength: 16 };
    expect(await withVariables({ K: digits.slice(0, 20) }, of16)).toEqual([]);
    expect(await withVariables({ K: digits.slice(0, 19) }, of16)).toHaveLength(1);
  });

  it('that is named comes to those that are found by their names', async () => {
    const environment = { SESSION_SECRET: 'changeme', A: STRONG, DATABASE_URL: 'mysql://app:changeme@db/x' };
    const options = { secrets: ['A'], databaseUrls: ['DATABASE_URL'] };
    const both = [
      'FAIL security.secret-strength.SESSION_SECRET: SESSION_SECRET is weak or a known default',
      'FAIL security.database-password.DATABASE_URL: the password in DATABASE_URL is empty or a known default',
    ];
    expect(await withVariables(environment, options)).toEqual(both);
    expect(await withVariables(environment, { secrets: [], databaseUrls: [] })).toEqual(both);
  });

  it('that is missing comes with what to do about it', async () => {
    const environment = { NODE_ENV: 'production', B_FILE: '/nowhere/b' };
    const { findings } = await run(securityCheck({ ...WELL, environment, secrets: ['A', 'B'] }));
    expect(findings.map(({ hint }) => hint)).toEqual([
      expect.stringMatching(/^set it, or A_FILE to the path of a file\. make one: node -p/),
      'see that it is there, and that the user of the service may read it',
    ]);
  });

  it('that two variables share is told once', async () => {
    const environment = { A: STRONG, B: ` ${STRONG}\n`, C: STRONG, D: `${STRONG}x` };
    expect(await withVariables(environment, { secrets: ['A', 'B', 'C', 'D', 'A'] })).toEqual([
      'FAIL security.secret-reuse.A: A, B, C have the same value',
    ]);
  });

  it('HLD-60: that is named must be set: blank is not', async () => {
    expect(await withVariables({ A: ' \n', B: '' }, { secrets: ['A', 'B', 'C'] })).toEqual([
      'FAIL security.secret-missing.A: A is not set',
      'FAIL security.secret-missing.B: B is not set',
      'FAIL security.secret-missing.C: C is not set',
    ]);
  });

  it('may be in a file', async () => {
    using folder = new Folder();
    const secrets = ['A', 'B', 'C'];
    const environment = {
      A_FILE: folder.write('a', `${STRONG}\n`),
      B_FILE: folder.write('b', 'changeme\n'),
      C_FILE: folder.at('c'),
    };
    expect(await withVariables(environment, { secrets })).toEqual([
      'FAIL security.secret-strength.B: B is weak or a known default',
      'CRASHED security.secret-missing.C: the file that C_FILE names cannot be read',
    ]);
  });

  it('is found by its name when none is named', async () => {
    const names = ['SECRET_KEY', 'JWT_SECRET', 'ENCRYPTION_KEY', 'PASSWORD_PEPPER', 'secret'];
    const environment = Object.fromEntries(
      [...names, 'XDG_SESSION_ID', 'PUBLIC_KEY', 'SECRETARY'].map((name) => [name, 'x']),
    );
    const strength = (await withVariables(environment)).filter((line) => line.includes('secret-strength'));
    expect(strength.map((line) => /\.(\w+):/.exec(line)?.[1]).sort()).toEqual([...names].sort());
    expect(await withVariables({ SECRET_KEY: '' })).toEqual([]);
  });

  it('costs little, however many and long they are', async () => {
    const names = Array.from({ length: 5_000 }, (_, i) => `K${String(i)}_SECRET`);
    const environment = Object.fromEntries(names.map((name, i) => [name, 'ab'.repeat(i % 10) + 'a'.repeat(5_000)]));
    const report = await run(securityCheck({ ...WELL, environment }));
    expect(report.findings).toHaveLength(100);
  });
});

describe('the password in the URL of a database', () => {
  const bad = 'FAIL security.database-password.DATABASE_URL: the password in DATABASE_URL is empty or a known default';
  const none = 'WARN security.database-password.DATABASE_URL: DATABASE_URL has no password';

  it.each<[string, string[]]>([
    [`postgres://app:${STRONG}@db.internal:5432/app`, []],
    ['postgres://app:postgres@db.internal/app', [bad]],
    ['postgres://app:p%40ssw0rd@db.internal/app', [bad]],
    ['mysql://root:@db.internal/app', [bad]],
    ['mysql://root:toor@db.internal/app', [bad]],
    ['postgres://app:123456@db.internal/app', [bad]],
    ['redis://:changeme@cache:6379', [bad]],
    ['redis://cache:6379', [none]],
    ['postgres://app@db.internal/app', [none]],
    ['postgres://db.internal/app?user=a&password=password', [bad]],
    [`postgres://db.internal/app?user=a&password=${STRONG}`, []],
    ['postgres://app:postgres@localhost/app', []],
    ['postgres://app:postgres@127.0.0.1:5432/app', []],
    ['postgres://app:postgres@[::1]:5432/app', []],
    ['postgres:///app', []],
    ['mongodb://app:secret@127.0.0.1:1,db:2/app', [bad]],
    ['mongodb+srv://app:secret@cluster/app', [bad]],
    ['postgres://app:admin@123/@db/app', [bad]],
    ['postgres://app:postgres@localhost.evil.example/app', [bad]],
  ])('%s: %j', async (url, expected) => {
    expect(await withVariables({ DATABASE_URL: url })).toEqual(expected);
  });

  it('cannot be judged where there is no URL', async () => {
    expect(await withVariables({ A: 'hidden' }, { databaseUrls: ['A', 'B'] })).toEqual([
      'FAIL security.database-password.A: A is no URL, so that its password cannot be judged',
      'FAIL security.database-password.B: B is not set, so that its password cannot be judged',
    ]);
  });
});

describe('the start of the process', () => {
  const inspector = (status: string, reach: string) => [
    `${status} security.debug.inspector: Node is started with an inspector${reach}`,
  ];

  it.each<[string, SecurityCheckOptions, string[]]>([
    ['no NODE_ENV', { environment: {} }, ["FAIL security.node-env: NODE_ENV is not 'production'"]],
    ['another one', { environment: { NODE_ENV: 'hidden' } }, ["FAIL security.node-env: NODE_ENV is not 'production'"]],
    ['nobody asking', { environment: {}, nodeEnv: false }, []],
    ['root', { userId: 0 }, ['WARN security.root-user: the process runs as root']],
    ['--inspect', { execArgv: ['--inspect'] }, inspector('WARN', '')],
    ['--inspect at a port', { execArgv: ['--inspect=9230'] }, inspector('WARN', '')],
    ['--inspect on this machine', { execArgv: ['--inspect-brk=127.0.0.1:9229'] }, inspector('WARN', '')],
    ['--inspect for all', { execArgv: ['--inspect=0.0.0.0:9229'] }, inspector('FAIL', ' that others can reach')],
    ['--inspect by IPv6', { execArgv: ['--inspect-wait=[::]:9229'] }, inspector('FAIL', ' that others can reach')],
    [
      '--inspect with underscores',
      { execArgv: ['--inspect_brk=0.0.0.0'] },
      inspector('FAIL', ' that others can reach'),
    ],
    ['a port for all', { execArgv: ['--inspect-port', '0.0.0.0:1'] }, inspector('FAIL', ' that others can reach')],
    ['a port alone', { execArgv: ['--inspect-port=9230'] }, []],
    ['another flag', { execArgv: ['--inspector-is-no-flag', '--max-old-space-size=100'] }, []],
    [
      'a lax parser',
      { execArgv: ['--insecure-http-parser'] },
      [
        'FAIL security.insecure-http-parser: Node is started with --insecure-http-parser, which lets requests be smuggled',
      ],
    ],
  ])('with %s', async (_, options, expected) => {
    expect(await found(options)).toEqual(expected);
  });

  it.each<[Record<string, string>, string[]]>([
    [{ DEBUG: '*' }, ['WARN security.debug.DEBUG: DEBUG is set, and what it makes be printed may hold secrets']],
    [
      { NODE_DEBUG: 'http' },
      ['WARN security.debug.NODE_DEBUG: NODE_DEBUG is set, and what it makes be printed may hold secrets'],
    ],
    [{ DEBUG: ' ' }, []],
    [{ DEBUG: 'false' }, []],
    [{ NODE_DEBUG: '0' }, []],
    [{ NODE_OPTIONS: '--max-http-header-size=1 "--inspect=0.0.0.0"' }, inspector('FAIL', ' that others can reach')],
    [
      { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
      ['FAIL security.tls-verification: NODE_TLS_REJECT_UNAUTHORIZED turns off that certificates are verified'],
    ],
    [{ NODE_TLS_REJECT_UNAUTHORIZED: '1' }, []],
  ])('with %j', async (environment, expected) => {
    expect(await withVariables(environment)).toEqual(expected);
  });

  it.each(['development', 'test'])(
    'is nobody else’s business under %s, but for what is wrong everywhere',
    async (profile) => {
      using folder = new Folder();
      chmodSync(folder.write('.env', 'A=1'), 0o666);
      const environment = { DEBUG: '*', NODE_TLS_REJECT_UNAUTHORIZED: '0' };
      const options = { environment, userId: 0, execArgv: ['--inspect=0.0.0.0'], trustProxy: true, root: folder.path };
      expect(await found(options, profile)).toEqual([expect.stringContaining('security.tls-verification')]);
      expect(await found(options, 'staging')).toHaveLength(7);
    },
  );

  it('is that of this process unless it is told', async () => {
    const report = await run(securityCheck());
    expect(lines(report)).toContain("FAIL security.node-env: NODE_ENV is not 'production'");
    expect(lines(report).some((line) => line.includes('root-user'))).toBe(process.geteuid?.() === 0);
  });
});

describe('files', () => {
  it('that hold secrets are closed', async (context) => {
    context.skip(process.platform === 'win32', 'Windows has no such rights');
    using folder = new Folder();
    const root = folder.path;
    folder.write('good', 'long content');
    for (const [name, mode] of [
      ['.env', 0o644],
      ['.env.local', 0o666],
      ['.env.production', 0o640],
      ['open', 0o640],
    ] as const)
      chmodSync(folder.write(name, 'x'), mode);
    expect(await found({ root, files: ['good', 'open', 'missing'] })).toEqual([
      'WARN security.env-file..env: .env can be read by everybody',
      'FAIL security.env-file..env.local: .env.local can be written by everybody',
      'FAIL security.file.open: open holds secrets and can be read by others than its owner',
      'FAIL security.file-missing.missing: missing is no file that is there',
    ]);
  });
});
