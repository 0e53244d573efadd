import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type LogLine, read } from './log-book.js';
import { watch } from './stage.js';

const PATIENCE_MS = 20_000;
const LONGEST_LIFE_MS = 120_000;

/** A replica of the service, as whoever started it sees it. */
export interface Replica {
  readonly url: string;
  /** All that it has written so far. */
  readonly text: () => string;
  /** The lines of its log, read. */
  readonly lines: () => readonly LogLine[];
  /** Resolves with the line of this message; rejects when it is not written in time. */
  readonly says: (message: string) => Promise<LogLine>;
  /** Tells it to leave, as an orchestrator does. */
  readonly terminate: () => void;
  /** Its exit code; `null` when a signal ended it. */
  readonly ended: Promise<number | null>;
}

/** Processes that the scene started: none of them outlives it, or the demo. */
export class Replicas {
  readonly #program: string;
  readonly #children = new Map<ChildProcess, Promise<unknown>>();
  readonly #kill = (): void => {
    for (const child of this.#children.keys()) child.kill('SIGKILL');
  };

  /** @param program - the file that each of them runs. */
  constructor(program: URL) {
    this.#program = fileURLToPath(program);
    // Also on Ctrl-C, when no scene is waited for. After a kill -9 of the demo their input ends, and they with it.
    process.on('exit', this.#kill);
  }

  /** Starts one with these variables and nothing of our environment, and waits until it listens. */
  async start(variables: Readonly<Record<string, string>>): Promise<Replica> {
    const child = spawn(process.execPath, [...process.execArgv, this.#program], {
      env: { TMPDIR: process.env['TMPDIR'], ...variables },
      timeout: LONGEST_LIFE_MS,
      killSignal: 'SIGKILL',
    });
    let text = '';
    let isOver = false;
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (more: string) => (text += more));
    const ended = new Promise<number | null>((resolve) => {
      const end = (code: number | null): void => {
        isOver = true;
        this.#children.delete(child);
        resolve(code);
      };
      child.once('close', end).once('error', ({ message }) => {
        text += message;
        end(null);
      });
    });
    this.#children.set(child, ended);
    // The last line may not be complete yet.
    const lines = (): readonly LogLine[] =>
      text
        .slice(0, text.lastIndexOf('\n') + 1)
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map(read);
    const find = (message: string): LogLine | undefined => lines().find(({ msg }) => msg === message);
    const says = async (message: string): Promise<LogLine> => {
      const look = () => Promise.resolve({ line: find(message), isOver });
      const { seen } = await watch(look, ({ line, isOver: over }) => line !== undefined || over, PATIENCE_MS);
      if (seen.line === undefined) throw new Error(`a replica did not say "${message}"; it said: ${text}`);
      return seen.line;
    };
    const { port } = await says('listening');
    return {
      url: `http://127.0.0.1:${String(port)}`,
      text: () => text,
      lines,
      says,
      terminate: () => void child.kill('SIGTERM'),
      ended,
    };
  }

  /** Ends those that are left. */
  async end(): Promise<void> {
    this.#kill();
    await Promise.all(this.#children.values());
    process.removeListener('exit', this.#kill);
  }
}
