import { join, resolve } from 'node:path';
import { ConfigurationError, UnverifiedError } from '../failures.js';
import type { CommandIo } from '../io.js';
import { mustBeFile } from '../read-file.js';
import { fileName } from '../words.js';

/** What stands for standard input in a command line, and what it is called in a report. */
export const INPUT = '-';
export const INPUT_NAME = '<stdin>';

const MANIFEST = /\.(?:ya?ml|json)$/i;
/** What of others lies in a folder. */
const LEFT_OUT = /^(?:\.|node_modules$)/;
const MOST_ENTRIES = 10_000;
/** A link may lead back. */
const DEEPEST = 20;

/** Files as they were named, and those below folders, in order. @throws {@link ConfigurationError} for what is neither. */
export function filesOf(named: readonly string[], io: CommandIo): readonly string[] {
  const files = new Set<string>();
  let entries = 0;
  /** Answers with how many there are. */
  const add = (folder: string, depth: number): number => {
    let found = 0;
    for (const name of [...namesIn(folder, io)].sort()) {
      if (++entries > MOST_ENTRIES || depth > DEEPEST)
        throw new UnverifiedError(`the folder ${fileName(folder)} has too much in it: name fewer files at a time`);
      const path = join(folder, name);
      if (LEFT_OUT.test(name)) continue;
      if (isFolder(path, io)) found += add(path, depth + 1);
      else if (MANIFEST.test(name)) {
        files.add(path);
        found++;
      }
    }
    return found;
  };
  for (const one of named) {
    if (one === INPUT) files.add(one);
    else if (isFolder(one, io)) {
      if (add(one, 0) === 0)
        throw new ConfigurationError(`the folder ${fileName(one)} has no .yaml, .yml or .json files`);
    } else {
      mustBeFile(one, io);
      files.add(one);
    }
  }
  return [...files];
}

function isFolder(path: string, io: CommandIo): boolean {
  return io.look(resolve(io.directory(), path))?.kind === 'folder';
}

function namesIn(folder: string, io: CommandIo): readonly string[] {
  try {
    return io.list(resolve(io.directory(), folder));
  } catch {
    throw new UnverifiedError(`the folder ${fileName(folder)} cannot be read: look at its rights`);
  }
}
