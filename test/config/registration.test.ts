import { InvalidArgumentError, InvalidOptionsError, isBreakwaterError } from 'breakwater/core';
import { ConfigInvalidError, ConfigValidator } from 'breakwater/config';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { register, several, thrown } from './setup.js';

const make = (key: unknown, type: unknown, options?: object): ConfigValidator =>
  register(new ConfigValidator({ name: 'app', env: {} }), key, type, options);

function port(text: string): number {
  if (Number(text) > 65_535) throw new Error(text);
  return Number(text);
}

describe('registration', () => {
  it.each([
    ['int', { default: 70_000, max: 65_535 }, 'default'],
    ['str', { default: 'short', minLength: 32 }, 'default'],
    ['enum', { default: 'x', choices: ['a'] }, 'default'],
    ['url', { default: 'localhost:3000' }, 'default'],
    ['int', { default: '5' }, 'default'],
    ['int', { defaultIn: { test: 1.5 } }, 'defaultIn.test'],
    ['list', { default: 'a,b' }, 'default'],
    ['list', { default: ['a', 'a'] }, 'default'],
    [z.string().min(32), { default: 'short' }, 'default'],
    [{ type: 'port', parse: port, format: String }, { default: 99_999 }, 'default'],
    ['list', { default: ['', 'a'] }, 'default'],
    ['list', { default: [' a'] }, 'default'],
    ['list', { default: ['a,b'] }, 'default'],
    ['list', { items: 'int', default: [1.5] }, 'default'],
    ['json', { default: () => 1 }, 'default'],
    ['int', { min: 2, max: 1 }, 'min'],
    ['str', { minLength: 2, maxLength: 1 }, 'minLength'],
    ['int', { minLength: 3 }, 'minLength'],
    ['bool', { min: 1 }, 'min'],
    ['int', { defualt: 3 }, 'defualt'],
    ['int', { allowEmpty: true }, 'allowEmpty'],
    ['int', { required: 'yes' }, 'required'],
    ['url', { schemes: ['HTTP://'] }, 'schemes'],
    ['enum', {}, 'choices'],
    ['enum', { choices: ['a', 'a'] }, 'choices'],
    ['str', { pattern: 'a' }, 'pattern'],
    ['str', { requiredWhen: 1 }, 'requiredWhen'],
    ['str', { deprecated: { replacedBy: 'KEY' } }, 'deprecated'],
    ['list', { items: 'float' }, 'items'],
  ])('OBS-C10 of %s with %j throws, naming what cannot work', (type, options, path) => {
    const error = thrown(() => make('KEY', type, options));
    expect(error).toBeInstanceOf(InvalidOptionsError);
    expect((error as InvalidOptionsError).issues[0]?.path).toBe(path);
    expect((error as InvalidOptionsError).message).toContain("'KEY'");
  });

  it('OBS-C10 says nothing of the default of a secret', () => {
    expect(() => make('API_TOKEN', 'str', { default: 'hunter2', minLength: 32 })).toThrow(/default breaks the rules/);
    expect(() => make('API_TOKEN', 'str', { default: 'hunter2', minLength: 32 })).not.toThrow(/hunter2/);
  });

  it('says where an enum lacks its words', () => {
    expect(() => make('KEY', 'enum', {})).toThrow(/^app\.register 'KEY': choices must be a list/);
  });

  it('names the option that was meant', () => {
    expect(() => make('KEY', 'int', { defualt: 3 })).toThrow(/did you mean default\?/);
  });

  it.each(['', 'A-B', '1A', 'A B', 'A=B', 'x'.repeat(200), 5, undefined])('refuses the key %j', (key) => {
    expect(() => make(key, 'str')).toThrow(InvalidArgumentError);
  });

  it.each(['integer', 'strng', undefined, null, {}, [], { parse: 1 }, 'constructor'])('refuses the type %j', (type) => {
    expect(() => make('KEY', type)).toThrow(InvalidArgumentError);
  });

  it('names the type that was meant', () => {
    expect(() => make('KEY', 'bol')).toThrow(/did you mean 'bool'\?/);
  });

  it('OBS-C28 of one key twice is one when it says the same, and an error that names it when not', () => {
    const validator = make('KEY', 'str', { pattern: /^a/, describe: 'what' });
    expect(() => register(validator, 'KEY', 'str', { pattern: /^a/, describe: 'what' })).not.toThrow();
    expect(() => register(validator, 'KEY', 'str', { pattern: /^b/, describe: 'what' })).toThrow(
      /app\.register: 'KEY'/,
    );
    expect(() => register(validator, 'KEY', 'int')).toThrow(InvalidArgumentError);
    expect(validator.validate().items).toHaveLength(1);
  });

  it('refuses options of the validator that cannot work, all at once', () => {
    const error = thrown(() => new ConfigValidator({ env: [], prefix: 5, emptyAsUnset: 1, nam: 'x' } as never));
    expect((error as InvalidOptionsError).issues.map(({ path }) => path)).toEqual([
      'nam',
      'env',
      'emptyAsUnset',
      'prefix',
    ]);
  });
});

describe('results', () => {
  it('OBS-C32 an invalid configuration throws one typed error with everything in it', () => {
    const validator = new ConfigValidator({ name: 'app', env: { B: 'x', C: 'y' } })
      .register('A', 'str', { required: true })
      .register('B', 'int')
      .register('C', 'bool')
      .register('D', 'int', { default: 4 });
    const error = thrown(() => validator.validateOrThrow());
    expect(error).toBeInstanceOf(ConfigInvalidError);
    expect(isBreakwaterError(error, 'BREAKWATER_CONFIG_INVALID')).toBe(true);
    expect((error as ConfigInvalidError).issues.map(({ key, code }) => [key, code])).toEqual([
      ['A', 'missing'],
      ['B', 'not_int'],
      ['C', 'not_bool'],
    ]);
    expect((error as Error).name).toBe('ConfigInvalidError');
    expect((error as Error).message).toMatch(/^app: A is required.*; B must be.*; C must be/);
    expect(validator.validate()).toMatchObject({ ok: false, values: { D: 4 } });
  });

  it('tells of each key what became of it', () => {
    const { items } = several(
      {
        A: ['int', { default: 1 }],
        B: ['int', { required: true }],
        C: ['int'],
        D: ['int'],
        E: ['int', { default: 5 }],
      },
      { A: '2', C: 'x' },
    );
    expect(items).toEqual([
      {
        key: 'A',
        type: 'int',
        required: false,
        default: 1,
        value: 2,
        status: 'VALID',
        errors: [],
        origin: { source: 'env', name: 'A' },
      },
      {
        key: 'B',
        type: 'int',
        required: true,
        status: 'MISSING',
        errors: [{ code: 'missing', message: 'is required, and is not set' }],
      },
      {
        key: 'C',
        type: 'int',
        required: false,
        status: 'INVALID',
        errors: [{ code: 'not_int', message: 'must be a whole number in decimal digits' }],
        origin: { source: 'env', name: 'C' },
      },
      { key: 'D', type: 'int', required: false, status: 'MISSING', errors: [] },
      {
        key: 'E',
        type: 'int',
        required: false,
        default: 5,
        value: 5,
        status: 'DEFAULTED',
        errors: [],
        origin: { source: 'default' },
      },
    ]);
  });

  it('OBS-C27 cannot be changed, nor can what they hold', () => {
    const { values, items } = several(
      { IDS: ['list'], RAW: ['json'], SET: ['list', { default: ['a'] }] },
      { IDS: 'a,b', RAW: '{"a":{"b":1}}' },
    );
    expect(() => ((values as { IDS: string }).IDS = 'x')).toThrow(TypeError);
    expect(() => (values['IDS'] as string[]).push('c')).toThrow(TypeError);
    expect(() => ((values['RAW'] as { a: { b: number } }).a.b = 2)).toThrow(TypeError);
    expect(() => (values['SET'] as string[]).push('c')).toThrow(TypeError);
    expect(() => ((items[0] as { key: string }).key = 'x')).toThrow(TypeError);
  });

  it('OBS-C27 holds for defaults that are frozen on their surface, for secrets, and for values that hold themselves', () => {
    const cyclic: Record<string, unknown> = { a: {} };
    cyclic['self'] = cyclic;
    const unreadable = Object.defineProperty({}, 'x', {
      enumerable: true,
      get: () => {
        throw new Error('hunter2');
      },
    });
    const { values } = several(
      {
        RAW: ['json', { default: Object.freeze({ deep: { b: 1 } }) }],
        OWN: [{ type: 'own', parse: () => cyclic }],
        BAD: [{ type: 'bad', parse: () => unreadable }],
        KEYS: ['list', { secret: true }],
      },
      { OWN: 'x', BAD: 'x', KEYS: 'first,second' },
    );
    expect(() => ((values['RAW'] as { deep: { b: number } }).deep.b = 2)).toThrow(TypeError);
    const own = values['OWN'] as { self: unknown; a: object };
    expect([own.self === own, Object.isFrozen(own.a)]).toEqual([true, true]);
    expect(values['BAD']).toBe(unreadable);
    expect(Object.isFrozen((values['KEYS'] as { reveal(): string[] }).reveal())).toBe(true);
  });

  it('a default that cannot be written is none in the pages, and throws nowhere', () => {
    const own = {
      type: 'own',
      parse: (text: string) => text,
      format: (): string => {
        throw new Error('hunter2');
      },
    };
    using validator = register(new ConfigValidator({ env: {} }), 'OWN_TOKEN', own, { default: 'x', secret: false });
    expect(validator.toEnvExample() + validator.toMarkdown() + validator.summary()).not.toContain('hunter2');
  });

  it('a default that is an object is copied: the one that was given stays as it is', () => {
    const given = ['a'];
    const { values } = several({ SET: ['list', { default: given }] }, {});
    expect(values['SET']).toEqual(['a']);
    expect(Object.isFrozen(given)).toBe(false);
  });
});
