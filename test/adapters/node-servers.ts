import * as http from 'node:http';
import * as http2 from 'node:http2';
import * as https from 'node:https';
import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { selfSigned } from '../config/certificate.js';

/** An answer, as every protocol has it. */
export interface Answer {
  readonly status: number;
  /** What goes with the status; nothing over HTTP/2. */
  readonly words: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
  /** Whether it broke off. */
  readonly broken: boolean;
}

export type Listener = (request: http.IncomingMessage, response: http.ServerResponse) => void;

/** A server of one of Node's protocols, and how to ask it. */
export interface Protocol {
  readonly name: string;
  start(listener: Listener): Promise<{
    readonly port: number;
    readonly server: Server;
    ask(path: string, init?: { readonly method?: string; readonly body?: string }): Promise<Answer>;
    close(): Promise<void>;
  }>;
}

async function textOf(stream: AsyncIterable<unknown>): Promise<{ body: string; broken: boolean }> {
  let body = '';
  try {
    for await (const chunk of stream) body += String(chunk);
    return { body, broken: false };
  } catch {
    return { body, broken: true };
  }
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function http1(name: string, make: (listener: Listener) => http.Server, client: typeof http | typeof https): Protocol {
  return {
    name,
    async start(listener) {
      const server = make(listener);
      const port = await listening(server);
      return {
        port,
        server,
        async ask(path, { method = 'GET', body } = {}) {
          const options = { host: '127.0.0.1', port, path, method, agent: false, rejectUnauthorized: false };
          const asked = client.request(options);
          asked.end(body);
          const [answer] = (await once(asked, 'response')) as [http.IncomingMessage];
          return {
            status: answer.statusCode ?? 0,
            words: answer.statusMessage ?? '',
            headers: answer.headers,
            ...(await textOf(answer)),
          };
        },
        async close() {
          server.closeAllConnections();
          server.close();
          await once(server, 'close');
        },
      };
    },
  };
}

const overHttp2: Protocol = {
  name: 'http2',
  async start(listener) {
    const server = http2.createServer(listener as never);
    const port = await listening(server);
    const session = http2.connect(`http://127.0.0.1:${String(port)}`);
    return {
      port,
      server,
      async ask(path, { method = 'GET', body } = {}) {
        const stream = session.request({ ':path': path, ':method': method });
        stream.end(body);
        const [headers] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders];
        return { status: Number(headers[':status']), words: '', headers, ...(await textOf(stream)) };
      },
      async close() {
        session.close();
        server.close();
        await once(server, 'close');
      },
    };
  },
};

export const PROTOCOLS: readonly Protocol[] = [
  http1('http', (listener) => http.createServer(listener), http),
  http1('https', (listener) => https.createServer({ ...keys() }, listener), https),
  overHttp2,
];

function keys(): { key: string; cert: string } {
  const { key, cert } = selfSigned();
  return { key, cert };
}
