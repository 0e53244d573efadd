#!/usr/bin/env node
import { createRequire } from 'node:module';
import { run } from './run.js';

// A reader that has seen enough, such as `head`, closes the pipe: that is no failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') process.exitCode = 1;
  });
}

process.exitCode = run(process.argv.slice(2), {
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
  version: () => {
    const manifest = createRequire(import.meta.url)('breakwater/package.json') as { readonly version: string };
    return manifest.version;
  },
});
