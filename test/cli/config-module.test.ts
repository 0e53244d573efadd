import { describe, expect, it } from 'vitest';
import { breakwater, onDisk, written } from './setup.js';

const CONFIG = written('FOUND=1');

/** The example of the configuration in these files. */
function example(files: Readonly<Record<string, string>>, ...words: string[]) {
  return breakwater(['env', 'example', ...words], onDisk(files));
}

describe('the configuration module', () => {
  it.each([
    ['breakwater.config.mjs', `export const config = ${CONFIG};`],
    ['breakwater.config.mjs', `export default ${CONFIG};`],
    ['breakwater.config.mjs', `export default { config: ${CONFIG} };`],
    ['breakwater.config.mjs', `export default { env: ${CONFIG}, timeoutMs: 100 };`],
    ['breakwater.config.mjs', `export const config = {}; export default ${CONFIG};`],
    ['breakwater.config.mjs', `class C {}; Object.assign(C, ${CONFIG}); export default C;`],
    ['breakwater.config.mjs', `export const config = await Promise.resolve(${CONFIG});`],
    ['breakwater.config.cjs', `module.exports = ${CONFIG};`],
    ['breakwater.config.cjs', `exports.config = ${CONFIG};`],
    ['breakwater.config.cjs', `const made = { ['con' + 'fig']: ${CONFIG} }; module.exports = made;`],
    ['breakwater.config.cjs', `module.exports = { env: ${CONFIG} };`],
    [
      'breakwater.config.cjs',
      `Object.defineProperty(exports, '__esModule', { value: true }); exports.default = ${CONFIG};`,
    ],
    [
      'breakwater.config.cjs',
      `Object.defineProperty(exports, '__esModule', { value: true }); exports.default = { env: ${CONFIG} };`,
    ],
    ['breakwater.config.js', `exports.config = ${CONFIG};`],
  ])('in %s: %s', async (name, text) => {
    expect(await example({ [name]: text })).toEqual({ code: 0, out: 'FOUND=1', err: '' });
  });

  it.each([
    ['breakwater.config.cjs', 'breakwater.config.mjs'],
    ['breakwater.config.cjs', 'breakwater.config.js'],
  ])('HLD-61 is not guessed where there is more than one: %s and %s', async (one, other) => {
    const { code, out, err } = await example({ [one]: '', [other]: '' });
    expect([code, out]).toEqual([2, '']);
    expect(err).toBe(`breakwater: there are ${other} and ${one}: leave one of them, or name the one with --config`);
  });

  it('HLD-61 is not guessed either where options in JSON stand beside it', async () => {
    const { code, err } = await breakwater(
      ['check'],
      onDisk({ 'breakwater.config.cjs': '', 'breakwater.config.json': '{}' }),
    );
    expect([code, err]).toEqual([
      2,
      'breakwater: there are breakwater.config.cjs and breakwater.config.json: leave one of them, or name the one with --config',
    ]);
  });

  it.each([
    ['a folder', 'folder', 'is a folder'],
    ['a link to nothing', 'dangling', 'is a link to nothing'],
    ['a device', 'other', 'is no file'],
  ] as const)('HLD-61 that is %s does not pass for none', async (_, kind, fault) => {
    for (const words of [['check'], ['env', 'check'], ['migrations', 'status']]) {
      const look = (path: string) => (path.endsWith('breakwater.config.js') ? { kind, bytes: 0 } : undefined);
      expect(await breakwater(words, { look })).toEqual({
        code: 2,
        out: '',
        err: `breakwater: the file 'breakwater.config.js' ${fault}`,
      });
    }
  });

  it.each([
    ['breakwater.config.mjs', "\n\nthrow new Error('x');", 'Error: x (breakwater.config.mjs:3)'],
    ['breakwater.config.cjs', '\nconst = 1;', "SyntaxError: Unexpected token '=' (breakwater.config.cjs:2)"],
    ['breakwater.config.mjs', '\nconst = 1;', "Unexpected token '=' (to see where: node breakwater.config.mjs)"],
    ['breakwater.config.mjs', "import './shop.mjs';", 'Error: y (shop.mjs:2)'],
  ])('%s that throws (%j): says where', async (name, text, end) => {
    const { code, err } = await example({ [name]: text, 'shop.mjs': "\nthrow new Error('y');" });
    expect([code, err.endsWith(end), err]).toEqual([3, true, err]);
  });

  it.each(['conf/shop.mjs', './conf/shop.mjs', 'conf/../conf/shop.mjs'])('is %s when it is named', async (name) => {
    const files = { 'conf/shop.mjs': `export const config = ${CONFIG};`, 'breakwater.config.js': 'throw 1;' };
    expect(await example(files, '--config', name)).toMatchObject({ code: 0, out: 'FOUND=1' });
  });

  it('may have any name', async () => {
    const name = 'a b/50%20#?é.mjs';
    const files = { [name]: `export const config = ${CONFIG};` };
    expect(await example(files, '--config', name)).toMatchObject({ code: 0, out: 'FOUND=1' });
  });

  it('HLD-61 none: says what was looked for and what to do', async () => {
    const { code, out, err } = await example({});
    expect([code, out]).toEqual([2, '']);
    expect(err).toBe(
      'breakwater: no configuration here: looked for breakwater.config.js, breakwater.config.mjs and ' +
        "breakwater.config.cjs; write one that exports a ConfigValidator as 'config', or name another file with --config",
    );
  });

  it.each(['conf.mjs', 'conf', '\u001b[2J'])('not there (%j): says so', async (name) => {
    const { code, out, err } = await example({ 'conf/other.mjs': '' }, '--config', name);
    const fault = name === 'conf' ? 'is a folder' : 'is not there';
    expect([code, out, err]).toEqual([2, '', `breakwater: the file '${name.replace('\u001b', '?')}' ${fault}`]);
  });

  it.each([
    '',
    'export const other = 1;',
    'export default null;',
    'export default 5;',
    'export default { config: { validate() {} } };',
    'export const config = { validate: 1, summary: 1, toEnvExample: 1, toMarkdown: 1, toJSONSchema: 1 };',
    'export const config = "text";',
  ])('HLD-61 without a configuration (%j): says what it has to export', async (text) => {
    const { code, out, err } = await example({ 'breakwater.config.mjs': text });
    expect([code, out]).toEqual([2, '']);
    expect(err).toBe(
      "breakwater: 'breakwater.config.mjs' exports no configuration: export a ConfigValidator as 'config' or as default",
    );
  });

  it.each([
    ["throw new RangeError('too\\n much');", 'RangeError: too much'],
    ["throw 'a word';", 'a word'],
    ['throw undefined;', 'undefined'],
    ['throw { a: 1 };', 'something without a message'],
    ['throw { get message() { throw 1; } };', 'something without a message'],
    ['throw Object.create(null);', 'something without a message'],
    ["throw Symbol('x');", 'Symbol(x)'],
    ["import 'nowhere-to-be-found';", 'ERR_MODULE_NOT_FOUND'],
    ['export const = 1;', 'SyntaxError'],
  ])('that cannot be loaded (%s): one line', async (text, line) => {
    const { code, out, err } = await example({ 'breakwater.config.mjs': text });
    expect([code, out]).toEqual([3, '']);
    expect(err).toContain("breakwater: 'breakwater.config.mjs' cannot be loaded: ");
    if (!line.startsWith('ERR_')) expect(err).toContain(line);
    expect(err).not.toMatch(/\n|^ +at /m);
  });

  it('HLD-61 with options that cannot work makes no sense', async () => {
    const text = `
      const error = new Error('DeploymentChecker: envs is not an option');
      Object.assign(error, { [Symbol.for('breakwater.error')]: true, code: 'BREAKWATER_INVALID_OPTIONS' });
      throw error;`;
    const { code, err } = await example({ 'breakwater.config.mjs': text });
    expect([code, err]).toEqual([
      2,
      "breakwater: 'breakwater.config.mjs' cannot be loaded: Error: DeploymentChecker: envs is not an option " +
        '(breakwater.config.mjs:2)',
    ]);
  });

  it('what it throws is masked and of bounded length', async () => {
    const text = "throw new Error('password=hunter22 of correct-horse ' + 'x'.repeat(5000));";
    const { err } = await breakwater(['env', 'example'], {
      ...onDisk({ 'breakwater.config.mjs': text }),
      environment: () => ({ SESSION_KEY: 'correct-horse' }),
    });
    expect(err).toContain('password=[secret] of [secret] xxx');
    expect(err.length).toBeLessThan(500);
    expect(err).toMatch(/x… \(breakwater\.config\.mjs:1\)$/);
  });

  it('the working directory is no secret, whatever its name looks like', async () => {
    const { err } = await breakwater(['env', 'example'], {
      ...onDisk({ 'breakwater.config.mjs': "throw new Error('/srv/shop and /srv/old and in-use-12');" }),
      environment: () => ({ PWD: '/srv/shop', OLDPWD: '/srv/old', DB_PWD: 'in-use-12' }),
    });
    expect(err).toContain('/srv/shop and /srv/old and [secret]');
  });

  it('that validates while it is loaded: says where to validate instead', async () => {
    const text = "throw Object.assign(new Error('shop: PORT missing'), { code: 'BREAKWATER_CONFIG_INVALID' });";
    const { code, err } = await example({ 'breakwater.config.mjs': text });
    expect(code).toBe(3);
    expect(err).toBe(
      "breakwater: 'breakwater.config.mjs' validates while it is loaded: export the validator, and call " +
        'validateOrThrow() elsewhere',
    );
  });

  it.each([
    ['breakwater.config.mjs', "import './shop.ts';", []],
    ['conf.ts', 'export enum Size { S }', ['--config', 'conf.ts']],
    ['conf.mts', 'export enum Size { S }', ['--config', 'conf.mts']],
  ])('in TypeScript (%s): says what to do', async (name, text, words) => {
    const { code, err } = await example({ [name]: text, 'shop.ts': 'export enum Size { S }' }, ...words);
    expect(code).toBe(3);
    expect(err).toContain(
      'TypeScript: compile it and name the built file with --config, or run the command with tsx: ',
    );
    expect(err).toContain(`node --import tsx node_modules/breakwater/dist/cli.js … --config ${name}`);
  });

  it.each([
    'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
    'ERR_INVALID_TYPESCRIPT_SYNTAX',
    'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING',
  ])('says the same when Node knows TypeScript in part: %s', async (code) => {
    const text = `throw Object.assign(new SyntaxError('enum'), { code: '${code}' });`;
    expect((await example({ 'breakwater.config.mjs': text })).err).toContain('node --import tsx ');
  });

  it.each([
    ['conf.yaml', "'conf.yaml' cannot be loaded: "],
    ['conf.json', "'conf.json' exports no configuration"],
  ])('that is no JavaScript (%s) is not taken for TypeScript', async (name, message) => {
    const { code, err } = await example({ [name]: '{}' }, '--config', name);
    expect(code).toBe(name.endsWith('.json') ? 2 : 3);
    expect(err).toContain(message);
    expect(err).not.toContain('tsx');
  });
});
