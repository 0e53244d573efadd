import { Agent, request } from 'node:http';

/** One answer, with the time that it took on the wire and back. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  readonly ms: number;
  /** Whether the connection had carried a request before. */
  readonly reused: boolean;
}

type Fields = Readonly<Record<string, string>>;

/**
 * A visitor of the service: an address of its own and kept-alive connections. All visitors sit on this machine, so the
 * address travels in `X-Forwarded-For`, as a load balancer in front of the service would send it.
 */
export class Client {
  readonly address: string;
  readonly #base: string;
  readonly #forwarded: Fields;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 32 });

  /** @param address - none for somebody inside, who does not come through the load balancer. */
  constructor(base: string, address: string | undefined) {
    this.#base = base;
    this.address = address ?? '127.0.0.1';
    this.#forwarded = address === undefined ? {} : { 'X-Forwarded-For': address };
  }

  get(path: string, headers: Fields = {}): Promise<Answer> {
    return this.#send('GET', path, headers, undefined);
  }

  post(path: string, headers: Fields, body: string): Promise<Answer> {
    return this.#send('POST', path, headers, body);
  }

  #send(method: string, path: string, headers: Fields, content: string | undefined): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const startedMs = performance.now();
      const options = { method, agent: this.#agent, headers: { ...this.#forwarded, ...headers }, timeout: 10_000 };
      const req = request(new URL(path, this.#base), options, (res) => {
        let body = '';
        res.setEncoding('utf8');
        res.on('data', (text: string) => (body += text));
        res.once('error', reject);
        res.once('end', () => {
          const { statusCode: status = 0, headers: received } = res;
          resolve({ status, headers: received, body, ms: performance.now() - startedMs, reused: req.reusedSocket });
        });
      });
      req.once('timeout', () => req.destroy(new Error(`no answer to ${method} ${path} within 10 s`)));
      req.once('error', reject);
      req.end(content);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** How the answers' times are spread. */
export interface Spread {
  readonly median: number;
  readonly p95: number;
  readonly max: number;
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (ratio: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * ratio))] ?? NaN;
  return { median: at(0.5), p95: at(0.95), max: at(1) };
}

/** `0.42 ms`; whole milliseconds from 100 on. */
export function ms(value: number): string {
  return `${value.toFixed(value < 100 ? 2 : 0)} ms`;
}

/** `200 x 503, 3 x 200`: how often which status was answered. */
export function statuses(answers: readonly Answer[]): string {
  const counts = new Map<number, number>();
  for (const { status } of answers) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].map(([status, count]) => `${String(count)} x ${String(status)}`).join(', ');
}

/**
 * The value of `Server-Timing: db;dur=…`: what the service itself measured around its call to the database, without
 * the framework, the wire and this client.
 */
export function databaseMs(answer: Answer): number {
  const header = answer.headers['server-timing'];
  return Number(/(?:^|,\s*)db;dur=([\d.]+)/.exec(String(header))?.[1] ?? NaN);
}
