import { randomBytes } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Shorter keys are refused. */
export const KEY_LENGTH = 32;

/** Secrets are looked for in pieces of so many characters: more than a port has, and none of them in a word. */
export const PIECE = 6;

/** A secret of so many characters; of letters of both cases besides digits, so that no id of a request holds a piece of it. */
export function newSecret(length: number): string {
  return randomBytes(length).toString('base64url').slice(0, length);
}

/** Whether there is a piece of one of the secrets in the text. */
export function showsAny(text: string, secrets: readonly string[]): boolean {
  return secrets.some((secret) =>
    Array.from({ length: secret.length - PIECE + 1 }, (_, at) => secret.slice(at, at + PIECE)).some((piece) =>
      text.includes(piece),
    ),
  );
}

/**
 * A folder of values as Kubernetes mounts a secret: each name is a link through `..data` to a folder with all of them, and
 * a rotation turns that one link, so that nobody ever sees half of it.
 */
export class Mounted {
  readonly #folder: string;
  #data: string | undefined;

  constructor(folder: string, values: Readonly<Record<string, string>>) {
    this.#folder = folder;
    this.rotate(values);
    for (const name of Object.keys(values)) symlinkSync(path.join('..data', name), this.pathOf(name));
  }

  pathOf(name: string): string {
    return path.join(this.#folder, name);
  }

  rotate(values: Readonly<Record<string, string>>): void {
    const before = this.#data;
    this.#data = mkdtempSync(path.join(this.#folder, '..version-'));
    for (const [name, value] of Object.entries(values)) writeFileSync(path.join(this.#data, name), `${value}\n`);
    symlinkSync(path.basename(this.#data), this.pathOf('..data_tmp'));
    renameSync(this.pathOf('..data_tmp'), this.pathOf('..data'));
    if (before !== undefined) rmSync(before, { recursive: true });
  }
}
