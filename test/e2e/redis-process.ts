import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = join(import.meta.dirname, '../..');

/** A process of a service with the built package, and the lines that it prints. */
export interface StartedProcess {
  readonly child: ChildProcess;
  readonly line: () => Promise<string>;
  readonly kill: () => void;
}

/** Starts one: `program` finds what it is told as JSON in its first argument. */
export function startProcess(program: string, what: object): StartedProcess {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program, JSON.stringify(what)], {
    cwd: ROOT,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, line: async () => String((await lines.next()).value), kill: () => void child.kill('SIGKILL') };
}
