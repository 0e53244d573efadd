import type { CommandIo } from './io.js';
import type { Option } from './read-options.js';

/** What the process says about its work; the first that applies of usage, fail, unverified, pending, pass. */
export const ExitCode = { PASS: 0, FAIL: 1, USAGE: 2, UNVERIFIED: 3, PENDING: 4 } as const;

/** One verb of the command line. */
export interface Command {
  /** The word that calls it. */
  readonly name: string;
  /** Options that call it as well, such as `--help`. */
  readonly aliases: readonly string[];
  /** One line for the help. */
  readonly summary: string;
  /** What may stand behind it, by their names without dashes. */
  readonly options?: Readonly<Record<string, Option>>;
  /** Commands that stand behind it. */
  readonly commands?: readonly Command[];
  /** Does the work, with the words behind it, and answers with the exit code. */
  run(words: readonly string[], io: CommandIo): number | Promise<number>;
}
