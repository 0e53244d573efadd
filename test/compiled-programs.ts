import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

/** What a compiler said, and how each program ran. */
export interface Compiled {
  readonly compiled: string;
  readonly ran: readonly SpawnSyncReturns<string>[];
}

/** Compiles programs that the test runner itself does not translate, such as those with decorators, and runs them. */
export class CompiledPrograms {
  readonly #cache: string;
  readonly #made: string[] = [];

  constructor(name: string) {
    this.#cache = join(ROOT, '.cache', name);
  }

  run(compilerOptions: object, ...programs: string[]): Compiled {
    mkdirSync(this.#cache, { recursive: true });
    const dir = mkdtempSync(join(this.#cache, 'x-'));
    this.#made.push(dir);
    writeFileSync(join(dir, 'package.json'), '{ "type": "module" }');
    programs.forEach((program, i) => {
      writeFileSync(join(dir, `program-${String(i)}.ts`), program);
    });
    const emit = { noEmit: false, outDir: 'out', rootDir: '../../..', noUnusedLocals: false };
    writeFileSync(
      join(dir, 'tsconfig.json'),
      JSON.stringify({
        extends: '../../../tsconfig.json',
        compilerOptions: { ...emit, ...compilerOptions },
        include: ['*.ts'],
      }),
    );
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', dir, '--pretty', 'false'], { encoding: 'utf8' });
    const ran = programs.map((_, i) =>
      spawnSync(process.execPath, [join(dir, 'out', relative(ROOT, dir), `program-${String(i)}.js`)], {
        cwd: ROOT,
        encoding: 'utf8',
      }),
    );
    return { compiled: stdout, ran };
  }

  /** Removes what was compiled here; another run may be compiling beside it. */
  clean(): void {
    for (const dir of this.#made.splice(0)) rmSync(dir, { recursive: true, force: true });
  }
}
