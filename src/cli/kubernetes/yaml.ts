import type * as YamlPackage from 'yaml';
import { UnverifiedError } from '../failures.js';
import { property } from '../readable-config.js';
import type { Tree } from './tree.js';

/** Most values of a file, and how deep they may lie within each other. */
const MOST_VALUES = 200_000;
const DEEPEST = 100;

/** What is used of the package. */
export type Yaml = Pick<
  typeof YamlPackage,
  'LineCounter' | 'isAlias' | 'isMap' | 'isPair' | 'isScalar' | 'isSeq' | 'parseAllDocuments'
>;

/** What a file says; in `faults`, what cannot be read, never in words of the parser, which quote the text. */
export interface YamlText {
  readonly documents: readonly YamlDocument[];
  readonly faults: readonly YamlFault[];
}

/** One of its documents. */
export interface YamlDocument {
  readonly tree: Tree;
  /** Keys that stand twice in the same place. */
  readonly twice: readonly YamlFault[];
}

/** What is wrong, and where. */
export interface YamlFault {
  readonly what: string;
  readonly line: number;
}

/** The parser. @throws {@link UnverifiedError} when it is not installed. */
export async function loadYaml(load: () => Promise<Yaml> = () => import('yaml')): Promise<Yaml> {
  try {
    return await load();
  } catch (error) {
    const code = property(error, 'code');
    const isMissing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
    throw new UnverifiedError(
      `manifests cannot be read, since the package yaml ${isMissing ? 'is not installed' : 'does not load'}: ` +
        'npm install --save-dev yaml',
    );
  }
}

/** Reads every document of a file, as Kubernetes does: by the rules of YAML 1.1. */
export function readYaml(text: string, yaml: Yaml): YamlText {
  const lines = new yaml.LineCounter();
  const line = (range: readonly number[] | null | undefined): number =>
    Math.max(1, lines.linePos(range?.[0] ?? 0).line);
  const documents: YamlDocument[] = [];
  const faults: YamlFault[] = [];
  let values = 0;

  const treeOf = (root: unknown): YamlDocument => {
    const anchors = new Map<string, Tree>();
    const twice: YamlFault[] = [];

    const convert = (node: unknown, own: number, depth: number): Tree => {
      if (++values > MOST_VALUES) throw new Unreadable(`has more than ${String(MOST_VALUES)} values`, own);
      if (depth > DEEPEST) throw new Unreadable('nests too deep', own);
      if (yaml.isAlias(node)) {
        const named = anchors.get(node.source);
        if (named === undefined) throw new Unreadable('has an alias that leads nowhere', line(node.range));
        return { ...named, line: own };
      }
      const tree = converted(node, own, depth);
      const anchor = property(node, 'anchor');
      if (typeof anchor === 'string') anchors.set(anchor, tree);
      return tree;
    };

    const converted = (node: unknown, own: number, depth: number): Tree => {
      if (yaml.isScalar(node)) return { line: own, scalar: node.value };
      if (yaml.isSeq(node))
        return {
          line: own,
          items: node.items.map((item) => convert(item, line(property(item, 'range') as number[]), depth + 1)),
        };
      return yaml.isMap(node) ? { line: own, fields: fieldsOf(node.items, own, depth) } : { line: own, scalar: null };
    };

    const fieldsOf = (pairs: readonly unknown[], own: number, depth: number): Map<string, Tree> => {
      const fields = new Map<string, Tree>();
      const merged: Tree[] = [];
      for (const pair of pairs) {
        if (!yaml.isPair(pair)) continue;
        const { key, value } = pair;
        const place = yaml.isScalar(key) || yaml.isMap(key) ? line(key.range) : own;
        // In a manifest that is a template, braces stand where a value would.
        if (!yaml.isScalar(key)) throw new Unreadable('has a key that is no text', place);
        // The parser makes a symbol of the key that merges.
        const name = typeof key.value === 'symbol' ? '<<' : String(key.value);
        const field = convert(value, place, depth + 1);
        if (name === '<<') merged.push(...(field.items ?? [field]));
        else if (fields.has(name)) twice.push({ what: name, line: place });
        else fields.set(name, field);
      }
      for (const { fields: more } of merged)
        for (const [name, field] of more ?? []) {
          if (++values > MOST_VALUES) throw new Unreadable(`has more than ${String(MOST_VALUES)} values`, own);
          if (!fields.has(name)) fields.set(name, field);
        }
      return fields;
    };

    return { tree: convert(root, line(property(root, 'range') as number[] | undefined), 0), twice };
  };

  try {
    const parsed = yaml.parseAllDocuments(text, {
      version: '1.1',
      lineCounter: lines,
      // Its messages quote the text, and some of its warnings go to the console.
      prettyErrors: false,
      logLevel: 'silent',
      // It compares each key with each, which takes half a minute where there are many.
      uniqueKeys: false,
    });
    for (const document of Array.isArray(parsed) ? parsed : []) {
      const [error] = document.errors;
      try {
        if (error !== undefined) throw new Unreadable('is not valid YAML', line(error.pos));
        if (document.contents !== null) documents.push(treeOf(document.contents));
      } catch (fault) {
        if (!(fault instanceof Unreadable)) throw fault;
        faults.push({ what: fault.message, line: fault.line });
      }
    }
  } catch {
    faults.push({ what: 'cannot be read as YAML: it nests too deep', line: 1 });
  }
  return { documents, faults };
}

class Unreadable extends Error {
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}
