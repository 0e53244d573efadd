import type { Clock } from '../core/clock.js';
import type { Watch } from './watch.js';

/** What a command touches of the outside world. */
export interface CommandIo {
  /** Time source of commands that wait. */
  readonly clock: Clock;
  /** Knows when it makes no sense to wait any longer. */
  readonly watch: Watch;
  /** Prints a line of the answer. */
  out(line: string): void;
  /** Prints a line about a problem. */
  err(line: string): void;
  /** The installed package's version. */
  version(): string;
  /** Where answers are shown, such as standard output: it knows whether there are colours. */
  readonly terminal: { hasColors?(): boolean };
  /** The working directory. */
  directory(): string;
  /** What is set in the environment. */
  environment(): Readonly<Record<string, string | undefined>>;
  /** Sets what the text of an environment file says and the environment does not. */
  addVariables(text: string): void;
  /** What is at an absolute path; `undefined` where there is nothing, or nobody may look. */
  look(path: string): { readonly kind: 'file' | 'folder' | 'dangling' | 'other'; readonly bytes: number } | undefined;
  /** The text of the file at an absolute path. Throws when it cannot be read. */
  readText(path: string): string;
  /** The names of what is in the folder at an absolute path. Throws when nobody may look. */
  list(path: string): readonly string[];
  /** The text of standard input to its end; `undefined` when there is more of it than that. */
  readInput(mostBytes: number): Promise<string | undefined>;
  /** Writes the file at an absolute path anew. Throws when it cannot be written. */
  writeText(path: string, text: string): void;
  /** What the module at an absolute path exports. */
  importModule(path: string): Promise<unknown>;
  /** Resolves a turn of the event loop later, when promises that reject and that nobody waits for are known. */
  turn(): Promise<void>;
}
