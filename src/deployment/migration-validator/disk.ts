import { cryptography, fileSystem } from '../host.js';

/** Entries of a folder that are still looked at. */
const MOST_NAMES = 20_000;
/** Bytes of a migration that are still read. */
const LARGEST = 64 * 1_024 * 1_024;

/** The folder could not be read, or not all of it. The message is fit to be shown once it was cleaned. @internal */
export class FolderError extends Error {}

/** A folder of migrations, or several that count as one, only read: the one place that knows of files. @internal */
export class MigrationFolder {
  readonly #paths: readonly string[];

  constructor(...paths: readonly string[]) {
    this.#paths = paths;
  }

  /** Names of the files in it, and of those links that could be one, sorted by their characters. */
  files(below = ''): Promise<string[]> {
    return this.#names(below, (entry) => entry.isFile() || entry.isSymbolicLink());
  }

  /** Names of the folders in it, sorted by their characters. */
  folders(): Promise<string[]> {
    return this.#names('', (entry) => entry.isDirectory() || entry.isSymbolicLink());
  }

  /** What is in a file, or nothing when there is no such file. Of several folders only names are asked for. */
  async bytes(file: string): Promise<Uint8Array | undefined> {
    const { readFile, stat } = fileSystem();
    const path = `${String(this.#paths[0])}/${file}`;
    try {
      const found = await stat(path);
      // A pipe would keep whoever opens it waiting.
      if (!found.isFile()) return undefined;
      if (found.size > LARGEST) throw new FolderError(`'${file}' is larger than ${String(LARGEST)} bytes`);
      return await readFile(path);
    } catch (error) {
      if (error instanceof FolderError) throw error;
      const code = codeOf(error);
      if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
      throw new FolderError(`'${file}' cannot be read: ${code}`);
    }
  }

  /** The same as text. */
  async text(file: string): Promise<string | undefined> {
    const bytes = await this.bytes(file);
    return bytes === undefined ? undefined : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  }

  async #names(
    below: string,
    wanted: (entry: { isFile(): boolean; isDirectory(): boolean; isSymbolicLink(): boolean }) => boolean,
  ): Promise<string[]> {
    const { readdir } = fileSystem();
    let entries;
    try {
      const all = this.#paths.map((path) => readdir(`${path}/${below}`, { withFileTypes: true }));
      entries = (await Promise.all(all)).flat();
    } catch (error) {
      const code = codeOf(error);
      if (below !== '' && (code === 'ENOENT' || code === 'ENOTDIR')) return [];
      throw new FolderError(code === 'ENOENT' ? 'there is no such folder' : `the folder cannot be read: ${code}`);
    }
    if (entries.length > MOST_NAMES) throw new FolderError(`the folder has more than ${String(MOST_NAMES)} entries`);
    return entries
      .filter(wanted)
      .map(({ name }) => name)
      .sort();
  }
}

function codeOf(error: unknown): string {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'it failed';
}

/** A digest in lower-case hexadecimal digits. @internal */
export function digest(algorithm: 'sha256' | 'sha1' | 'md5', content: string | Uint8Array): string {
  return cryptography().createHash(algorithm).update(content).digest('hex');
}
