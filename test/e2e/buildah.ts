import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Whether images can be built on this machine. With `CI=true` it is an error that they cannot. */
export function hasBuildah(): boolean {
  const isRoot = process.getuid?.() === 0;
  if (isRoot && spawnSync('buildah', ['--version']).status === 0) return true;
  const text = isRoot
    ? 'no buildah on this machine; bash scripts/services.sh installs it'
    : 'building an image needs root';
  if (process.env['CI'] === 'true') throw new Error(text);
  process.stderr.write(`skipped: ${text}\n`);
  return false;
}

/** A place for images of one test. */
export class Images {
  readonly dir = mkdtempSync(join(tmpdir(), 'breakwater-images-'));

  /** Runs buildah; what it said, and how it ended. */
  buildah(...args: readonly string[]): { readonly status: number | null; readonly said: string } {
    const store = ['--root', join(this.dir, 'root'), '--runroot', join(this.dir, 'run'), '--storage-driver', 'vfs'];
    const { status, stdout, stderr } = spawnSync('buildah', [...store, ...args], { encoding: 'utf8', timeout: 90_000 });
    return { status, said: status === 0 ? stdout.trim() : `${stdout}${stderr}` };
  }

  /** An image of this machine's own Node with npm and a shell, under a name: nothing is fetched. `more` is put into it. */
  base(name: string, more: Readonly<Record<string, string>>): void {
    const tree = join(this.dir, 'tree');
    const node = process.execPath;
    for (const folder of ['tmp', 'etc', 'usr/bin', 'bin', 'root', 'proc', 'dev', 'sys'])
      mkdirSync(join(tree, folder), { recursive: true });
    chmodSync(join(tree, 'tmp'), 0o1777);
    writeFileSync(join(tree, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/tmp:/bin/sh\n');
    const npm = realpathSync(join(dirname(node), 'npm'));
    for (const [program, place] of [
      [node, 'usr/bin/node'],
      ['/bin/sh', 'bin/sh'],
      ['/usr/bin/env', 'usr/bin/env'],
    ] as const) {
      cpSync(realpathSync(program), join(tree, place));
      const { stdout } = spawnSync('ldd', [realpathSync(program)], { encoding: 'utf8' });
      for (const [library] of stdout.matchAll(/\/\S+/g)) {
        if (!existsSync(library) || existsSync(join(tree, library))) continue;
        mkdirSync(join(tree, dirname(library)), { recursive: true });
        cpSync(realpathSync(library), join(tree, library));
      }
    }
    cpSync(join(dirname(npm), '..'), join(tree, 'usr/lib/node_modules/npm'), {
      recursive: true,
      verbatimSymlinks: true,
    });
    symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(tree, 'usr/bin/npm'));
    for (const [place, folder] of Object.entries(more)) cpSync(folder, join(tree, place), { recursive: true });
    writeFileSync(join(this.dir, 'Base'), 'FROM scratch\nCOPY tree /\nENV PATH=/usr/bin:/bin\n');
    const built = this.buildah('bud', '--quiet', '-f', join(this.dir, 'Base'), '-t', name, this.dir);
    if (built.status !== 0) throw new Error(built.said);
  }

  clean(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
