#!/usr/bin/env node
import { createRequire } from 'node:module';
import { run } from './run.js';

process.exitCode = run(process.argv.slice(2), {
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
  version: () => {
    const manifest = createRequire(import.meta.url)('breakwater/package.json') as { readonly version: string };
    return manifest.version;
  },
});
