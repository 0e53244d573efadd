const PATIENCE_MS = 10_000;

/** An answer, with its body as far as that is JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
  readonly tookMs: number;
}

let visitors = 0;

/** Somebody with an address, and a token once there is one. */
export class Visitor {
  token: string | undefined;
  readonly #url: string;
  readonly #address: string | undefined;

  /** @param address - as the proxy says it. @defaultValue one that nobody had yet */
  constructor(url: string, address = freshAddress()) {
    this.#url = url;
    this.#address = address;
  }

  async ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const startedAtMs = performance.now();
    const answer = await fetch(this.#url + path, {
      method,
      headers: {
        ...(this.#address === undefined ? {} : { 'X-Forwarded-For': this.#address }),
        ...(this.token === undefined ? {} : { Authorization: `Bearer ${this.token}` }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      body: /json/.test(answer.headers.get('content-type') ?? '') ? JSON.parse(text) : text,
      tookMs: performance.now() - startedAtMs,
    };
  }

  get(path: string): Promise<Answer> {
    return this.ask('GET', path);
  }

  post(path: string, body?: unknown): Promise<Answer> {
    return this.ask('POST', path, body);
  }
}

/** A name that nobody had yet. */
export function freshName(): string {
  return `visitor-${String(process.pid)}-${String(++visitors)}`;
}

/** Of the range for benchmarks, where nobody lives. */
export function freshAddress(): string {
  const n = ++visitors;
  return `198.18.${String(n >> 8)}.${String(n & 255)}`;
}
