import { createInterface } from 'node:readline';
import { Narrator } from './narrator.js';
import { HELP, parseOptions, UsageError } from './options.js';
import { play, serve, type Surroundings } from './runner.js';

const narrator = new Narrator(process.stdout, process.env);
const surroundings: Surroundings = { narrator, interrupted: interruption(), onTyped };

/** Ctrl-C, a polite kill and a closed terminal end the demo in good order; asked twice, it ends at once. */
function interruption(): Promise<'interrupted'> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(1);
        asked = true;
        resolve('interrupted');
      });
    }
    // Nobody reads any more, as in `npm run demo | head`.
    process.stdout.on('error', () => {
      asked = true;
      resolve('interrupted');
    });
  });
}

function onTyped(listener: (line: string) => void): boolean {
  if (!process.stdin.isTTY) return false;
  // Lines as the terminal delivers them: in raw mode Ctrl-C would be a letter.
  createInterface({ input: process.stdin, terminal: false }).on('line', (line) => {
    listener(line.trim().toLowerCase());
  });
  return true;
}

async function run(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (options.action === 'help') {
    narrator.line(HELP);
    return 0;
  }
  if (options.action === 'serve') {
    await serve(options, surroundings);
    return 0;
  }
  return (await play(options, surroundings)) ? 0 : 1;
}

/** One line that says what is wrong and what to do; whoever typed the command cannot use a stack. */
function explain(error: unknown): { readonly line: string; readonly code: number } {
  if (error instanceof UsageError) return { line: `demo: ${error.message}`, code: 2 };
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  const listening = syscall === 'listen';
  if (listening && code === 'EADDRINUSE')
    return { line: 'demo: the port is taken; choose another one with --port N', code: 1 };
  if (listening && code === 'EACCES')
    return { line: 'demo: ports below 1024 need rights; choose one with --port N', code: 1 };
  return { line: `demo: ${message}`, code: 1 };
}

function fail(error: unknown): never {
  const { line, code } = explain(error);
  process.stderr.write(`${line}\n`);
  process.exit(code);
}

// Whatever the demo could not end itself, the database's janitor does.
process.on('uncaughtException', fail);
await run(process.argv.slice(2)).then((code) => process.exit(code), fail);
