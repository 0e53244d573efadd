import { type BuiltInType, type ConfigResult, ConfigValidator, type ConfigOptions } from 'breakwater/config';

type Env = Readonly<Record<string, string | undefined>>;

/** What becomes of one key of some type; options as JavaScript would hand them over. */
export function one(type: unknown, text: string | undefined, options: object = {}, more: ConfigOptions = {}) {
  const env = text === undefined ? {} : { KEY: text };
  using validator = new ConfigValidator({ env, ...more });
  const { ok, values, items, errors } = register(validator, 'KEY', type, options).validate();
  return {
    ok,
    value: (values as Readonly<Record<string, unknown>>)['KEY'],
    item: items[0],
    code: errors[0]?.code,
    errors,
  };
}

/** Registers without types in the way. */
export function register(validator: ConfigValidator, key: unknown, type: unknown, options?: object): ConfigValidator {
  return validator.register(key as 'KEY', type as 'str', options as { readonly required: false });
}

/** Several keys at once: their types and options by name. */
export function several(
  keys: Readonly<Record<string, readonly [BuiltInType | object, object?]>>,
  env: Env,
  more: ConfigOptions = {},
): ConfigResult<Record<string, unknown>> {
  using validator = new ConfigValidator({ env, ...more });
  for (const [key, [type, options]] of Object.entries(keys)) register(validator, key, type, options);
  return validator.validate() as ConfigResult<Record<string, unknown>>;
}

/** What is thrown; `undefined` when nothing is. */
export function thrown(act: () => unknown): unknown {
  try {
    act();
    return undefined;
  } catch (error) {
    return error;
  }
}
