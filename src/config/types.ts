import type { FieldType } from './fields/schema-field.js';
import type { RegisterOptions } from './options.js';
import type { BuiltInType } from './registration.js';
import type { Secret } from './secret.js';

/** The options of all types. */
type Common = Pick<RegisterOptions, 'required' | 'secret' | 'fromFile' | 'requiredWhen' | 'describe' | 'deprecated'>;

/** Values that are used when nothing is set. */
export interface ConfigDefaults<V> {
  readonly default?: V | undefined;
  readonly defaultIn?: Readonly<Record<string, V>> | undefined;
}

type Limits = Pick<RegisterOptions, 'min' | 'max'>;
type Lengths = Pick<RegisterOptions, 'minLength' | 'maxLength' | 'allowEmpty'>;

/** The options of a type that is known by a word. */
export type TypeOptions<T extends BuiltInType> = Common &
  {
    readonly int: Limits & ConfigDefaults<number>;
    readonly float: Limits & ConfigDefaults<number>;
    readonly duration: Limits & ConfigDefaults<number>;
    readonly bytes: Limits & ConfigDefaults<number>;
    readonly bool: ConfigDefaults<boolean>;
    readonly str: Lengths & Pick<RegisterOptions, 'pattern'> & ConfigDefaults<string>;
    readonly url: Pick<RegisterOptions, 'schemes'> & ConfigDefaults<string>;
    readonly list: Lengths & Pick<RegisterOptions, 'items'> & ConfigDefaults<readonly (string | number | bigint)[]>;
    readonly enum: { readonly choices: readonly string[] } & ConfigDefaults<string>;
    readonly json: ConfigDefaults<unknown>;
  }[T];

/** The options of a type of one's own. */
export type OwnTypeOptions<V> = Common & ConfigDefaults<V>;

/** The item of a list, by the option `items`. */
type Item<O> = O extends { readonly items: 'int' } ? number : O extends { readonly items: 'bigint' } ? bigint : string;

/** The value of a key, by its type and options. */
type ValueOf<T, O> = T extends 'int' | 'float' | 'duration' | 'bytes'
  ? number
  : T extends 'bool'
    ? boolean
    : T extends 'str' | 'url'
      ? string
      : T extends 'list'
        ? readonly Item<O>[]
        : T extends 'enum'
          ? O extends { readonly choices: readonly (infer W)[] }
            ? W
            : string
          : T extends FieldType<infer V>
            ? V
            : unknown;

type Held<V, O> = O extends { readonly secret: infer S } ? (S extends true ? Secret<V> : V) : V;

/** Whether a key always has a value. */
type IsSure<O> = O extends { readonly required: true }
  ? true
  : O extends { readonly default: infer D }
    ? undefined extends D
      ? false
      : true
    : false;

/** What a registration adds to the values. */
export type Registered<K extends string, T, O> =
  IsSure<O> extends true
    ? { readonly [P in K]: Held<ValueOf<T, O>, O> }
    : { readonly [P in K]?: Held<ValueOf<T, O>, O> | undefined };
