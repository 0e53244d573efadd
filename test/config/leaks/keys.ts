import { z } from 'zod';
import type { Draws } from './texts.js';

/** A key of some type, and what is set for it. */
export interface Key {
  readonly type: unknown;
  readonly text: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** A value that may be its default. */
  readonly fallback?: unknown;
  /** What else says something of a secret: what is allowed. */
  readonly rules?: readonly string[];
  /** What is secret whatever the key is. */
  readonly passwords?: readonly string[];
  /** Whether its type says that it is secret. */
  readonly isMarked?: boolean;
}

type Kind = (draws: Draws, text: () => string) => Key;

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
const trimmed = (text: string): string => text.trim();

/** A number that is right, wrong for its limits, or none: by its length, so that the twin's is the same. */
function limited(type: string, unit = ''): Kind {
  return (draws, text) => {
    const [min, max] = [draws.digits(9), draws.digits(10)];
    return {
      type,
      text: draws.one([draws.digits(8) + unit, draws.digits(12) + unit, `x${text()}`]),
      options: {
        [draws.one(['min', 'max'])]: Number(draws.one([min, max])),
        ...draws.one([{}, { min: +min, max: +max }]),
      },
      rules: [min, max],
      fallback: draws.one([Number(min) + 1, Number(draws.digits(7))]),
    };
  };
}

function own(parse: (text: string) => unknown, more: object = {}): Kind {
  return (_, text) => ({ type: { type: 'own', parse, ...more }, text: text(), fallback: text() });
}

/** What a parser may do to a text. */
class Box {
  readonly held: string;
  constructor(held: string) {
    this.held = held;
  }
}

const throwing = (text: string): never => {
  throw new Error(`bad ${text}`, { cause: new Error(text, { cause: text }) });
};

function schema(of: unknown, text?: (draws: Draws, any: () => string) => string): Kind {
  return (draws, any) => ({ type: of, text: text?.(draws, any) ?? any(), fallback: any() });
}

function marked(of: unknown): Kind {
  return (_, text) => ({ type: of, text: text(), fallback: text(), isMarked: true });
}

const standard = (validate: (text: string) => unknown): unknown => ({
  '~standard': { version: 1, vendor: 'mine', validate },
});
const objectText = (draws: Draws): string => `{"user": "${draws.letters(12)}",  "password": "${draws.letters(20)}"}`;
const parsed = z.string().transform((text) => JSON.parse(text) as unknown);
const said = z.string().meta({ secret: true });

/** User and password of a URL as people write them, escaped or not. */
function url(schemes: readonly string[], others: readonly string[]): Kind {
  return (draws, any) => {
    // A number before a slash is a port as well; none of five digits, which may be too large.
    const password = `${draws.mixed(4, others)}p${draws.mixed(8, others)}`;
    const rest = draws.one(['box/a', 'box', 'one:1,two:2/a', 'box:5432/a?b=c', 'box:x/', '', 'box:70000']);
    const scheme = draws.scheme();
    const whole = `${draws.one(schemes)}://${draws.one(['app', 'a.b', ''])}:${password}@${rest}`;
    return {
      type: 'url',
      text: draws.below(6) === 0 ? any().replaceAll(':', '') : whole,
      options: draws.one([{}, { schemes: [scheme] }]),
      rules: [scheme],
      fallback: whole,
      passwords: [password],
    };
  };
}

/** Every type that there is, with what is right, what is wrong, and what would tell of it. */
export const KINDS = {
  int: limited('int'),
  signed: (draws) => ({
    type: 'int',
    text: draws.one(['+', '-', '0', '']) + draws.digits(),
    fallback: +draws.digits(),
  }),
  float: limited('float', '.50'),
  exponent: (draws) => ({ type: 'float', text: `${draws.digits(8)}.${draws.digits(4)}e${draws.one(['2', '400'])}` }),
  bool: (_, text) => ({ type: 'bool', text: text() }),
  str: (_, text) => ({ type: 'str', text: text(), fallback: text() }),
  length: (draws, text) => ({
    type: 'str',
    text: text(),
    options: draws.one([{ minLength: 200 }, { maxLength: 5 }, { minLength: 4, allowEmpty: true }]),
    fallback: text(),
  }),
  pattern: (draws, text) => {
    const rule = text();
    return {
      type: 'str',
      text: draws.one([rule, text()]),
      options: { pattern: new RegExp(`^${escaped(rule)}$`) },
      rules: [rule],
      fallback: draws.one([rule, text()]),
    };
  },
  url: url(
    ['https', 'postgres', 'redis', 'postgresql+asyncpg', 'mine'],
    ['!', '$', '*', '-', '.', '_', '~', '%40', '+'],
  ),
  raw: url(['https', 'amqp', 'mongodb'], ['"}', "',", '<', '>', '`', '"', '|', '@', ':', ',', '%', '\\', '[', '😀']),
  broken: url(['postgres', 'mine', 'mongodb'], ['/', '#', '?', ' ', '@', '\n']),
  list: (draws, text) => ({
    type: 'list',
    text: [text(), draws.letters(9), text()].join(draws.one([',', ' , ', ',,'])),
    options: draws.one([{}, { minLength: 9 }, { maxLength: 1 }]),
    fallback: [text(), text()],
  }),
  ints: (draws, text) => ({
    type: 'list',
    text: [draws.digits(), draws.one([draws.digits(), text()]), `-${draws.digits()}`].join(draws.one([',', ', '])),
    options: { items: draws.one(['int', 'bigint']) },
  }),
  enum: (draws, text) => {
    const choices = [`a${trimmed(text())}z`, draws.letters(12), draws.letters(12)];
    return {
      type: 'enum',
      text: draws.one([...choices, text()]),
      options: { choices },
      rules: choices,
      fallback: draws.one([...choices, text()]),
    };
  },
  json: (draws, text) => ({
    type: 'json',
    text: draws.one([
      objectText(draws),
      JSON.stringify([text(), { deep: text() }]),
      JSON.stringify(text()),
      draws.digits(),
    ]),
    fallback: { password: [text()] },
  }),
  notJson: (draws, text) => ({ type: 'json', text: draws.one([objectText(draws).slice(0, -3), text(), `{${text()}`]) }),
  duration: limited('duration', 'ms'),
  bytes: limited('bytes', 'B'),
  unit: (draws) => ({
    type: draws.one(['duration', 'bytes']),
    text: draws.digits(8) + draws.one(['s', 'kB', ' KiB', 'h', 'weeks', '.5', 'ns']),
    fallback: Number(draws.digits()),
  }),
  throws: own(throwing),
  throwsText: own((text) => {
    throw text;
  }),
  throwsObject: own((text) => {
    throw { toString: () => text, message: text, stack: text, toJSON: () => text, [text]: text };
  }),
  throwsMany: own((text) => {
    throw new AggregateError([new Error(text), text], text);
  }),
  rejects: own((text) => Promise.reject(new Error(`bad ${text}`))),
  later: own((text) => Promise.resolve(text)),
  returns: own((text) => text),
  boxes: own((text) => new Box(text)),
  holds: own((text) => ({ [text]: text, deep: [text, new Map([[text, text]])] })),
  unwritable: own((text) => text, { format: throwing }),
  zodThrows: schema(z.string().transform(throwing)),
  zodRefine: schema(z.string().refine(() => false, { error: ({ input }) => `bad ${String(input)}` })),
  zodIssue: schema(
    z.string().superRefine((text, { addIssue }) => {
      addIssue({ code: 'custom', message: text, path: [text], params: { text } });
    }),
  ),
  // No function that zod calls may reject here: it runs a schema at once first, and when it meets a promise it throws and
  // forgets that promise, whose failure nobody can hear of then but the process.
  zodLater: schema(z.string().transform((text) => Promise.resolve(text))),
  zodRefinesLater: schema(z.string().refine(() => Promise.resolve(false), { error: ({ input }) => String(input) })),
  zodLiteral: (draws, text) => {
    const rule = text();
    return { type: z.literal([rule, draws.letters(10)]), text: draws.one([rule, text()]), rules: [rule] };
  },
  zodStartsWith: (_, text) => {
    const rule = text();
    return { type: z.string().startsWith(rule), text: text(), rules: [rule] };
  },
  zodEnum: (draws, text) => {
    const rules = [text(), `${text()}2`];
    return { type: z.enum(rules), text: draws.one([...rules, text()]), rules };
  },
  zodRegex: (draws, text) => {
    const rule = text();
    return { type: z.string().regex(new RegExp(escaped(rule))), text: draws.one([rule, text()]), rules: [rule] };
  },
  zodObject: schema(parsed.pipe(z.object({ user: z.string(), password: z.string() })), objectText),
  zodOtherObject: schema(parsed.pipe(z.strictObject({ password: z.literal('none') })), objectText),
  zodNumber: schema(z.coerce.number(), (draws) => draws.digits()),
  zodBigint: schema(z.coerce.bigint(), (draws) => draws.digits(18)),
  optional: marked(said.optional()),
  withDefault: marked(said.min(8).default('none')),
  union: marked(said.or(z.number())),
  intersection: marked(z.string().and(said)),
  lazy: marked(z.lazy(() => said)),
  items: marked(
    z
      .string()
      .transform((text) => text.split(' '))
      .pipe(z.array(said)),
  ),
  fields: marked(
    z
      .string()
      .transform((text) => ({ text }))
      .pipe(z.object({ text: said })),
  ),
  preprocessed: marked(z.preprocess((text) => text, said.nullable())),
  standardThrows: schema(standard(throwing)),
  standardRejects: schema(standard((text) => Promise.reject(new Error(text)))),
  standardIssues: schema(standard((text) => ({ issues: [{ message: text, path: [text] }] }))),
  standardHolds: schema(standard((text) => ({ value: Promise.reject(new Error(text)) }))),
  standardNothing: schema(standard((text) => (text.length > 20 ? null : undefined))),
} satisfies Readonly<Record<string, Kind>>;
