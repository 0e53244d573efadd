import type * as YamlPackage from 'yaml';
import { DEEPEST, TOO_DEEP } from './depth.js';
import { notLoaded, type Parsed, position } from './parsed.js';

/** Most aliases of a document: the time that it takes to follow them grows with their square. */
const MOST_ALIASES = 1_000;

/** What is used of the package. */
type Yaml = Pick<typeof YamlPackage, 'Composer' | 'Lexer' | 'LineCounter' | 'Parser' | 'isScalar' | 'visit'>;
type LineCounter = InstanceType<Yaml['LineCounter']>;
type Token = YamlPackage.CST.Token;
type YamlDocument = YamlPackage.Document.Parsed;

/** Every document of a file of YAML. @internal */
export async function parseYaml(text: string, load: () => Promise<Yaml> = () => import('yaml')): Promise<Parsed> {
  let yaml: Yaml;
  try {
    yaml = await load();
  } catch (error) {
    return notLoaded('yaml', 'YAML', error);
  }
  const lines = new yaml.LineCounter();
  const at = (offset: number): { readonly line?: number | undefined; readonly column?: number | undefined } => {
    const { line, col } = lines.linePos(offset);
    return { line: position(line), column: position(col) };
  };
  try {
    const composer = new yaml.Composer({
      // Its messages quote the text, and some of its warnings go to the console.
      prettyErrors: false,
      logLevel: 'silent',
      // It compares each key with each, which takes half a minute where there are many.
      uniqueKeys: false,
    });
    const tokens = tokensOf(text, lines, yaml);
    if (typeof tokens === 'number') return { fault: TOO_DEEP, ...at(tokens) };
    const values: unknown[] = [];
    // An empty file has no document, and is one all the same.
    for (const document of composer.compose(tokens)) {
      const [error] = document.errors;
      if (error !== undefined) return { fault: 'is not valid YAML', ...at(error.pos[0]) };
      const fault = faultIn(document, yaml);
      if (fault !== undefined) return { fault: fault.what, ...at(fault.offset) };
      values.push(document.toJS({ maxAliasCount: MOST_ALIASES }));
    }
    return { values: values.length === 0 ? [null] : values };
  } catch {
    return { fault: 'cannot be read as YAML: its aliases grow without bound' };
  }
}

/**
 * What the text consists of; where it nests too deep, the place. What makes documents of it calls itself for each level, and
 * recovers from a stack that overflows only in most cases.
 */
function tokensOf(text: string, lines: LineCounter, yaml: Yaml): Token[] | number {
  const parser = new yaml.Parser(lines.addNewLine);
  const tokens: Token[] = [];
  lines.addNewLine(0);
  for (const lexeme of new yaml.Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    // The document and a scalar are no levels.
    if (parser.stack.length > DEEPEST + 2) return parser.offset;
  }
  tokens.push(...parser.end());
  return tokens;
}

/** A key that stands there twice, an alias that leads nowhere, or more of them than can be followed. */
function faultIn(document: YamlDocument, yaml: Yaml): { readonly what: string; readonly offset: number } | undefined {
  let aliases = 0;
  let found: { readonly what: string; readonly offset: number } | undefined;
  const anchors = new Set<string>();
  const stop = (what: string, range: readonly number[] | null | undefined): symbol => {
    found = { what, offset: range?.[0] ?? 0 };
    return yaml.visit.BREAK;
  };
  yaml.visit(document, {
    Alias(_, { source, range }) {
      if (!anchors.has(source)) return stop('has an alias that leads nowhere', range);
      return ++aliases > MOST_ALIASES ? stop(`has more than ${String(MOST_ALIASES)} aliases`, range) : undefined;
    },
    Value(_, { anchor }) {
      if (anchor !== undefined) anchors.add(anchor);
    },
    Map(_, { anchor, items }) {
      if (anchor !== undefined) anchors.add(anchor);
      const keys = new Set<unknown>();
      for (const { key } of items) {
        if (!yaml.isScalar(key)) continue;
        // A merge may stand there several times.
        if (keys.has(key.value) && key.value !== '<<') return stop('has a key twice in the same place', key.range);
        keys.add(key.value);
      }
      return undefined;
    },
  });
  return found;
}
