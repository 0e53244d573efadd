import type { ResponseShape } from '../../http/index.js';
import type { FetchRequest } from './shapes.js';

const CLIENT_HUNG_UP = 499;

/** The answer to a request while it is made: what the pipeline takes for a response. @internal */
export class Answer implements ResponseShape {
  statusCode = 200;
  headersSent = false;
  writableFinished = false;
  headers = new Headers();
  readonly #signal: FetchRequest['signal'];
  #listeners: (() => void)[] | undefined = [];
  #own: Response | undefined;
  #answered: ((response: Response) => void) | undefined;
  readonly #aborted = (): void => {
    this.finish(false);
    this.#answered?.(hungUp());
  };

  constructor(signal: FetchRequest['signal']) {
    this.#signal = signal;
  }

  get destroyed(): boolean {
    return this.#signal?.aborted === true;
  }

  hasHeader(name: string): boolean {
    return this.headers.has(name);
  }

  getHeader(name: string): string | undefined {
    return this.headers.get(name) ?? undefined;
  }

  setHeader(name: string, value: string): void {
    // The connection is the runtime's.
    if (name !== 'Connection') this.headers.set(name, value);
  }

  writeHead(statusCode: number): void {
    this.statusCode = statusCode;
    this.headersSent = true;
  }

  end(body?: string): void {
    this.writeHead(this.statusCode);
    this.#own = new Response(body ?? null, { status: this.statusCode, headers: this.headers });
    this.finish(true);
    this.#answered?.(this.#own);
  }

  once(_event: 'close', listener: () => void): void {
    this.#listeners?.push(listener);
  }

  /** Hears from now on of a client that hangs up. */
  heed(): void {
    if (this.destroyed) this.#aborted();
    else if (this.#listeners !== undefined) this.#signal?.addEventListener('abort', this.#aborted);
  }

  /** What the pipeline answers itself, once it does: nobody waits for the answer to a client that hung up. */
  own(): Promise<Response> {
    return new Promise((resolve) => {
      if (this.#own !== undefined) resolve(this.#own);
      else if (this.destroyed) resolve(hungUp());
      else this.#answered = resolve;
    });
  }

  /** Tells, the first time, that nothing more comes, and whether all of it did. */
  finish(complete: boolean): void {
    const listeners = this.#listeners;
    if (listeners === undefined) return;
    this.#listeners = undefined;
    this.writableFinished = complete;
    this.#signal?.removeEventListener('abort', this.#aborted);
    for (const listener of listeners) listener();
  }
}

function hungUp(): Response {
  return new Response(null, { status: CLIENT_HUNG_UP });
}
