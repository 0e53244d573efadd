import { dependenciesCheck, type DeploymentCheck, filesCheck, securityCheck } from 'breakwater/deployment';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { runs } from '../../runs.js';
import { selfSigned } from '../../config/certificate.js';
import { Folder } from './run.js';

/** A secret that no word of a check has by chance, and that is long enough for its length to be a number of its own. */
const secret = fc
  .tuple(
    fc.string({
      unit: fc.constantFrom(...('QZWqzwé"\\/+% \n\u{1f511}'.match(/./gsu) ?? [])),
      minLength: 6,
      maxLength: 20,
    }),
    fc.integer({ min: 100_000, max: 999_999 }),
    fc.string({ unit: fc.constantFrom('Q', 'Z', 'W', '7'), minLength: 700, maxLength: 890 }),
  )
  .map(([odd, number, long]) => `K${odd}${String(number)}x${long}`);

/** Each way in which it may be written, cut to what would still give it away. */
function forms(text: string): string[] {
  const bytes = Buffer.from(text);
  const base64 = [0, 1, 2].map((shift) => Buffer.from(text.slice(shift)).toString('base64').slice(4, 20));
  const json = JSON.stringify(text).slice(1, -1);
  const plain = [text, json, encodeURIComponent(text.replace(/\p{Surrogate}/gu, '')), bytes.toString('hex')];
  return [...plain.flatMap((form) => [form.slice(0, 12), form.slice(-12)]), ...base64];
}

const lengthOf = (text: string) =>
  new RegExp(`(?<!\\d)(?:${[text.length, Array.from(text).length, Buffer.byteLength(text)].join('|')})(?!\\d)`);

/** Everything that a check says, or throws. */
async function said(make: () => DeploymentCheck): Promise<string> {
  try {
    const report = await make().run({ signal: new AbortController().signal, profile: 'production' });
    return JSON.stringify(report);
  } catch (error) {
    const { message, stack, cause } = error as Error;
    // Lines of the code are numbers of their own.
    return JSON.stringify([message, stack?.replace(/:\d+:\d+/g, ''), String(cause)]);
  }
}

function expectNone(text: string, hidden: string): void {
  const unescaped = text.replace(/\\(["\\])/g, '$1');
  const shown = forms(hidden).filter((form) => text.includes(form) || unescaped.includes(form));
  expect(shown).toEqual([]);
  // A short one has a length that any figure may be, such as the line of a place in the file.
  if (hidden.length > 100) expect(text.replace(/column \d+|line":\d+|\.ts:[\d:]+/g, '')).not.toMatch(lengthOf(hidden));
}

it('finds what it looks for', () => {
  const hidden = 'Kq"1234567';
  for (const form of [hidden, JSON.stringify(hidden), encodeURIComponent(hidden), Buffer.from(hidden).toString('hex')])
    expect(() => expectNone(JSON.stringify({ message: `was ${form}` }), hidden)).toThrow();
  const long = 'Kq"1234567'.repeat(5);
  expect(() => expectNone(Buffer.from(long).toString('base64'), long)).toThrow();
  const longer = 'Kq"1234567'.repeat(20);
  expect(() => expectNone('has 200 characters', longer)).toThrow();
  expect(() => expectNone('has 2000 characters', longer)).not.toThrow();
});

const quote = JSON.stringify;
/** Files that hold the secret, whole and broken. */
const contents: Record<string, (text: string) => string> = {
  'whole.json': (text) => `{"a":${quote(text)},"password":${quote(text)},"n":[${quote(text)}]}`,
  'open.json': (text) => `{"a":${quote(text)}`,
  'bare.json': (text) => `{"a":${text.replace(/["\n]/g, '')}}`,
  'behind.json': (text) => `{"a":1} ${text}`,
  'whole.yaml': (text) => `a: ${quote(text)}\npassword: ${quote(text)}\nn: [${quote(text)}]\n`,
  'open.yaml': (text) => `a: ["${text.replace(/["\\\n]/g, '')}`,
  'tabs.yaml': (text) => `a:\n\t- ${text}\n${text}: b: c`,
  'alias.yaml': (text) => `a: *${text.replace(/[^\w]/g, '')}\n`,
  'twice.yaml': (text) => `${quote(text)}: 1\n${quote(text)}: 2\n? [${quote(text)}]\n: 3\n`,
  'tag.yaml': (text) => `a: !${text.replace(/[^\w]/g, '')} b\nn: [x]\n`,
  'key.yaml': (text) => `? [${quote(text)}]\n: 3\n`,
  'whole.toml': (text) => `a = ${quote(text)}\npassword = ${quote(text)}\nn = [${quote(text)}]\n`,
  'open.toml': (text) => `a = "${text.replace(/["\n]/g, '')}`,
  'bare.toml': (text) => `${text.replace(/\s/g, '')}\n`,
  'twice.toml': (text) => `${quote(text)} = 1\n${quote(text)} = 2\n`,
  'text.conf': (text) => text,
  'own.ini': (text) => text,
};

it('HLD-59: no finding about a file shows what is in it, nor how long that is', async () => {
  using folder = new Folder();
  const warnings: string[] = [];
  const hear = (warning: Error): void => void warnings.push(`${warning.name}: ${warning.message}`);
  process.on('warning', hear);
  try {
    await fc.assert(
      fc.asyncProperty(secret, fc.nat(), async (hidden, seed) => {
        const tell = [
          (input: unknown) => `is ${String(input)}`,
          (input: unknown) => `is ${quote(input)}`,
          (input: unknown) => `has ${String(String(input).length)} characters`,
          (input: unknown) => `is ${Buffer.from(String(input)).toString('base64').slice(0, 100)}`,
          (input: unknown) => `begins with ${String(input).slice(0, 12)}`,
          (input: unknown) => `ends with ${String(input).slice(-12)}`,
          () => 'is bad',
        ][seed % 7] as (input: unknown) => string;
        const telling = z.string().refine(() => false, { error: ({ input }) => tell(input) });
        const throwing = z.unknown().transform((value): never => {
          throw new Error(quote(value));
        });
        const schemas = [
          z.object({ a: telling, n: z.array(telling) }),
          z.object({ a: z.number() }).strict(),
          telling,
          throwing,
        ];
        const parse = (text: string): never => {
          throw new Error(text);
        };
        const from = (seed % 5) * 4;
        const files = Object.entries(contents)
          .slice(from, from + 4)
          .map(([name, content]) => {
            folder.write(name, content(hidden));
            const own = name === 'own.ini' ? { parse } : {};
            return { path: name, schema: schemas[seed % 4], secret: seed % 3 === 0, ...own };
          });
        expectNone(await said(() => filesCheck(files, { root: folder.path })), hidden);
      }),
      { numRuns: runs(1_000), endOnFailure: true },
    );
  } finally {
    process.removeListener('warning', hear);
  }
  expect(warnings).toEqual([]);
});

it('HLD-59: no finding about security shows a secret, nor how long it is', async () => {
  using folder = new Folder();
  const { cert, encryptedKey } = selfSigned();
  folder.write('cert.pem', cert);
  folder.write('closed.pem', encryptedKey('open'));
  await fc.assert(
    fc.asyncProperty(secret, fc.nat(), async (hidden, seed) => {
      const value = [hidden, hidden.slice(0, 12), `secret-${hidden}`, hidden.repeat(2), `<${hidden}>`][seed % 5] ?? '';
      folder.write('secret', value);
      folder.write('key.pem', `-----BEGIN PRIVATE KEY-----\n${value}\n-----END PRIVATE KEY-----\n`);
      folder.write('raw.pem', value);
      const at = encodeURIComponent(value.replace(/\p{Surrogate}/gu, ''));
      const environment = {
        A: value,
        B: value,
        SECRET_KEY: value,
        C_FILE: folder.at('secret'),
        D_FILE: value,
        NODE_ENV: value,
        DEBUG: value,
        NODE_OPTIONS: `--inspect=${value} ${value}`,
        NODE_TLS_REJECT_UNAUTHORIZED: value,
        DATABASE_URL: `postgres://app:${at}@db/app`,
        RAW_URL: `postgres://app:${value}@db/app?password=${value}`,
        QUERY_URL: `postgres://db/app?password=${at}`,
        NO_URL: value,
      };
      const check = () =>
        securityCheck({
          environment,
          userId: 0,
          execArgv: [`--inspect=${value}`],
          root: folder.path,
          secrets: ['A', 'B', 'SECRET_KEY', 'C', 'D'],
          databaseUrls: ['DATABASE_URL', 'RAW_URL', 'QUERY_URL', 'NO_URL'],
          tls: ['key.pem', 'raw.pem', 'closed.pem'].flatMap((key) => [
            { cert: 'cert.pem', key, passphrase: value.slice(0, 1_000) },
            { cert: key, ca: key },
          ]),
          files: ['secret'],
          trustProxy: seed % 2 === 0 ? [value] : value,
          cookies: [{ domain: value, path: value }],
          cors: { origin: seed % 2 === 0 ? value : [new RegExp(at)], credentials: true },
        });
      expectNone(await said(check), value);
      // Handed in where something else belongs.
      for (const options of [
        { secrets: [`${value} `] },
        { tls: value },
        { environment: value },
        { cookies: value },
        { root: { [value]: 1 } },
      ])
        expectNone(await said(() => securityCheck(options as never)), value);
    }),
    { numRuns: runs(500), endOnFailure: true },
  );
});

it('HLD-59: no finding about dependencies shows what stands where versions do', async () => {
  using folder = new Folder();
  await fc.assert(
    fc.asyncProperty(secret, fc.nat(), async (hidden, seed) => {
      const url = `git+https://user:${encodeURIComponent(hidden.replace(/\p{Surrogate}/gu, ''))}@host/a.git`;
      const spec = [hidden, url, `${url}#semver:${hidden}`, `npm:${hidden}`, `npm:b@${hidden}`][seed % 5] ?? '';
      const manifest = {
        name: hidden,
        engines: { node: hidden },
        dependencies: { a: spec, b: '1', c: '1' },
        overrides: { [hidden]: hidden },
      };
      folder.json('package.json', manifest);
      folder.json('node_modules/a/package.json', { name: 'a', version: hidden, engines: { node: hidden } });
      folder.json('node_modules/b/package.json', { name: hidden, version: '1.0.0', dependencies: { c: hidden } });
      folder.write('node_modules/c/package.json', `{"name": ${hidden}`);
      folder.json('package-lock.json', {
        lockfileVersion: 3,
        name: hidden,
        packages: {
          '': { dependencies: { a: hidden } },
          'node_modules/a': { version: `${hidden}1`, resolved: url },
          'node_modules/b': { name: `${hidden}2` },
          [`node_modules/${hidden}`]: { version: hidden },
        },
      });
      const check = () => dependenciesCheck({ root: folder.path });
      expectNone(await said(check), hidden);
      folder.write('package-lock.json', `{"a": ${hidden}`);
      expectNone(await said(check), hidden);
      expectNone(await said(() => dependenciesCheck({ root: folder.path, nodeVersion: hidden })), hidden);
    }),
    { numRuns: runs(500), endOnFailure: true },
  );
});
