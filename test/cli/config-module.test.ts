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

  it('is the first that there is of .js, .mjs and .cjs', async () => {
    const js = `exports.config = ${written('JS=1')};`;
    const mjs = `export const config = ${written('MJS=1')};`;
    const cjs = `exports.config = ${written('CJS=1')};`;
    const out = async (files: Readonly<Record<string, string>>) => (await example(files)).out;
    expect(await out({ 'breakwater.config.cjs': cjs, 'breakwater.config.mjs': mjs, 'breakwater.config.js': js })).toBe(
      'JS=1',
    );
    expect(await out({ 'breakwater.config.cjs': cjs, 'breakwater.config.mjs': mjs })).toBe('MJS=1');
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

  it('none: says what was looked for and what to do', async () => {
    const { code, out, err } = await example({});
    expect([code, out]).toEqual([3, '']);
    expect(err).toBe(
      'breakwater: no configuration here: looked for breakwater.config.js, breakwater.config.mjs and ' +
        "breakwater.config.cjs; write one that exports a ConfigValidator as 'config', or name another file with --config",
    );
  });

  it.each(['conf.mjs', 'conf', '\u001b[2J'])('not there (%j): says so', async (name) => {
    const { code, out, err } = await example({ 'conf/other.mjs': '' }, '--config', name);
    expect([code, out, err]).toEqual([3, '', `breakwater: there is no file '${name.replace('\u001b', '?')}'`]);
  });

  it.each([
    '',
    'export const other = 1;',
    'export default null;',
    'export default 5;',
    'export default { config: { validate() {} } };',
    'export const config = { validate: 1, summary: 1, toEnvExample: 1, toMarkdown: 1, toJSONSchema: 1 };',
    'export const config = "text";',
  ])('without a configuration (%j): says what it has to export', async (text) => {
    const { code, out, err } = await example({ 'breakwater.config.mjs': text });
    expect([code, out]).toEqual([3, '']);
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

  it('what it throws is masked and of bounded length', async () => {
    const text = "throw new Error('password=hunter22 of correct-horse ' + 'x'.repeat(5000));";
    const { err } = await breakwater(['env', 'example'], {
      ...onDisk({ 'breakwater.config.mjs': text }),
      environment: () => ({ SESSION_KEY: 'correct-horse' }),
    });
    expect(err).toContain('password=[secret] of [secret] xxx');
    expect(err.length).toBeLessThan(500);
    expect(err).toMatch(/x…$/);
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
    expect(err).toContain('TypeScript: name a built file, or load it with tsx: ');
    expect(err).toContain('node --import tsx node_modules/breakwater/dist/cli.js env ');
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
    expect(code).toBe(3);
    expect(err).toContain(message);
    expect(err).not.toContain('tsx');
  });
});
