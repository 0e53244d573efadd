#!/usr/bin/env node
import { readFileSync, type Stats, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { systemClock } from '../core/clock.js';
import { ExitCode } from './command.js';
import { errorLine } from './error-line.js';
import type { CommandIo } from './io.js';
import { run } from './run.js';

const { stdout, stderr } = process;
const answer = stdout.write.bind(stdout);

const io: CommandIo = {
  clock: systemClock,
  out: (line) => void answer(`${line}\n`, noteWriteError),
  err: (line) => void stderr.write(`${line}\n`),
  version: () => {
    const manifest = createRequire(import.meta.url)('breakwater/package.json') as { readonly version: string };
    return manifest.version;
  },
  terminal: stdout,
  directory: () => process.cwd(),
  environment: () => process.env,
  loadEnvFile: (path) => process.loadEnvFile(path),
  isFile: (path) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false,
  look: (path) => {
    const found = statIfAny(path);
    if (found === undefined) return undefined;
    const kind = found.isFile() ? ('file' as const) : found.isDirectory() ? ('folder' as const) : ('other' as const);
    return { kind, bytes: found.size };
  },
  readText: (path) => readFileSync(path, 'utf8'),
  writeText: (path, text) => {
    writeFileSync(path, text);
  },
  importModule: (path) => import(pathToFileURL(path).href),
};

/** Below a file, or where nobody may look, there is nothing either. */
function statIfAny(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

// Standard output holds the answer and nothing else: what a user's module prints goes where problems go.
stdout.write = stderr.write.bind(stderr);

const outcome: { code?: number; writeError?: string | undefined } = {};

/** The first counts: those that follow only say that the stream is gone. */
function noteWriteError(error?: NodeJS.ErrnoException | null): void {
  if (error) outcome.writeError ??= error.code ?? error.name;
}
for (const stream of [stdout, stderr]) stream.on('error', noteWriteError);

// A user's module may end the process, or wait for what never comes: without an answer that is no success.
process.on('exit', () => {
  if (outcome.code === undefined) io.err('breakwater: the process ended before there was an answer');
  const { code = ExitCode.UNVERIFIED, writeError = 'EPIPE' } = outcome;
  // A reader that has seen enough, such as `head`, closes the pipe: that is no failure.
  process.exitCode = code === ExitCode.PASS && writeError !== 'EPIPE' ? ExitCode.FAIL : code;
});

// What a user's module began and nobody waits for, such as a connection that fails.
process.on('uncaughtException', (error) => {
  if (outcome.code === undefined) io.err(`breakwater: ${errorLine(error, io)}`);
  end(ExitCode.UNVERIFIED);
});

/** Ends the process when everything is written, whatever a user's module left open. The first code counts. */
function end(code: number): void {
  if (outcome.code !== undefined) return;
  outcome.code = code;
  answer('', () => stderr.write('', () => process.exit()));
}

// A turn of the loop later the platform has told of promises that reject and that nobody waits for.
void run(process.argv.slice(2), io).then((code) => setImmediate(end, code));
