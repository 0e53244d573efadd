import { ConfigValidator, type FieldType, type Secret } from 'breakwater/config';
import { expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';

const point: FieldType<{ x: number }> = { type: 'point', parse: (text) => ({ x: Number(text) }) };

it('the type of the values follows from the registrations', () => {
  using validator = new ConfigValidator({ env: { KEY: 'k'.repeat(32), OWN: '1', ZOD: 'z', RULE: 'r' } })
    .register('PORT', 'int', { default: 8_000, min: 1 })
    .register('NAME', 'str')
    .register('KEY', 'str', { required: true, secret: true, minLength: 32 })
    .register('MODE', 'enum', { choices: ['a', 'b'], default: 'a' })
    .register('IDS', 'list', { items: 'bigint', default: [] })
    .register('RATIO', 'float')
    .register('OWN', point, { required: true })
    .register(
      'ZOD',
      z.string().transform((text) => text.length),
      { required: true },
    )
    .register('RULE', 'bool', { requiredWhen: { MODE: 'b' } })
    .register('WAIT', 'duration', { defaultIn: { test: 5 } })
    .register('RAW', 'json', { required: true });
  const read = (): unknown => validator.validateOrThrow();
  expect(read).toThrow();
  type Values = ReturnType<typeof validator.validateOrThrow>;
  expectTypeOf<Values['PORT']>().toEqualTypeOf<number>();
  expectTypeOf<Values['NAME']>().toEqualTypeOf<string | undefined>();
  expectTypeOf<Values['KEY']>().toEqualTypeOf<Secret<string>>();
  expectTypeOf<Values['MODE']>().toEqualTypeOf<'a' | 'b'>();
  expectTypeOf<Values['IDS']>().toEqualTypeOf<readonly bigint[]>();
  expectTypeOf<Values['RATIO']>().toEqualTypeOf<number | undefined>();
  expectTypeOf<Values['OWN']>().toEqualTypeOf<{ x: number }>();
  expectTypeOf<Values['ZOD']>().toEqualTypeOf<number>();
  expectTypeOf<Values['RULE']>().toEqualTypeOf<boolean | undefined>();
  expectTypeOf<Values['WAIT']>().toEqualTypeOf<number | undefined>();
  expectTypeOf<Values['RAW']>().toEqualTypeOf<unknown>();
  const perhaps = new ConfigValidator({ env: {} }).register('A', 'str', {
    default: 'x',
    defaultIn: undefined,
    secret: Math.random() < 2,
  });
  expectTypeOf(perhaps.validateOrThrow().A).toEqualTypeOf<string | Secret<string>>();
});

it('misuse does not compile', () => {
  const validator = new ConfigValidator({ env: {} });
  const misuses = [
    // @ts-expect-error an enum needs its choices
    () => validator.register('X', 'enum'),
    // @ts-expect-error a default of another type
    () => validator.register('X', 'int', { default: 'a' }),
    // @ts-expect-error an option of another type
    () => validator.register('X', 'bool', { min: 1 }),
    // @ts-expect-error no such type
    () => validator.register('X', 'integer'),
    // @ts-expect-error a default that is none of its words
    () => validator.register('X', 'enum', { choices: ['a', 'b'], default: 'c' }),
    // @ts-expect-error an empty text is no number
    () => validator.register('X', 'int', { allowEmpty: true }),
    // @ts-expect-error no such option
    () => validator.register('X', 'int', { defualt: 1 }),
  ];
  for (const misuse of misuses) expect(misuse).toThrow();
  const values = validator.register('PORT', 'int', { default: 1 }).validateOrThrow();
  expect(() => {
    // @ts-expect-error they cannot be changed
    values.PORT = 2;
  }).toThrow(TypeError);
});
