import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { freePort } from '../../../examples/demo/database.js';

const ROOT = path.join(import.meta.dirname, '../../..');
const STARTS_WITHIN_MS = 30_000;
const ENDS_WITHIN_MS = 20_000;

/** What is left of a process. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One of the applications in a process of its own, as its operator would start it. */
export class AppProcess {
  readonly url: string;
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  #out = '';
  #err = '';

  private constructor(app: string, env: Readonly<Record<string, string>>, port: number) {
    this.url = `http://127.0.0.1:${String(port)}`;
    this.#child = spawn(process.execPath, ['--import', 'tsx', `examples/apps/${app}/app.ts`], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', PORT: String(port), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#out += text));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#err += text));
    this.ended = once(this.#child, 'close').then(([code, signal]: unknown[]) => ({ code, signal }) as Ended);
  }

  /** @param app - such as `express/after`. */
  static async spawn(app: string, env: Readonly<Record<string, string>>): Promise<AppProcess> {
    return new AppProcess(app, env, await freePort());
  }

  /** Starts it, and waits until it listens. */
  static async start(app: string, env: Readonly<Record<string, string>>): Promise<AppProcess> {
    const started = await AppProcess.spawn(app, env);
    const listens = started.prints('listening');
    const how = await Promise.race([listens, started.ended.then(() => 'ended'), after(STARTS_WITHIN_MS)]);
    if (how === 'printed') return started;
    started.#child.kill('SIGKILL');
    throw new Error(`${app} ${how} before it listened: ${started.output}`);
  }

  /** All that it printed. */
  get output(): string {
    return this.#out + this.#err;
  }

  /** Its log as far as it is JSON lines. */
  get log(): Record<string, unknown>[] {
    const lines = this.#out.split('\n').filter((line) => line.startsWith('{"'));
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** Resolves as soon as its standard output has `text`. */
  prints(text: string): Promise<'printed'> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.#out.includes(text)) resolve('printed');
      };
      this.#child.stdout?.on('data', look);
      look();
    });
  }

  /** Asks it to end, as an orchestrator does. */
  terminate(): void {
    this.#child.kill('SIGTERM');
  }

  /** Ends it, whatever it does. */
  async end(): Promise<Ended> {
    this.terminate();
    if ((await Promise.race([this.ended, after(ENDS_WITHIN_MS)])) === 'took too long') this.#child.kill('SIGKILL');
    return this.ended;
  }
}

function after(ms: number): Promise<'took too long'> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms, 'took too long').unref();
  });
}
