import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GateDatabase } from './database.js';

const COMMAND = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
const CONFIG = fileURLToPath(new URL('./breakwater.config.ts', import.meta.url));
const PATIENCE_MS = 30_000;
/** Longest that the gate waits for the one who never answers. */
export const TIMEOUT_MS = 500;

/** While this file is in the folder of the build, the one whom its last check asks does not answer. */
export const HANG = 'payments-hang';

/** One run of the gate. */
export interface Gated {
  readonly exitCode: number | null;
  /** What `breakwater check` printed. */
  readonly report: string;
  /** The same, and what it wrote to standard error. */
  readonly text: string;
  /** How long all checks took, as the checker says. */
  readonly checkedMs: number;
}

/** The folder of a build, and the environment that it is to run in. */
export class Build {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(parent: string, migrations: readonly string[]): Promise<Build> {
    const build = new Build(await mkdtemp(path.join(parent, 'build-')));
    await mkdir(path.join(build.folder, 'migrations'));
    for (const name of migrations)
      await writeFile(path.join(build.folder, 'migrations', name), 'exports.up = () => undefined;\n');
    return build;
  }

  write(name: string, text: string): Promise<void> {
    return writeFile(path.join(this.folder, name), text, { mode: 0o600 });
  }

  delete(name: string): Promise<void> {
    return rm(path.join(this.folder, name));
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }

  /** Runs `breakwater check` in a process of its own, with this environment and nothing else in it. */
  async gate(env: Readonly<Record<string, string>>): Promise<Gated> {
    const words = ['check', '--config', CONFIG];
    const child = spawn(process.execPath, [...process.execArgv, COMMAND, ...words], {
      env: {
        TMPDIR: process.env['TMPDIR'],
        NODE_ENV: 'production',
        BUILD_FOLDER: this.folder,
        PAYMENTS_TIMEOUT_MS: String(TIMEOUT_MS),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: PATIENCE_MS,
    });
    let [report, problems] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (report += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (problems += text));
    const [exitCode] = (await once(child, 'close')) as [number | null];
    const checkedMs = Number(/^checked in ([\d.]+) ms$/m.exec(problems)?.[1]);
    return { exitCode, report, text: report + problems, checkedMs };
  }
}

/** Runs the gate, and says whether the database is what it was before. */
export async function gateUnchanged(
  build: Build,
  database: GateDatabase,
  env: Readonly<Record<string, string>>,
): Promise<Gated & { readonly unchanged: boolean; readonly rows: number }> {
  const before = await database.everything();
  const gated = await build.gate(env);
  const after = await database.everything();
  return { ...gated, unchanged: before.digest === after.digest, rows: after.rows };
}
