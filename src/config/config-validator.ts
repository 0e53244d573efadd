import { InvalidArgumentError } from '../core/errors.js';
import { Configuration, type ConfigOptions, SECTIONS } from './configuration.js';
import type { FieldType, StandardSchema } from './fields/schema-field.js';
import type { RegisterOptions } from './options.js';
import { type BuiltInType, isSame, type Registration, registration } from './registration.js';
import type { Section } from './sections.js';
import type { ConfigDefaults, OwnTypeOptions, Registered, TypeOptions } from './types.js';

/**
 * Reads a configuration from environment variables: strictly converted, typed, frozen, with everything that is wrong in one
 * report that shows no character of a secret.
 *
 * @typeParam C - the values; grows with each registration.
 *
 * @example
 * const config = new ConfigValidator()
 *   .register('PORT', 'int', { min: 0, max: 65_535, default: 8_000 })
 *   .register('SESSION_KEY', 'str', { required: true, secret: true, minLength: 32 })
 *   .validateOrThrow();
 * listen(config.PORT);
 */
export class ConfigValidator<C extends object = object> extends Configuration<C> {
  readonly #registrations = new Map<string, Registration>();

  /** @throws {@link InvalidOptionsError} naming every option that is unknown or impossible. */
  constructor(options?: ConfigOptions) {
    super('ConfigValidator', options);
  }

  /**
   * Adds a key.
   *
   * @param key - the environment variable: letters, digits and underscores.
   * @param type - a word, `{ type, parse }`, or a Standard Schema.
   * @returns this validator, with the wider type.
   * @throws {@link InvalidOptionsError} when an option cannot work, or a default breaks the rules of its own key.
   * @throws {@link InvalidArgumentError} for a key or type that is none, and for a key that is registered otherwise.
   */
  register<K extends string, const O extends TypeOptions<'enum'>>(
    key: K,
    type: 'enum',
    options: O & ConfigDefaults<O['choices'][number]>,
  ): ConfigValidator<C & Registered<K, 'enum', O>>;
  register<K extends string, T extends Exclude<BuiltInType, 'enum'>>(
    key: K,
    type: T,
  ): ConfigValidator<C & Registered<K, T, object>>;
  register<K extends string, T extends Exclude<BuiltInType, 'enum'>, const O extends TypeOptions<T>>(
    key: K,
    type: T,
    options: O,
  ): ConfigValidator<C & Registered<K, T, O>>;
  register<K extends string, V, const O extends OwnTypeOptions<V> = object>(
    key: K,
    type: FieldType<V> | StandardSchema<V>,
    options?: O,
  ): ConfigValidator<C & Registered<K, FieldType<V>, O>>;
  register(key: string, type: unknown, options?: RegisterOptions): this {
    const made = registration(this.name, key, type, options);
    const known = this.#registrations.get(made.key);
    if (known !== undefined && !isSame(known, made))
      throw new InvalidArgumentError(
        `${this.name}.register: '${made.key}' is registered already, with another type or options`,
      );
    if (known === undefined) this.#registrations.set(made.key, made);
    return this;
  }

  /** @internal */
  [SECTIONS](): readonly Section[] {
    return [{ name: undefined, registrations: [...this.#registrations.values()] }];
  }
}
