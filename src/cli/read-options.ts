import { parseArgs } from 'node:util';
import { UsageError } from './failures.js';
import { echo, hint } from './words.js';

/** What may stand behind a command. */
export interface Option {
  /** What its value is, such as `FILE` or `text|json`; without it, it takes none. */
  readonly takes?: string;
  /** The values that there are, where they are few. */
  readonly choices?: readonly string[];
  /** One line for the help. */
  readonly summary: string;
}

/** What was given: text of options that take a value, `true` of those that do not. */
export type Given<O> = {
  readonly [K in keyof O]?: O[K] extends { readonly choices: readonly (infer C)[] }
    ? C
    : O[K] extends { readonly takes: string }
      ? string
      : true;
};

/**
 * Reads the options behind a command; nothing else may stand there.
 *
 * @param owner - the command, such as `env check`.
 * @param help - the command that shows the options.
 * @throws {@link UsageError} for the first word that makes no sense.
 */
export function readOptions<const O extends Readonly<Record<string, Option>>>(
  owner: string,
  help: string,
  options: O,
  words: readonly string[],
): Given<O> {
  const refuse = (problem: string): never => {
    throw new UsageError(problem, help);
  };
  const types = Object.entries(options).map(([name, { takes }]) => [
    name,
    { type: takes === undefined ? ('boolean' as const) : ('string' as const) },
  ]);
  // Strict all the same: what is found wrong is said below, in words that repeat no control character.
  const { tokens } = parseArgs({
    args: [...words],
    options: Object.fromEntries(types) as Record<string, { type: 'boolean' | 'string' }>,
    strict: false,
    tokens: true,
  });
  const given: Record<string, string | true> = {};
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') return refuse(`'${owner}' takes options only, got ${echo(token.value)}`);
    const { name, rawName, value, inlineValue } = token;
    const option = Object.hasOwn(options, name) && rawName.startsWith('--') ? options[name] : undefined;
    if (option === undefined) {
      const known = Object.keys(options).map((one) => `--${one}`);
      return refuse(`unknown option ${echo(rawName)}${hint(rawName, known)}`);
    }
    if (Object.hasOwn(given, name)) refuse(`'--${name}' is given twice`);
    given[name] = valueOf(`--${name}`, option, value, inlineValue === true, refuse);
  }
  return given as Given<O>;
}

function valueOf(
  flag: string,
  { takes, choices }: Option,
  value: string | undefined,
  isInline: boolean,
  refuse: (problem: string) => never,
): string | true {
  if (takes === undefined) return value === undefined ? true : refuse(`'${flag}' takes no value`);
  // The next option is rather the sign of a value that was forgotten; one that begins so can be written behind `=`.
  if (value === undefined || value === '' || (!isInline && value.startsWith('-')))
    return refuse(`'${flag}' needs a value: ${flag} ${takes}`);
  if (choices !== undefined && !choices.includes(value))
    return refuse(`'${flag}' takes ${choices.join(' or ')}, got ${echo(value)}${hint(value, choices)}`);
  return value;
}
