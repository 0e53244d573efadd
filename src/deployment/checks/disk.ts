import { constants } from 'node:fs';
import { lstat, open, readdir, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { hostPlatform, workingDirectory } from '../host.js';

/** Why there is nothing to read, or what was read. Rights are those of the file that a link leads to. @internal */
export type FileReading =
  | { readonly state: 'missing' | 'broken-link' | 'folder' | 'special' }
  | { readonly state: 'unreadable'; readonly code: string; readonly mode?: number }
  | { readonly state: 'too-large'; readonly mode: number }
  | { readonly state: 'read'; readonly bytes: Uint8Array; readonly mode: number };

const FIRST_CHUNK = 16_384;

/** @internal */
export function codeOf(error: unknown): string {
  const code: unknown = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code) ? code : 'unknown';
}

const isMissing = (code: string): boolean => code === 'ENOENT' || code === 'ENOTDIR';

/** The path of a file below `root`; without one, below the working directory. @internal */
export function pathIn(root: string | undefined, path: string): string {
  if (isAbsolute(path)) return path;
  const start = root ?? '.';
  return join(isAbsolute(start) ? start : join(workingDirectory(), start), path);
}

/** Whether files here have rights that can be read from their mode. @internal */
export function hasModes(): boolean {
  return hostPlatform() !== 'win32';
}

/** Reads a file of at most `maxBytes`. What is no file is never opened: a pipe would wait for its writer. @internal */
export async function readFileAt(path: string, maxBytes: number): Promise<FileReading> {
  try {
    const info = await stat(path);
    if (info.isDirectory()) return { state: 'folder' };
    if (!info.isFile()) return { state: 'special' };
  } catch (error) {
    const code = codeOf(error);
    // A chain of links that bites its tail leads nowhere as well.
    if (code === 'ELOOP') return { state: 'broken-link' };
    if (!isMissing(code)) return { state: 'unreadable', code };
    return { state: (await isLink(path)) ? 'broken-link' : 'missing' };
  }
  try {
    // It may have become a pipe by now.
    const file = await open(path, constants.O_RDONLY | (hasModes() ? constants.O_NONBLOCK : 0));
    try {
      const info = await file.stat();
      const { mode } = info;
      if (!info.isFile()) return { state: 'special' };
      if (info.size > maxBytes) return { state: 'too-large', mode };
      // Some files, such as those of the kernel, say that they are empty and are not.
      let bytes = Buffer.allocUnsafe(Math.min(Math.max(info.size + 1, FIRST_CHUNK), maxBytes + 1));
      let length = 0;
      for (;;) {
        const { bytesRead } = await file.read(bytes, length, bytes.length - length, null);
        if (bytesRead === 0) return { state: 'read', bytes: bytes.subarray(0, length), mode };
        length += bytesRead;
        if (length > maxBytes) return { state: 'too-large', mode };
        if (length === bytes.length) bytes = Buffer.concat([bytes], Math.min(bytes.length * 2, maxBytes + 1));
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    const mode = await modeOf(path);
    return { state: 'unreadable', code: codeOf(error), ...(mode === undefined ? {} : { mode }) };
  }
}

/** The mode of a file, if there is one that can be looked at. @internal */
export async function modeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mode;
  } catch {
    return undefined;
  }
}

/** What stands in a folder; nothing when there is none. @internal */
export async function namesIn(path: string): Promise<readonly string[] | undefined> {
  try {
    return await readdir(path);
  } catch {
    return undefined;
  }
}

/** Where a folder really is, when it is there. @internal */
export async function folderAt(path: string): Promise<string | undefined> {
  try {
    const info = await lstat(path);
    if (info.isDirectory()) return path;
    if (!info.isSymbolicLink()) return undefined;
    const real = await realpath(path);
    return (await stat(real)).isDirectory() ? real : undefined;
  } catch {
    return undefined;
  }
}

async function isLink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink();
  } catch {
    return false;
  }
}
