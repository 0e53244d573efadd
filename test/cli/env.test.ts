import { ConfigValidator } from 'breakwater/config';
import { describe, expect, it } from 'vitest';
import type { CommandIo } from '../../src/cli/io.js';
import { breakwater, FILE, configuration, holding } from './setup.js';

/** The command with a module that exports this configuration. */
function env(config: object, ...words: string[]) {
  return breakwater(['env', ...words], holding({ 'breakwater.config.js': { config } }));
}

describe('breakwater env', () => {
  it.each([
    [['env', '--help']],
    [['env', '-h']],
    [['env', 'help']],
    [['help', 'env']],
    [['env', 'check', '--help']],
    [['env', 'docs', '--dir', 'docs', '-h']],
  ])('%j shows its commands and their options', async (argv) => {
    const { code, out, err } = await breakwater(argv);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('Usage: breakwater env <command> [options]');
    for (const word of ['example', 'docs', 'check']) expect(out).toMatch(new RegExp(`^  ${word} +\\w`, 'm'));
    for (const option of ['--config FILE', '--format text|json', '--dir DIR', '--check', '--dotenv FILE', '--help, -h'])
      expect(out.split('\n').filter((line) => line.startsWith(`  ${option} `))).toHaveLength(1);
    expect(out).toMatch(/2 .*usage.*\n.*1 .*\n.*3 .*\n.*0 /);
  });

  it.each([
    ['chekc', "unknown command 'env chekc'; did you mean 'check'?"],
    ['frobnicate', "unknown command 'env frobnicate'"],
    ['--config', "'env' takes a command first, got '--config'"],
    ['constructor', "unknown command 'env constructor'"],
    ['\u001b[2J', "unknown command 'env ?[2J'"],
  ])('%j is no command of it', async (word, message) => {
    expect(await breakwater(['env', word])).toEqual({
      code: 2,
      out: '',
      err: `breakwater: ${message}\nRun 'breakwater env --help' for what there is.`,
    });
  });

  it.each([
    [['example', '--confg', 'x.js'], "unknown option '--confg'; did you mean '--config'?"],
    [['example', '--dotenv', '.env'], "unknown option '--dotenv'"],
    [['example', '--constructor'], "unknown option '--constructor'"],
    [['example', '--__proto__=x'], "unknown option '--__proto__'"],
    [['example', '-x'], "unknown option '-x'"],
    [['example', '--\u001b[2J'], "unknown option '--?[2J'"],
    [['example', 'x.js'], "'env example' takes options only, got 'x.js'"],
    [['example', '--', 'x.js'], "'env example' takes options only, got 'x.js'"],
    [['example', '--config'], "'--config' needs a value: --config FILE"],
    [['example', '--config='], "'--config' needs a value: --config FILE"],
    [['check', '--config', '--format', 'json'], "'--config' needs a value: --config FILE"],
    [['check', '--config', 'a.js', '--config', 'b.js'], "'--config' is given twice"],
    [['check', '--format', 'jsno'], "'--format' takes text or json, got 'jsno'; did you mean 'json'?"],
    [['docs', '--format', 'yaml'], "'--format' takes text or json, got 'yaml'"],
    [['docs', '--dir', 'docs', '--check=yes'], "'--check' takes no value"],
    [['docs', '--check'], "'--check' needs '--dir'"],
    [['docs', '--dir', 'docs', '--format', 'json'], "'--format' and '--dir' exclude each other"],
  ])('%j makes no sense, and nothing is loaded', async (words, message) => {
    const { code, out, err } = await breakwater(['env', ...words], {
      look: () => FILE,
      importModule: () => {
        throw new Error('loaded');
      },
    });
    expect([code, out]).toEqual([2, '']);
    expect(err).toBe(`breakwater: ${message}\nRun 'breakwater env --help' for what there is.`);
  });

  it('takes values behind an equals sign, and files that begin with a dash', async () => {
    const config = configuration();
    const world = holding({ '-x.js': { config } });
    expect(await breakwater(['env', 'check', '--config=-x.js', '--format=json'], world)).toMatchObject({ code: 0 });
  });

  it('a configuration that throws could not be verified: one masked line, no stack', async () => {
    const secret = 'correct horse battery';
    const { code, out, err } = await breakwater(['env', 'check'], {
      ...holding({
        'breakwater.config.js': {
          config: configuration({
            validate: () => {
              throw new TypeError(`no\n  use for ${secret} of postgres://u:hunter22@db/x`);
            },
          }),
        },
      }),
      environment: () => ({ SESSION_KEY: secret, MODE: 'no' }),
    });
    expect([code, out]).toEqual([3, '']);
    expect(err).toBe(
      'breakwater: the configuration throws: TypeError: no use for [secret] of postgres://[secret]@db/x',
    );
  });
});

describe('breakwater env example', () => {
  it('prints the example and nothing else', async () => {
    const config = configuration();
    expect(await env(config, 'example')).toEqual({ code: 0, out: '# port\nPORT=8000', err: '' });
    expect(config.asked).toEqual([['toEnvExample']]);
  });
});

describe('breakwater env docs', () => {
  it('prints the table', async () => {
    expect(await env(configuration(), 'docs')).toEqual({ code: 0, out: '| key |', err: '' });
    expect(await env(configuration(), 'docs', '--format', 'text')).toEqual({ code: 0, out: '| key |', err: '' });
  });

  it('prints the schema as JSON', async () => {
    const { code, out } = await env(configuration(), 'docs', '--format', 'json');
    expect([code, out]).toEqual([0, '{\n  "type": "object"\n}']);
  });

  it('writes the pages and tells their names, from the working directory', async () => {
    const config = configuration();
    const { code, out, err } = await env(config, 'docs', '--dir', 'docs');
    expect([code, out, err]).toEqual([0, 'wrote docs/.env.example\nwrote docs/config.md', '']);
    expect(config.asked).toEqual([['writeDocs', '/app/docs']]);
  });

  it('with --check nothing is written, and current pages pass', async () => {
    const config = configuration();
    const { code, out, err } = await env(config, 'docs', '--dir', '/app/docs', '--check');
    expect([code, out, err]).toEqual([0, 'CURRENT  docs/config.md', '']);
    expect(config.asked).toEqual([['checkDocs', '/app/docs']]);
  });

  it('stale and missing pages fail, each by its name, with the command that mends them', async () => {
    const config = configuration({
      checkDocs: () => ({
        ok: false,
        files: [
          { path: '/app/docs/.env.example', status: 'CURRENT' },
          { path: '/app/docs/config.md', status: 'STALE' },
          { path: '/srv/config.schema.json', status: 'MISSING' },
        ],
      }),
    });
    expect(await env(config, 'docs', '--check', '--dir', 'docs')).toEqual({
      code: 1,
      out: 'CURRENT  docs/.env.example\nSTALE    docs/config.md\nMISSING  /srv/config.schema.json',
      err: 'breakwater: not what the configuration says; run: npx breakwater env docs --dir docs',
    });
  });

  it('names in that command the configuration, and quotes what a shell would read', async () => {
    const config = configuration({ checkDocs: () => ({ ok: false, files: [] }) });
    const { err } = await breakwater(
      ['env', 'docs', '--dir', "it's here", '--check', '--config', 'conf.mjs'],
      holding({ 'conf.mjs': { config } }),
    );
    expect(err).toContain("run: npx breakwater env docs --config conf.mjs --dir 'it'\\''s here'");
  });

  it.each([[[]], [['--check']]])('says when the configuration knows no pages (%j)', async (words) => {
    const config = configuration({ writeDocs: undefined, checkDocs: undefined });
    expect(await env(config, 'docs', '--dir', 'docs', ...words)).toMatchObject({
      code: 3,
      out: '',
      err: expect.stringContaining('of an older copy of breakwater') as string,
    });
  });
});

describe('breakwater env check', () => {
  it.each([
    [true, 0],
    [false, 1],
  ])('a configuration whose environment is right: %s, exits with %i', async (ok, code) => {
    const config = configuration({ validate: () => ({ ok }) });
    expect(await env(config, 'check')).toEqual({ code, out: 'shop: valid', err: '' });
    const json = `{"name":"shop","ok":${String(ok)}}`;
    const other = configuration({ summary: () => json });
    expect(await env(other, 'check', '--format', 'json')).toEqual({ code, out: json, err: '' });
  });

  it('reads once for programs: what is printed and the exit code are of one moment', async () => {
    const config = configuration();
    await env(config, 'check', '--format', 'json');
    expect(config.asked).toEqual([['summary', 'json', undefined]]);
  });

  it.each([
    [{}, undefined],
    [{ hasColors: () => false }, false],
    [{ hasColors: () => true }, true],
  ])('shows the summary to this terminal: %j', async (terminal, colours) => {
    const config = configuration();
    await breakwater(['env', 'check'], { ...holding({ 'breakwater.config.js': { config } }), terminal });
    expect(config.asked).toEqual([['validate'], ['summary', 'text', colours]]);
  });

  it('reads the environment file before the module is loaded', async () => {
    const done: string[] = [];
    const { code } = await breakwater(['env', 'check', '--dotenv', 'deploy/.env'], {
      look: (path) => (/(\/\.env|config\.js)$/.test(path) ? FILE : undefined),
      readText: (path) => `READ=${path}`,
      addVariables: (text) => void done.push(text),
      importModule: (path) => {
        done.push(path);
        return Promise.resolve({ config: configuration() });
      },
    });
    expect([code, done]).toEqual([0, ['READ=/app/deploy/.env', '/app/breakwater.config.js']]);
  });

  it.each<[string, ReturnType<CommandIo['look']>, string]>([
    ['that is not there', undefined, 'is not there'],
    ['that is a folder', { kind: 'folder', bytes: 0 }, 'is a folder'],
    ['that is a link to nothing', { kind: 'dangling', bytes: 0 }, 'is a link to nothing'],
    ['that has no end, such as /dev/zero or a pipe', { kind: 'other', bytes: 0 }, 'is no file'],
    ['that is too large', { kind: 'file', bytes: 3 * 1024 * 1024 }, 'is larger than 2 MiB'],
    ['that nobody may read', FILE, 'cannot be read (EACCES)'],
  ])('HLD-61 an environment file %s makes no sense, and nothing is loaded', async (_, found, message) => {
    const answer = await breakwater(['env', 'check', '--dotenv', '.env.prod'], {
      look: (path) => (path.endsWith('.env.prod') ? found : FILE),
      readText: () => {
        throw Object.assign(new Error('SECRET=1'), { code: 'EACCES' });
      },
    });
    expect(answer).toEqual({ code: 2, out: '', err: `breakwater: the file '.env.prod' ${message}` });
  });

  it('shows no character of a secret, in any format', async () => {
    const values = { SESSION_KEY: 'correct-horse', DATABASE_URL: 'postgres://shop:hunter22@db/shop', PORT: 'x1y2z3' };
    using config = new ConfigValidator({ name: 'shop', env: values })
      .register('SESSION_KEY', 'str', { secret: true, minLength: 32 })
      .register('DATABASE_URL', 'url')
      .register('PORT', 'int');
    for (const words of [['check'], ['check', '--format', 'json'], ['example'], ['docs'], ['docs', '--format=json']]) {
      const { code, out, err } = await env(config, ...words);
      expect([code, err]).toEqual([words[0] === 'check' ? 1 : 0, '']);
      expect(out).toContain('SESSION_KEY');
      expect(out).not.toMatch(/horse|hunter|x1y2z3/);
    }
  });
});
