import type { Agent, ClientRequest, IncomingMessage, request as SendRequest } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../core/clock.js';
import { within } from '../../internal/within.js';
import type { Answer, Answered, Stage } from './answer.js';
import type { TrustedCertificates } from './options.js';
import type { Target } from './target.js';

/** More of a body is not read: a health route answers with less than a hundredth of that. */
const MOST_BODY_BYTES = 65_536;

/** One request. @internal */
export interface Asked {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How long a request may take, and what ends it earlier. @internal */
export interface Limit {
  readonly clock: Clock;
  /** Reads the time; never goes back. */
  readonly now: () => number;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** @internal */
export interface ConnectionOptions {
  readonly ca?: TrustedCertificates | undefined;
  /** Whether requests go one after the other over one connection; otherwise each has its own. */
  readonly keepAlive?: boolean;
  /** Whether every certificate will do: only where nothing secret is sent, and nothing but a status is believed. */
  readonly insecure?: boolean;
}

/**
 * Sends requests over connections of its own: nothing of them is left when it is closed, and no proxy of the environment comes
 * between. No redirect is followed.
 * @internal
 */
export class Connections {
  readonly #target: Target;
  readonly #agent: Agent;
  readonly #request: typeof SendRequest;

  private constructor(target: Target, agent: Agent, request: typeof SendRequest) {
    this.#target = target;
    this.#agent = agent;
    this.#request = request;
  }

  /** Opens nothing yet. */
  static async to(
    target: Target,
    { ca, keepAlive = false, insecure = false }: ConnectionOptions = {},
  ): Promise<Connections> {
    const pool = keepAlive ? { keepAlive, maxSockets: 1 } : {};
    if (!target.isSecure) {
      const { Agent: HttpAgent, request } = await import('node:http');
      return new Connections(target, new HttpAgent(pool), request);
    }
    const { Agent: HttpsAgent, request } = await import('node:https');
    const trusted = ca === undefined ? {} : { ca: [ca].flat() as (string | Buffer)[] };
    // Named, since the environment can turn it off for everybody else.
    return new Connections(target, new HttpsAgent({ ...pool, ...trusted, rejectUnauthorized: !insecure }), request);
  }

  /** Never rejects. */
  async ask(asked: Asked, { clock, now, timeoutMs, signal }: Limit): Promise<Answer> {
    const startedAtMs = now();
    const progress: { stage: Stage } = { stage: 'connecting' };
    const outcome = await within(
      clock,
      timeoutMs,
      () => new Error('took too long'),
      (abort) => this.#send(asked, progress, abort),
      signal === undefined ? undefined : { signal, graceMs: 0 },
    );
    const tookMs = now() - startedAtMs;
    if (outcome.status === 'done') return { ...outcome.value, tookMs };
    const { stage } = progress;
    if (signal?.aborted === true) return { kind: 'failed', code: 'ABORTED', stage, tookMs };
    if (outcome.status === 'timed out') return { kind: 'timed out', stage, tookMs };
    return { kind: 'failed', code: codeOf(outcome.error), stage, tookMs };
  }

  /** Ends all that is left. */
  close(): void {
    this.#agent.destroy();
  }

  #send(
    { method, path, headers }: Asked,
    progress: { stage: Stage },
    signal: AbortSignal,
  ): Promise<Omit<Answered, 'tookMs'>> {
    const { host, port, isSecure } = this.#target;
    return new Promise((resolve, reject) => {
      const request = this.#request({
        host,
        ...(port === '' ? {} : { port }),
        method,
        path,
        headers: { Accept: '*/*', 'User-Agent': 'breakwater', ...headers },
        agent: this.#agent,
        signal,
      });
      const stray = method === 'HEAD' ? strayBody(request) : () => false;
      const heard: { response?: IncomingMessage } = {};
      const fail = (error: Error): void => {
        // Such a body is taken for the beginning of another answer, which it is not.
        if (heard.response !== undefined && stray())
          resolve(answered(request, heard.response, '', { hasStrayBody: true }));
        else reject(error);
      };
      request.on('socket', (socket) => {
        const connected = (): void => {
          progress.stage = 'waiting';
        };
        if (socket.connecting) socket.once(isSecure ? 'secureConnect' : 'connect', connected);
        else connected();
      });
      request.on('error', fail);
      // Also the end of an answer that switches protocols, which nobody asked for.
      request.on('close', () => {
        if (heard.response === undefined) fail(new Error('closed'));
      });
      request.on('response', (response) => {
        progress.stage = 'reading';
        heard.response = response;
        response.on('error', fail);
        readBody(response, (body, isCut) => {
          resolve(answered(request, response, body, { isCut, hasStrayBody: stray() }));
          if (isCut) request.destroy();
        });
      });
      request.end();
    });
  }
}

function answered(
  request: ClientRequest,
  { statusCode = 0, headers }: IncomingMessage,
  body: string,
  { isCut = false, hasStrayBody }: { readonly isCut?: boolean; readonly hasStrayBody: boolean },
): Omit<Answered, 'tookMs'> {
  return { kind: 'answered', status: statusCode, headers, body, isCut, hasStrayBody, isReused: request.reusedSocket };
}

/** Reads to the end, or as much as is read of a body. */
function readBody(response: IncomingMessage, done: (body: string, isCut: boolean) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const text = (): string => Buffer.concat(chunks).subarray(0, MOST_BODY_BYTES).toString('utf8');
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MOST_BODY_BYTES) done(text(), true);
  });
  response.on('end', () => {
    done(text(), false);
  });
}

/** Whether bytes follow the head of an answer: what parses answers takes no notice of them. */
function strayBody(request: ClientRequest): () => boolean {
  const chunks: Buffer[] = [];
  request.on('socket', (socket: Socket) => {
    const note = (chunk: Buffer): void => {
      if (chunks.length < 64) chunks.push(chunk);
    };
    // Before the parser, which breaks the connection over such a body.
    socket.prependListener('data', note);
    request.once('close', () => socket.off('data', note));
  });
  return () => {
    let text = Buffer.concat(chunks).toString('latin1');
    // Answers before the answer, such as 103.
    while (/^HTTP\/1\.\d 1\d\d /.test(text) && text.includes('\r\n\r\n'))
      text = text.slice(text.indexOf('\r\n\r\n') + 4);
    const end = text.indexOf('\r\n\r\n');
    return end !== -1 && text.length > end + 4;
  };
}

/** The code alone: a message may quote what was sent. */
function codeOf(error: unknown): string {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[A-Z][A-Z\d_]{1,60}$/.test(code) ? code : 'NO_ANSWER';
}
