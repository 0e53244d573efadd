import { resolve } from 'node:path';
import { errorText } from '../core/error-text.js';
import { shownText } from '../deployment/finding.js';
import { ConfigurationError } from './failures.js';
import type { CommandIo } from './io.js';
import { property } from './readable-config.js';
import { fileName } from './words.js';

/** Largest file that is read: what people write by hand is far below. */
const LARGEST_MIB = 2;

/** The text of a file, or why there is none. */
export type FileText = { readonly text: string } | Fault;

interface Fault {
  readonly fault: string;
  readonly hint: string;
}

/** Reads a file that somebody named, from the working directory; never one that has no end, such as a device. */
export function readFile(file: string, io: CommandIo, largestMib = LARGEST_MIB): FileText {
  const fault = fileFault(file, io, largestMib);
  if (fault !== undefined) return fault;
  let text: string;
  try {
    text = io.readText(resolve(io.directory(), file));
  } catch (error) {
    const code = property(error, 'code');
    const why = typeof code === 'string' ? code : errorText(error);
    return { fault: `cannot be read (${shownText(why, 60)})`, hint: 'look at its rights' };
  }
  return readable(text);
}

/** Reads what comes in by standard input. */
export async function readInput(io: CommandIo): Promise<FileText> {
  const text = await io.readInput(LARGEST_MIB * 1024 * 1024);
  return text === undefined ? tooLarge(LARGEST_MIB) : readable(text);
}

function readable(text: string): FileText {
  // What is no UTF-8 is read as replacement characters.
  if (/[\0\ufffd]/.test(text)) return { fault: 'is no text in UTF-8', hint: 'name a file of text' };
  return { text: text.replace(/^\ufeff/, '') };
}

/** The same, of a file that the command cannot do without. @throws {@link ConfigurationError} when it cannot be read. */
export function readNamed(file: string, io: CommandIo, largestMib?: number): string {
  const read = readFile(file, io, largestMib);
  if ('text' in read) return read.text;
  throw namedFault(file, read);
}

/** Why something is no file that can be read, by what it looks like. */
function fileFault(file: string, io: CommandIo, largestMib: number): Fault | undefined {
  const found = io.look(resolve(io.directory(), file));
  if (found === undefined) return { fault: 'is not there', hint: 'look at how its name is written' };
  if (found.kind === 'folder') return { fault: 'is a folder', hint: 'name the files that are in it' };
  if (found.kind === 'dangling') return { fault: 'is a link to nothing', hint: 'look at where the link leads' };
  if (found.kind === 'other') return { fault: 'is no file', hint: 'name a file' };
  return found.bytes <= largestMib * 1024 * 1024 ? undefined : tooLarge(largestMib);
}

function tooLarge(mib: number): Fault {
  return { fault: `is larger than ${String(mib)} MiB`, hint: 'name a file that people write; split it if it is one' };
}

/** Refuses what is no file. @throws {@link ConfigurationError} */
export function mustBeFile(file: string, io: CommandIo): void {
  const fault = fileFault(file, io, Infinity);
  if (fault !== undefined) throw namedFault(file, fault);
}

function namedFault(file: string, { fault }: Fault): ConfigurationError {
  return new ConfigurationError(`the file ${fileName(file)} ${fault}`);
}
