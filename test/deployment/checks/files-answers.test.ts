import type { CheckedFile } from 'breakwater/deployment';
import { describe, expect, it } from 'vitest';
import { foundIn as found } from './found-in.js';

const standard = (validate: (value: unknown) => unknown): NonNullable<CheckedFile['schema']> =>
  ({ '~standard': { version: 1, vendor: 'own', validate } }) as never;

describe('the schema of a file', () => {
  it.each<[string, unknown]>([
    ['an empty object', {}],
    ['an object that is no result', { ok: true }],
    ['true', true],
    ['a text', 'fine'],
    ['no issues', { issues: null, value: 1 }],
    ['issues that are no list', { issues: {} }],
  ])('HLD-58: that answers %s has not said that the file fits', async (_, answer) => {
    expect(await found('a.json', '{}', { schema: standard(() => answer) })).toEqual([
      'CRASHED files.schema.a.json: a.json could not be looked at: its schema answered what is no answer of a Standard Schema',
    ]);
  });

  it.each<[string, unknown]>([
    ['a value', { value: {} }],
    ['the value undefined', { value: undefined }],
    ['a value without issues', { value: 1, issues: undefined }],
  ])('that answers %s has', async (_, answer) => {
    expect(await found('a.json', '{}', { schema: standard(() => Promise.resolve(answer)) })).toEqual([]);
  });
});

describe('the parse function of a file', () => {
  it.each([
    [undefined, 'CRASHED files.parser.a: a could not be looked at: its parse function answers nothing'],
    [false, 'FAIL files.syntax.a: a is refused by its parse function'],
    [null, 'FAIL files.syntax.a: a is refused by its parse function'],
    [new Error('hidden'), 'FAIL files.syntax.a: a is refused by its parse function'],
  ])('HLD-58: that answers %s has not read it', async (answer, line) => {
    expect(await found('a', 'x', { parse: () => answer })).toEqual([line]);
    expect(await found('a', 'x', { parse: () => Promise.resolve(answer) })).toEqual([line]);
  });

  it('may answer what is empty, and what its schema knows of', async () => {
    for (const answer of [0, '', {}, []]) expect(await found('a', 'x', { parse: () => answer })).toEqual([]);
    const schema = standard((value) => (value === false ? { value } : { issues: [{ message: 'no' }] }));
    expect(await found('a', 'x', { parse: () => false, schema })).toEqual([]);
  });
});

describe('a key of JSON that stands there twice', () => {
  it.each([
    ['{"a": 1,\n"b": 2,\n"a": 3}', 'a (line 3)', 3],
    ['{"x": [{"k": 1, "k": "hidden-value"}]}', 'k (line 1)', 1],
    ['{"a": 1,\n"\\u0061": 2}', 'a (line 2)', 2],
    ['{"a b": 1,\n"a b": 2}', '[?] (line 2)', 2],
    [
      `{${Array.from({ length: 9 }, () => '"a": 1').join(',\n')}}`,
      'a (line 2), a (line 3), a (line 4), a (line 5), a (line 6) and 3 more',
      2,
    ],
  ])('in %j is told, with its line and without its value', async (content, told) => {
    expect(await found('a.json', content)).toEqual([
      `WARN files.repeated-key.a.json: a.json has a key twice in the same place: ${told}`,
    ]);
  });

  it('is not shown of a secret file', async () => {
    const [line] = await found('a.json', '{"inner": 1, "inner": 2}', { secret: true });
    expect(line).toMatch(/twice in the same place: \[\?\] \(line 1\)$/);
  });

  it.each([
    '{"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}]}',
    '["a", "a", {"a": "a"}, "a"]',
    '{"a": "b", "b": "a", "c\\"": "{\\"a\\":1,\\"a\\":2}"}',
    '"a"',
    '{}',
  ])('is another one than what stands in %s', async (content) => {
    expect(await found('a.json', content)).toEqual([]);
  });
});
