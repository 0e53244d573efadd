import { InvalidOptionsError } from 'breakwater/core';
import { filesCheck } from 'breakwater/deployment';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { foundIn as found } from './found-in.js';
import { findingOf, Folder, lines, run } from './run.js';

const noLinks = process.platform === 'win32';
if (noLinks) console.log('files have no modes on Windows: what is told of them is not tested');

describe('filesCheck', () => {
  it.each([
    ['app.json', '{"a":1}'],
    ['app.json', '\ufeff{"a":1}'],
    ['app.yaml', 'a: 1\n---\nb: [1, 2]\n'],
    ['app.YML', 'base: &b {x: 1}\nmore: {<<: *b, y: 2}\n'],
    ['app.toml', 'a = 1\n[b]\nc = 2024-01-01\n'],
    ['app.conf', 'whatever { it: says'],
  ])('finds nothing in %s with %j', async (name, content) => {
    using folder = new Folder();
    folder.write(name, content);
    expect(await run(filesCheck([name], { root: folder.path }))).toEqual({
      findings: [],
      message: 'looked at 1 file: in order',
      metadata: { files: 1, absent: 0 },
    });
  });

  it.each([
    ['app.json', '{"a":1,}', 'FAIL files.syntax.app.json: app.json is not valid JSON (line 1, column 8)'],
    ['app.json', '{\n  "a": hidden\n}', 'FAIL files.syntax.app.json: app.json is not valid JSON (line 2, column 8)'],
    ['app.json', '{"a":1', 'FAIL files.syntax.app.json: app.json is not valid JSON (line 1, column 7)'],
    ['app.yaml', 'a: 1\nb: [1\n', 'FAIL files.syntax.app.yaml: app.yaml is not valid YAML (line 3, column 1)'],
    [
      'app.yaml',
      'a: 1\nb: 2\na: 3',
      'FAIL files.syntax.app.yaml: app.yaml has a key twice in the same place (line 3, column 1)',
    ],
    [
      'app.yaml',
      'a: 1\n---\nb: {c: 1, c: 2}',
      'FAIL files.syntax.app.yaml: app.yaml has a key twice in the same place (line 3, column 11)',
    ],
    [
      'app.yaml',
      'a: *nothing',
      'FAIL files.syntax.app.yaml: app.yaml has an alias that leads nowhere (line 1, column 4)',
    ],
    ['app.toml', 'a = 1\na = 2', 'FAIL files.syntax.app.toml: app.toml is not valid TOML (line 2, column 1)'],
    ['app.toml', 'a = 1\n\nb = hidden', 'FAIL files.syntax.app.toml: app.toml is not valid TOML (line 3, column 5)'],
    ['app.json', ' \n', 'FAIL files.empty.app.json: app.json is empty'],
    ['a.txt', new Uint8Array([0x61, 0xff]), 'FAIL files.encoding.a.txt: a.txt is not UTF-8'],
    ['a.json', new Uint8Array([0xff, 0xfe, 0x7b, 0, 0x7d, 0]), 'FAIL files.encoding.a.json: a.json is not UTF-8'],
  ])('finds in %s with %j: %s', async (name, content, line) => {
    expect(await found(name, content)).toEqual([line]);
  });

  it('says where in the file it is', async () => {
    using folder = new Folder();
    folder.write('config/app.toml', 'a = 1\nb =');
    const report = await run(filesCheck(['./config/app.toml'], { root: folder.path }));
    expect(report.findings).toEqual([
      {
        id: 'files.syntax.config-app.toml',
        status: 'FAIL',
        message: './config/app.toml is not valid TOML (line 2, column 4)',
        hint: 'correct it there',
        place: { file: './config/app.toml', line: 2 },
      },
    ]);
    expect(report.message).toBe('looked at 1 file: 1 finding fails');
  });

  it('tells what is not there from a link that leads nowhere, a folder and what is no file', async (context) => {
    using folder = new Folder();
    mkdirSync(folder.at('folder'));
    folder.write('real.json', '{}');
    context.skip(noLinks, 'links and pipes are not made on Windows');
    symlinkSync('nowhere', folder.at('broken.json'));
    symlinkSync('self', folder.at('self'));
    symlinkSync('real.json', folder.at('good.json'));
    expect(spawnSync('mkfifo', [folder.at('pipe')]).status).toBe(0);
    const report = await run(
      filesCheck(
        ['folder', 'broken.json', 'self', 'good.json', 'pipe', 'no.json', 'real.json/inside', 'folder/no/way'],
        {
          root: folder.path,
        },
      ),
    );
    expect(lines(report)).toEqual([
      'FAIL files.not-a-file.folder: folder is a folder',
      'FAIL files.not-a-file.broken.json: broken.json is a link that leads nowhere',
      'FAIL files.not-a-file.self: self is a link that leads nowhere',
      'FAIL files.not-a-file.pipe: pipe is no regular file',
      'FAIL files.missing.no.json: no.json is not there',
      'FAIL files.missing.real.json-inside: real.json/inside is not there',
      'FAIL files.missing.folder-no-way: folder/no/way is not there',
    ]);
  });

  it('says that a file cannot be read, and by which code', async (context) => {
    context.skip(process.platform !== 'linux', 'only Linux has such files');
    // What nobody may read at its beginning, not even the superuser.
    expect(lines(await run(filesCheck(['/proc/self/mem'])))).toEqual([
      'FAIL files.unreadable.proc-self-mem: /proc/self/mem cannot be read (EIO)',
    ]);
  });

  it('reads files that say that they are empty and are not', async (context) => {
    context.skip(process.platform !== 'linux', 'only Linux has such files');
    expect(lines(await run(filesCheck(['/proc/self/status'])))).toEqual([]);
    expect(lines(await run(filesCheck([{ path: '/proc/self/status', maxBytes: 10 }])))).toEqual([
      'FAIL files.too-large.proc-self-status: /proc/self/status is larger than 10 bytes',
    ]);
  });

  it.each([
    [10, []],
    [9, ['FAIL files.too-large.a.txt: a.txt is larger than 9 bytes']],
  ])('with at most %i bytes, one of 10 is %j', async (maxBytes, expected) => {
    expect(await found('a.txt', '0123456789', { maxBytes })).toEqual(expected);
  });

  it('reads large files whole', async () => {
    const text = JSON.stringify({ a: 'x'.repeat(900_000) });
    expect(await found('a.json', text)).toEqual([]);
    expect(await found('a.json', text.slice(0, -1))).toEqual([
      `FAIL files.syntax.a.json: a.json is not valid JSON (line 1, column ${String(text.length)})`,
    ]);
  });

  it('lets optional files be absent, and says so; when all are, nothing was looked at', async () => {
    using folder = new Folder();
    folder.write('a.json', '{}');
    const optional = { path: 'b.json', required: false };
    expect(await run(filesCheck(['a.json', optional], { root: folder.path }))).toMatchObject({
      findings: [],
      message: 'looked at 1 file (1 not there, and not required): in order',
      metadata: { files: 2, absent: 1 },
    });
    expect(lines(await run(filesCheck([optional], { root: folder.path })))).toEqual([
      'WARN files.none: none of the 1 file is there, so that nothing was looked at',
    ]);
  });

  it('lets blank files be where notEmpty is false', async () => {
    expect(await found('a.txt', '', { notEmpty: false })).toEqual([]);
    expect(await found('a.yaml', '', { notEmpty: false })).toEqual([]);
    expect(await found('a.json', '', { notEmpty: false })).toEqual([
      'FAIL files.syntax.a.json: a.json is not valid JSON (line 1, column 1)',
    ]);
  });

  it.for<[number, boolean, string[]]>([
    [0o600, false, []],
    [0o666, false, ['WARN files.permissions.a: a can be written by everybody']],
    [0o644, false, []],
    [0o600, true, []],
    [0o620, true, []],
    [0o640, true, ['FAIL files.permissions.a: a holds secrets and can be read by others than its owner']],
    [0o604, true, ['FAIL files.permissions.a: a holds secrets and can be read by others than its owner']],
    [0o602, true, ['FAIL files.permissions.a: a can be written by everybody']],
  ])('with the mode %o, secret %s: %j', async ([mode, secret, expected], context) => {
    context.skip(noLinks, 'Windows has no such rights');
    using folder = new Folder();
    folder.write('a', 'x');
    chmodSync(folder.at('a'), mode);
    expect(lines(await run(filesCheck([{ path: 'a', secret }], { root: folder.path })))).toEqual(expected);
  });

  it('gives two files whose paths look alike ids of their own', async () => {
    using folder = new Folder();
    const report = await run(filesCheck(['a/b.json', 'a-b.json', 'ä', '../no-such'], { root: folder.path }));
    expect(report.findings.map(({ id }) => id)).toEqual([
      'files.missing.a-b.json',
      'files.missing.a-b.json-2',
      'files.missing.-',
      'files.missing...-no-such',
    ]);
  });

  it('stops when it is no longer wanted', async () => {
    const controller = new AbortController();
    controller.abort(new Error('too late'));
    const answer = filesCheck(['a']).run({ signal: controller.signal, profile: 'production' });
    await expect(answer).rejects.toThrow('too late');
  });

  it.each<[unknown, unknown, string]>([
    [[], undefined, 'files must be a list of at least one of files, got none'],
    ['a.json', undefined, 'files must be a list of at least one of files, got a string'],
    [[''], undefined, 'files[0].path must be the path of a file or folder, got one that is empty'],
    [
      [new URL('file:///a')],
      undefined,
      'files[0].path must be the path of a file or folder, got a URL: hand in what fileURLToPath()',
    ],
    [['a'], { root: new URL('file:///a') }, 'root must be the path of a file or folder, got a URL'],
    [[{ path: 'a', maxBites: 3 }], undefined, 'files[0].maxBites is not an option; did you mean files[0].maxBytes?'],
    [
      [{ path: 'a', format: 'jsn' }],
      undefined,
      "files[0].format must be 'json' or 'yaml' or 'toml' or 'text'; did you mean 'json'?",
    ],
    [[{ path: 'a', schema: {} }], undefined, 'files[0].schema must be a Standard Schema, got an object'],
    [['a'], { rot: '/' }, 'rot is not an option; did you mean root?'],
  ])('refuses %j with %j', (files, options, message) => {
    const make = () => filesCheck(files as [], options as object);
    expect(make).toThrow(InvalidOptionsError);
    expect(make).toThrow(message);
  });
});

describe('a schema', () => {
  const schema = z.object({ server: z.object({ port: z.number() }), url: z.string(), mode: z.enum(['a', 'b']) });

  it('says which places do not fit, and why where that tells nothing of them', async () => {
    const content = JSON.stringify({ server: { port: 'hidden' }, mode: 'c' });
    expect(await found('a.json', content, { schema })).toEqual([
      'FAIL files.schema.a.json: a.json does not fit its schema: server.port (Invalid input: expected number, received string), ' +
        'url (Invalid input: expected string, received undefined), mode (Invalid option: expected one of "a"|"b")',
    ]);
  });

  it('says the place alone of files and fields that are secret', async () => {
    const fields = z.object({ password: z.number(), plain: z.number() });
    const content = JSON.stringify({ password: 'hidden', plain: 'hidden' });
    expect(await found('a.json', content, { schema: fields })).toEqual([
      'FAIL files.schema.a.json: a.json does not fit its schema: password, plain (Invalid input: expected number, received string)',
    ]);
    expect(await found('a.json', content, { schema: fields, secret: true })).toEqual([
      'FAIL files.schema.a.json: a.json does not fit its schema: password, plain',
    ]);
  });

  it.each<[string, (value: string) => string]>([
    ['the value', (value) => `not ${value}`],
    ['in capitals', (value) => `not ${value.toUpperCase()}`],
    ['a piece of it', (value) => `begins with ${value.slice(0, 4)}`],
    ['its length', (value) => `has ${String(value.length)} characters`],
    ['base64', (value) => `not ${Buffer.from(value).toString('base64')}`],
    ['hex', (value) => `not ${Buffer.from(value).toString('hex')}`],
    ['URL form', (value) => `not ${encodeURIComponent(value)}`],
    ['JSON', (value) => `not ${JSON.stringify(value)}`],
  ])('whose message tells %s is quoted by its place alone', async (_, message) => {
    const telling = z.object({ a: z.string().refine(() => false, { error: ({ input }) => message(String(input)) }) });
    const value = 'wö"nder/18%';
    expect(await found('a.json', JSON.stringify({ a: value }), { schema: telling })).toEqual([
      'FAIL files.schema.a.json: a.json does not fit its schema: a',
    ]);
  });

  it('whose message tells another value of the file is quoted by its place alone', async () => {
    const telling = z.object({ a: z.string(), b: z.string() }).superRefine((value, context) => {
      context.addIssue({ code: 'custom', path: ['b'], message: `differs from ${value.a}` });
    });
    expect(await found('a.json', '{"a":"hidden","b":"x"}', { schema: telling })).toEqual([
      'FAIL files.schema.a.json: a.json does not fit its schema: b',
    ]);
  });

  it('is held against every document of YAML', async () => {
    expect(await found('a.yaml', 'a: 1\n---\na: x\n---\na: y', { schema: z.object({ a: z.number() }) })).toEqual([
      'FAIL files.schema.a.yaml: a.yaml does not fit its schema: document 2.a (Invalid input: expected number, received string), ' +
        'document 3.a (Invalid input: expected number, received string)',
    ]);
  });

  it('lists the first five places', async () => {
    const content = JSON.stringify(Array.from({ length: 3_000 }, () => 'x'));
    expect(await found('a.json', content, { schema: z.array(z.number('no number')) })).toEqual([
      expect.stringMatching(/ \[0\] \(.*\[4\] \(no number\) and 995 more$/),
    ]);
  });

  it('may answer later', async () => {
    const later = z.string().refine(async (text) => text === 'a', 'must be a');
    expect(await found('a.txt', 'a', { schema: later })).toEqual([]);
    expect(await found('b.txt', 'zzzz', { schema: later })).toEqual([
      'FAIL files.schema.b.txt: b.txt does not fit its schema: the whole (must be a)',
    ]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('hidden');
      },
      'its schema threw while it was held against it',
    ],
    ['answers nonsense', () => ({ issues: 'hidden' }), 'its schema answered what is no answer of a Standard Schema'],
    ['answers nothing', () => undefined, 'its schema threw while it was held against it'],
  ])('that %s is a crash', async (_, validate, message) => {
    const broken = { '~standard': { version: 1 as const, vendor: 'x', validate: validate as () => never } };
    expect(await found('a.txt', 'a', { schema: broken })).toEqual([
      `CRASHED files.schema.a.txt: a.txt could not be looked at: ${message}`,
    ]);
  });
});

describe('a schema that never answers', () => {
  it('is given up with the check, whose other findings are told', async () => {
    const controller = new AbortController();
    const validate = () => {
      setImmediate(() => {
        controller.abort();
      });
      return new Promise<never>(() => undefined);
    };
    const schema = { '~standard': { version: 1 as const, vendor: 'x', validate } };
    using folder = new Folder();
    folder.write('a.json', '{}');
    const check = filesCheck(['missing.json', { path: 'a.json', schema }], { root: folder.path });
    expect(await check.run({ signal: controller.signal, profile: 'production' })).toMatchObject({
      findings: [
        { id: 'files.missing.missing.json', status: 'FAIL' },
        {
          id: 'files.schema.a.json',
          crashed: true,
          message: expect.stringContaining('did not answer in time') as string,
        },
      ],
    });
  });
});

describe('a parse function', () => {
  it('reads in the place of the format', async () => {
    const parse = (text: string) => ({ size: text.length });
    const schema = z.object({ size: z.literal(3) });
    expect(await found('a.yaml', '{{{', { parse, schema })).toEqual([]);
    expect(await found('a.yaml', '{{', { parse, schema })).toHaveLength(1);
  });

  it('that throws or rejects says that the file is wrong, without a word of its own', async () => {
    const message = 'FAIL files.syntax.a.ini: a.ini is refused by its parse function';
    const thrower = (text: string) => {
      throw new Error(text);
    };
    expect(await found('a.ini', 'hidden', { parse: thrower })).toEqual([message]);
    expect(await found('a.ini', 'hidden', { parse: (text) => Promise.reject(new Error(text)) })).toEqual([message]);
  });
});

it('finds what is in the findings by its id', async () => {
  using folder = new Folder();
  expect(findingOf(await run(filesCheck(['x'], { root: folder.path })), 'files.missing.x')?.hint).toBe(
    'put it there, or list it with required: false',
  );
});
