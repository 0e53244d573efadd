#!/usr/bin/env node
import { lstatSync, readdirSync, readFileSync, type Stats, statSync, writeFileSync } from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { pathToFileURL } from 'node:url';
import { parseEnv } from 'node:util';
import { systemClock } from '../core/clock.js';
import { ExitCode } from './command.js';
import { errorLine } from './error-line.js';
import type { CommandIo } from './io.js';
import { run } from './run.js';
import { Watch } from './watch.js';
import { Watchdog } from './watchdog.js';

const { stdout, stderr } = process;
const answer = stdout.write.bind(stdout);
const watchdog = new Watchdog();
const watch = new Watch((ms, words) => watchdog.watch(ms, words));

const io: CommandIo = {
  clock: systemClock,
  watch,
  out: (line) => void answer(`${line}\n`, noteWriteError),
  err: (line) => void stderr.write(`${line}\n`),
  version: () => {
    const manifest = createRequire(import.meta.url)('breakwater/package.json') as { readonly version: string };
    return manifest.version;
  },
  terminal: stdout,
  directory: () => process.cwd(),
  environment: () => process.env,
  addVariables: (text) => {
    for (const [name, value] of Object.entries(parseEnv(text))) process.env[name] ??= value;
  },
  look: (path) => {
    const found = ifAny(() => statSync(path, { throwIfNoEntry: false }));
    if (found === undefined) return ifAny(() => lstatSync(path)) && { kind: 'dangling', bytes: 0 };
    const kind = found.isFile() ? ('file' as const) : found.isDirectory() ? ('folder' as const) : ('other' as const);
    return { kind, bytes: found.size };
  },
  readText: (path) => readFileSync(path, 'utf8'),
  list: (path) => readdirSync(path),
  readInput: async (mostBytes) => {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of process.stdin as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      if (bytes > mostBytes) return undefined;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString();
  },
  writeText: (path, text) => {
    writeFileSync(path, text);
  },
  importModule: (path) => import(pathToFileURL(path).href),
  turn: () => new Promise((resolve) => setImmediate(resolve)),
};

/** Below a file, or where nobody may look, there is nothing either. */
function ifAny(look: () => Stats | undefined): Stats | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

// Standard output holds the answer and nothing else: what a user's module prints goes where problems go.
stdout.write = stderr.write.bind(stderr);

const outcome: { isAnswered?: true; code?: number; writeError?: string | undefined } = {};

/** The first counts: those that follow only say that the stream is gone. */
function noteWriteError(error?: NodeJS.ErrnoException | null): void {
  if (error) outcome.writeError ??= error.code ?? error.name;
}
for (const stream of [stdout, stderr]) stream.on('error', noteWriteError);

/** What the process says in the end; without an answer that is no success. */
function lastCode(isTold = false): number {
  if (outcome.code === undefined && !isTold) io.err('breakwater: the process ended before there was an answer');
  const { writeError = 'EPIPE' } = outcome;
  outcome.code ??= ExitCode.UNVERIFIED;
  // A reader that has seen enough, such as `head`, closes the pipe: that is no failure.
  return outcome.code === ExitCode.PASS && writeError !== 'EPIPE' ? ExitCode.FAIL : outcome.code;
}

/** Thrown where a user's module ends the process, so that it goes no further. */
class ProcessExit extends Error {
  override readonly message = 'process.exit() ends no check';
}

// A user's module may end the process before there is an answer, or say another code when there is one. What it calls comes last,
// so that its own `exit` listeners have run.
const exit = process.exit.bind(process);
const { reallyExit } = process as unknown as { reallyExit: (code: number) => never };
Object.assign(process, {
  exit: (code?: number) => {
    if (outcome.code !== undefined) exit(code);
    watch.end('ended the process: take process.exit() out of it');
    throw new ProcessExit();
  },
  // The watchdog has said why.
  reallyExit: (_code?: number, isTold?: boolean) => reallyExit(lastCode(isTold)),
});
syncBuiltinESMExports();
process.exitCode = ExitCode.UNVERIFIED;
process.on('exit', () => {
  process.exitCode = lastCode();
});

process.on('beforeExit', () => {
  watch.end('waits for what never comes: nothing is left to do');
});

// What a user's module began and nobody waits for, such as a connection that fails.
process.on('uncaughtException', (error) => {
  if (error instanceof ProcessExit) return;
  if (outcome.isAnswered !== true) {
    watch.stray(errorLine(error, io));
    return;
  }
  if (outcome.code === undefined) io.err(`breakwater: ${errorLine(error, io)}`);
  end(ExitCode.UNVERIFIED);
});

/** Ends the process when everything is written, whatever a user's module left open. The first code counts. */
function end(code: number): void {
  if (outcome.code !== undefined) return;
  outcome.code = code;
  answer('', () => stderr.write('', () => exit()));
}

// The first process of a container ends by no signal that it does not listen to.
if (process.pid === 1)
  for (const [signal, number] of [
    ['SIGTERM', 15],
    ['SIGINT', 2],
  ] as const)
    process.once(signal, () => {
      io.err(`breakwater: ended by ${signal}`);
      end(128 + number);
    });

// A turn of the loop later the platform has told of promises that reject and that nobody waits for.
void run(process.argv.slice(2), io).then((code) => {
  outcome.isAnswered = true;
  setImmediate(end, code);
});
