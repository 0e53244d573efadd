import type { ConnectionShape, Exchange, Hardening, PipelineStep, ResponseShape } from 'breakwater/http';
import { EventEmitter } from 'node:events';

/** A response as the pipeline sees it, without a socket. */
export class FakeResponse extends EventEmitter implements ResponseShape {
  statusCode = 200;
  headersSent = false;
  writableFinished = false;
  destroyed = false;
  body: string | undefined;
  readonly sent = new Map<string, string>();

  hasHeader(name: string): boolean {
    return this.sent.has(name.toLowerCase());
  }

  setHeader(name: string, value: string): void {
    if (this.headersSent) throw new Error('Cannot set headers after they are sent');
    this.sent.set(name.toLowerCase(), value);
  }

  getHeader(name: string): string | undefined {
    return this.sent.get(name.toLowerCase());
  }

  writeHead(statusCode: number): void {
    this.statusCode = statusCode;
    this.headersSent = true;
  }

  end(body?: string): void {
    if (!this.headersSent) this.writeHead(this.statusCode);
    this.body = body;
    this.writableFinished = true;
    this.emit('close');
  }

  get json(): unknown {
    return JSON.parse(this.body ?? 'null') as unknown;
  }
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly address?: string | undefined;
  readonly socket?: ConnectionShape;
  readonly response?: FakeResponse;
  readonly steps?: readonly PipelineStep[];
  /** What else the adapter says. */
  readonly more?: Partial<Exchange>;
}

/** A request as an adapter hands it over. */
export function exchangeOf(url: string, asked: Asked, response: FakeResponse): Exchange {
  const { method = 'GET', headers = {}, socket, more } = asked;
  const address = 'address' in asked ? asked.address : '203.0.113.5';
  return {
    method,
    url,
    headers,
    socketAddress: address,
    socket,
    frameworkAddress: () => address,
    frameworkTrustsProxy: false,
    response,
    native: {},
    ...more,
  };
}

/** Sends a request through a pipeline and waits for what it has to say at once. */
export async function ask(
  hardening: Hardening,
  url: string,
  asked: Asked = {},
): Promise<FakeResponse & { answered: boolean | Promise<boolean> }> {
  const { response = new FakeResponse(), steps } = asked;
  const answered = hardening.handle(exchangeOf(url, asked, response), steps);
  await new Promise((resolve) => setImmediate(resolve));
  return Object.assign(response, { answered });
}
