import type * as TomlPackage from 'smol-toml';
import { positionAt } from '../text.js';
import { TOO_DEEP, tooDeepAt } from './depth.js';
import { notLoaded, type Parsed, position } from './parsed.js';

/** What is used of the package. */
type Toml = Pick<typeof TomlPackage, 'parse'>;

/** @internal */
export async function parseToml(text: string, load: () => Promise<Toml> = () => import('smol-toml')): Promise<Parsed> {
  let toml: Toml;
  try {
    toml = await load();
  } catch (error) {
    return notLoaded('smol-toml', 'TOML', error);
  }
  const deep = tooDeepAt(text);
  if (deep !== undefined) return { fault: TOO_DEEP, ...positionAt(text, deep) };
  try {
    return { values: [toml.parse(text)] };
  } catch (error) {
    const { line, column } = error as { readonly line?: unknown; readonly column?: unknown };
    return { fault: 'is not valid TOML', line: position(line), column: position(column) };
  }
}
