import { isAbsolute, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { printable } from '../core/printable.js';
import type { CommandIo } from './io.js';
import { property } from './readable-config.js';
import { shellWord } from './words.js';

/** The first line of what cannot be compiled, or a call that is on the stack. */
const PLACE = /^(?:\s+at (?:.*\()?)?((?:file:\/\/\/?|\/|[A-Z]:\\)[^()]*?):(\d+)(?::\d+)?\)?$/;

/**
 * Where in a user's files something was thrown, as ` (breakwater.config.js:3)`; of a module that cannot be compiled, whose place
 * the platform keeps for itself, what shows it.
 */
export function placeOf(error: unknown, module: string, io: CommandIo): string {
  const stack = stackOf(error);
  const places = stack
    .split('\n')
    .slice(0, 50)
    .flatMap((line): { file: string; number: string }[] => {
      const [, file = '', number = ''] = PLACE.exec(line) ?? [];
      if (file === '' || file.includes('node_modules')) return [];
      return [{ file: relative(io.directory(), pathOf(file)), number }];
    });
  // What is linked from elsewhere is rather a library.
  const place = places.find(({ file }) => !file.startsWith('..') && !isAbsolute(file)) ?? places[0];
  if (place !== undefined) return ` (${printable(place.file)}:${place.number})`;
  return stack.startsWith('SyntaxError') ? ` (to see where: node ${shellWord(module)})` : '';
}

function pathOf(file: string): string {
  try {
    return file.startsWith('file:') ? fileURLToPath(file) : file;
  } catch {
    return file;
  }
}

/** Reading what was thrown may throw as well. */
function stackOf(error: unknown): string {
  try {
    const stack = property(error, 'stack');
    return typeof stack === 'string' ? stack : '';
  } catch {
    return '';
  }
}
