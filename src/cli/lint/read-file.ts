import { resolve } from 'node:path';
import { errorText } from '../../core/error-text.js';
import { shownText } from '../../deployment/finding.js';
import type { CommandIo } from '../io.js';
import { property } from '../readable-config.js';

/** Largest file that is read: what people write by hand is far below. */
const LARGEST = 2 * 1024 * 1024;

/** The text of a file, or why there is none. */
export type FileText = { readonly text: string } | { readonly fault: string; readonly hint: string };

/** Reads a file that somebody named, from the working directory. */
export function readFile(file: string, io: CommandIo): FileText {
  const path = resolve(io.directory(), file);
  const found = io.look(path);
  if (found === undefined) return { fault: 'there is no such file', hint: 'look at how its name is written' };
  if (found.kind === 'folder') return { fault: 'is a folder', hint: 'name the files that are in it' };
  if (found.kind === 'other') return { fault: 'is no file', hint: 'name a file' };
  if (found.bytes > LARGEST)
    return { fault: 'is larger than 2 MiB', hint: 'name a file that people write; split it if it is one' };
  let text: string;
  try {
    text = io.readText(path);
  } catch (error) {
    const code = property(error, 'code');
    const why = typeof code === 'string' ? code : errorText(error);
    return { fault: `cannot be read (${shownText(why, 60)})`, hint: 'look at its rights' };
  }
  // What is no UTF-8 is read as replacement characters.
  if (/[\0\ufffd]/.test(text)) return { fault: 'is no text in UTF-8', hint: 'name a file of text' };
  return { text: text.replace(/^\ufeff/, '') };
}
