import { describe, group, type OptionKind, type OptionSchema, type ParsedOptions } from '../core/options.js';

/** Options in an option that may also be switched off. @internal */
export function groupOrFalse<S extends OptionSchema>(schema: S): OptionKind<ParsedOptions<S> | false | undefined> {
  const inner = group(schema);
  return {
    parse: (value, path, report) =>
      value === false ? false : value === undefined ? undefined : inner.parse(value, path, report),
  };
}

/** Options in an option that may also be `true`, for the defaults of them all, or `false`. @internal */
export function groupOrFlag<S extends OptionSchema>(
  schema: S,
  fallback: boolean,
): OptionKind<ParsedOptions<S> | false> {
  const inner = group(schema);
  return {
    parse(value, path, report) {
      const given = value === undefined ? fallback : value;
      return given === false ? false : inner.parse(given === true ? {} : given, path, report);
    },
  };
}

/** A list of names, without those that come twice. @internal */
export function names(
  most: number,
  fits: RegExp = /^[^\p{Cc}]{1,100}$/u,
  what = 'names of 1 to 100 characters',
): OptionKind<readonly string[]> {
  return {
    parse(value, path, report) {
      if (value === undefined) return [];
      if (!Array.isArray(value) || value.length > most) {
        report(path, `must be a list of at most ${String(most)} ${what}, got ${describe(value)}`);
        return [];
      }
      for (const [i, name] of value.entries()) {
        if (typeof name !== 'string' || !fits.test(name))
          report(`${path}[${String(i)}]`, `must be one of the ${what}, got ${describe(name)}`);
      }
      return [...new Set(value as string[])];
    },
  };
}

/** Names of headers, in lower case. @internal */
export function headerNames(most: number): OptionKind<readonly string[]> {
  const inner = names(most, /^[!#$%&'*+.^_`|~0-9a-z-]{1,100}$/i, 'names of headers');
  return {
    parse: (value, path, report) => inner.parse(value, path, report).map((name: unknown) => String(name).toLowerCase()),
  };
}
