import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';

/** Most bytes of a file that holds one value. */
const MOST_BYTES = 65_536;

/** What is in a file, or why it could not be read: in words that hold nothing of it. @internal */
export type FileText = { readonly text: string } | { readonly problem: string };

/**
 * Reads a file that holds one value, as mounted secrets do: UTF-8, at most 64 KiB, without the line break at its end.
 * @internal
 */
export function readValueFile(path: string): FileText {
  try {
    // Opening a pipe would wait for its writer.
    if (!statSync(path).isFile()) return { problem: 'is no file' };
    const file = openSync(path, 'r');
    try {
      if (fstatSync(file).size > MOST_BYTES) return { problem: 'is larger than 64 KiB' };
      const bytes = Buffer.alloc(MOST_BYTES + 1);
      let length = 0;
      for (let read = -1; read !== 0 && length <= MOST_BYTES; length += read)
        read = readSync(file, bytes, length, bytes.length - length, null);
      if (length > MOST_BYTES) return { problem: 'is larger than 64 KiB' };
      return decoded(bytes.subarray(0, length));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const code = (error as { readonly code?: unknown } | null)?.code;
    if (code === 'ENOENT') return { problem: 'is not there (ENOENT)' };
    return { problem: `the system does not open${typeof code === 'string' ? ` (${code})` : ''}` };
  }
}

function decoded(bytes: Uint8Array): FileText {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { text: text.replace(/\r?\n$/, '') };
  } catch {
    return { problem: 'is no text in UTF-8' };
  }
}
