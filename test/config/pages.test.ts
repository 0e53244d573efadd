import { inspect, stripVTControlCharacters } from 'node:util';
import { ConfigValidator } from 'breakwater/config';
import { registerSecret } from 'breakwater/core';
import { expect, it } from 'vitest';

const SECRETS = ['hunter2hunter2', 'abc-default-token', 'topsecret', '424242'];

function make(env: Record<string, string> = {}): ConfigValidator {
  return new ConfigValidator({ name: 'shop', env })
    .register('DATABASE_URL', 'url', { required: true, describe: 'where orders are kept', schemes: ['postgres'] })
    .register('PORT', 'int', { min: 0, max: 65_535, default: 8_000 })
    .register('MODE', 'enum', { choices: ['a', 'b'], default: 'a' })
    .register('HOOK', 'url', { default: 'https://u:hunter2hunter2@hooks.example/x' })
    .register('SESSION_KEY', 'str', { secret: true, default: 'abc-default-token', pattern: /topsecret|abc/ })
    .register('API_TOKEN', 'int', { min: 424_242 })
    .register('GREETING', 'str', { default: "it's | a # day" })
    .register('IDS', 'list', { default: ['a', 'b'] })
    .register('WAIT', 'duration', { default: 90_000, deprecated: { replacedBy: 'PAUSE' } })
    .register('CERT', 'str', { requiredWhen: { MODE: 'b' } });
}

it('an example of the environment has every key, and is read as the defaults', () => {
  using config = make();
  const text = config.toEnvExample();
  expect(text).toContain('# where orders are kept\n# required; a URL that begins with postgres://\nDATABASE_URL=\n');
  expect(text).toContain('\n# PORT=8000\n');
  expect(text).toContain('\n# WAIT=90s\n');
  expect(text).toContain('# deprecated: set PAUSE\n');
  expect(text).toContain('\n# SESSION_KEY=\n');
  const env: Record<string, string> = { DATABASE_URL: 'postgres://db/a' };
  for (const [, key = '', value = ''] of text.matchAll(/^# ([A-Z_]+)=(.*)$/gm))
    env[key] = value.replace(/^(['"])(.*)\1$/, '$2');
  using again = make(env);
  expect(again.validate().values).toMatchObject({
    PORT: 8_000,
    MODE: 'a',
    GREETING: "it's | a # day",
    IDS: ['a', 'b'],
    WAIT: 90_000,
  });
});

it('JSON Schema has the rules, and of a secret its type alone', () => {
  using config = make();
  const { properties, required } = config.toJSONSchema() as {
    properties: Record<string, Record<string, unknown>>;
    required: string[];
  };
  expect(required).toEqual(['DATABASE_URL']);
  expect(properties['PORT']).toEqual({ type: 'integer', minimum: 0, maximum: 65_535, default: 8_000 });
  expect(properties['MODE']).toEqual({ type: 'string', enum: ['a', 'b'], default: 'a' });
  expect(properties['SESSION_KEY']).toEqual({ type: 'string', writeOnly: true });
  expect(properties['API_TOKEN']).toEqual({ type: 'integer', writeOnly: true });
  expect(properties['WAIT']).toMatchObject({ deprecated: true });
});

it('a table in Markdown has a row for each key', () => {
  using config = make();
  const rows = config.toMarkdown().trimEnd().split('\n');
  expect(rows).toHaveLength(12);
  expect(rows[2]).toBe('| `DATABASE_URL` | a URL that begins with postgres:// | yes |  | where orders are kept |');
  expect(rows[8]).toContain("<code>it's &#124; a # day</code>");
  expect(rows[10]).toContain('Deprecated: set `PAUSE`.');
  expect(rows[11]).toContain('| sometimes |');
  for (const row of rows) expect(row.replaceAll('\\|', '').split('|')).toHaveLength(7);
});

it('an example of the environment never has a line that nobody meant, nor one that a shell would run', () => {
  const defaults = [
    'one\nB=2',
    "a'`id`",
    "a'$HOME",
    'a\'b"c',
    "a'b\\",
    `x'${'y'.repeat(300)}`,
    'plain',
    "it's",
    'q"$`\\#',
  ];
  for (const value of defaults) {
    using config = new ConfigValidator({ env: {} }).register('A', 'str', { default: value, required: true });
    const [comment = '', assignment = '', ...rest] = config.toEnvExample().trimEnd().split('\n');
    expect(rest).toEqual([]);
    expect(comment.startsWith('# required; text; default ')).toBe(true);
    const [, written = ''] = /^A=(.*)$/.exec(assignment) ?? [];
    const read = written.replace(/^(['"])(.*)\1$/, '$2');
    // As it is, or left to be filled in.
    expect(['', value]).toContain(read);
    if (written.startsWith('"')) expect(written).not.toMatch(/[$`\\]/);
  }
  using hooked = new ConfigValidator({ env: {} }).register('U', 'url', { default: 'http://u:hunter2hunter2@h/' });
  expect(hooked.toEnvExample()).toMatch(/\n# U=\n$/);
});

it('pages say the same whatever is registered as a secret meanwhile', () => {
  using config = make({ DATABASE_URL: 'postgres://db/a', API_TOKEN: '8000424242' });
  const pages = () => [config.toEnvExample(), config.toMarkdown(), JSON.stringify(config.toJSONSchema())];
  const before = pages();
  using _ = registerSecret('hooks.example');
  config.validate();
  expect(pages()).toEqual(before);
});

it('Markdown shows what stands there, and JSON Schema accepts what is read', () => {
  using config = new ConfigValidator({ env: { I: 'ABC', J: 'ab' } })
    .register('A', 'str', { default: '', allowEmpty: true, describe: '<b>a|b</b> *c* __d__' })
    .register('B', 'str', { default: 'a`b\\|c' })
    .register('I', 'str', { pattern: /^abc$/i })
    .register('J', 'str', { pattern: new RegExp('^a\\-?b$'), minLength: 2 })
    .register('K', 'list', { items: 'bigint', default: [1n] });
  const rows = config.toMarkdown().split('\n');
  expect(rows[2]).toContain('| empty | \\<b\\>a\\|b\\</b\\> \\*c\\* \\_\\_d\\_\\_ |');
  expect(rows[3]).toContain('<code>a&#96;b&#92;&#124;c</code>');
  const { properties } = config.toJSONSchema() as { properties: Record<string, object> };
  expect(properties['I']).toEqual({ type: 'string' });
  expect(properties['J']).toEqual({ type: 'string', minLength: 2 });
  expect(properties['K']).toMatchObject({ default: ['1'] });
});

it('nothing that somebody else chose rewrites the terminal', () => {
  const evil = '\u001b[2J\nVALID';
  using config = new ConfigValidator({
    env: { [`APP_${evil}`]: 'x', APP_BOX_FILE: `/nope/${evil}`, APP_SITE: `https://h/${evil}` },
    prefix: 'APP_',
  })
    .register('APP_BOX', 'str', { fromFile: true })
    .register('APP_SITE', 'url');
  const { errors, items } = config.validate();
  expect(errors.map(({ key, code }) => `${key} ${code}`)).toEqual([
    'APP_BOX file_unreadable',
    'APP_SITE bad_url',
    'APP_?[2J?VALID unknown_key',
  ]);
  const lines = config.summary().trimEnd().split('\n');
  expect(lines).toHaveLength(4);
  expect([lines.join(''), errors.map(({ message }) => message).join(''), items[0]?.origin?.path].join('')).not.toMatch(
    /\p{Cc}/u,
  );
});

it('a summary tells what became of each key, and where it came from', () => {
  using config = make({ DATABASE_URL: 'postgres://app:p4ssw0rd-x@db/a', PORT: '1', MODE: 'c' });
  const text = config.summary();
  expect(text).toContain('shop: 1 error\n');
  expect(text).toMatch(/VALID {6}DATABASE_URL {2}postgres:\/\/\[secret\]@db\/a {2}from the environment/);
  expect(text).toMatch(/DEFAULTED {2}GREETING {6}it's \| a # day {2}default/);
  expect(make({ GREETING: 'hello' }).summary()).toMatch(/VALID {6}GREETING {6}\[set\] {2}from the environment/);
  expect(text).toMatch(/INVALID {4}MODE {10}must be one of a, b/);
  expect(text).not.toContain('p4ssw0rd');
  expect(JSON.parse(config.summary('json'))).toMatchObject({ name: 'shop', ok: false });
  expect(() => config.summary('xml' as 'text')).toThrow(/'text' or 'json'/);
});

it('a summary has colours where they show, and nowhere else', () => {
  using config = make({ DATABASE_URL: 'postgres://db/a', PORT: 'x', DATABSE_URL: 'x' });
  const plain = config.summary();
  expect(config.summary('text', {})).toBe(plain);
  expect(config.summary('text', { hasColors: () => false })).toBe(plain);
  const coloured = config.summary('text', { hasColors: () => true });
  expect(coloured).toContain('\u001b[31mINVALID  \u001b[0m  PORT');
  expect(stripVTControlCharacters(coloured)).toBe(plain);
});

it('OBS-C17 no page shows the default of a secret, nor what is allowed of one', () => {
  using config = make({ DATABASE_URL: 'postgres://db/a' });
  const pages = [
    config.toEnvExample(),
    config.toMarkdown(),
    JSON.stringify(config.toJSONSchema()),
    config.summary(),
    config.summary('json'),
    inspect(config, { showHidden: true, depth: 10 }),
    JSON.stringify(config),
  ].join('\n');
  for (const secret of SECRETS) expect(pages).not.toContain(secret);
});
