import {
  certificateCheck,
  type CertificateTarget,
  type HealthCheck,
  type HealthFinding,
  httpCheck,
} from 'breakwater/health';
import { ManualClock } from 'breakwater/testing';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type Server as TcpServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { selfSigned } from '../config/certificate.js';
import { held } from '../health/setup.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const servers = new Set<TcpServer>();
const sockets = new Set<Socket>();

/** Listens on a free loopback port until the test is over. */
async function listening<S extends TcpServer>(server: S): Promise<{ readonly server: S; readonly port: number }> {
  servers.add(server);
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as { readonly port: number }).port };
}

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  servers.clear();
});

function run(check: HealthCheck, signal = new AbortController().signal): Promise<HealthFinding> {
  return Promise.resolve(check({ signal })) as Promise<HealthFinding>;
}

/** Nothing of a check is left on the server. */
async function expectHungUp(): Promise<void> {
  await expect.poll(() => sockets.size, { timeout: 5_000, interval: 10 }).toBe(0);
}

describe('certificateCheck on a real server', () => {
  const own = selfSigned({ to: '300101000000Z' });
  const EXPIRY = Date.UTC(2030, 0, 1);
  const DAY_MS = 86_400_000;

  async function setup(daysBefore = 100, shown: { cert: string; key: string } = own) {
    const { port } = await listening(createTlsServer(shown).on('tlsClientError', () => undefined));
    const clock = new ManualClock({ wallNow: EXPIRY - daysBefore * DAY_MS });
    const look = (target: Partial<CertificateTarget> = {}, options: object = { ca: own.cert }) =>
      run(certificateCheck({ host: '127.0.0.1', port, servername: 'localhost', ...target }, { clock, ...options }));
    return { port, look };
  }

  it('says how long it is valid, sends nothing and hangs up', async () => {
    const { port, look } = await setup();
    expect(await look()).toEqual({
      status: 'HEALTHY',
      details: {
        host: '127.0.0.1',
        port,
        validFrom: '2026-01-01T00:00:00.000Z',
        validTo: '2030-01-01T00:00:00.000Z',
        daysLeft: 100,
      },
    });
    await expectHungUp();
  });

  it.each([
    [20, 'DEGRADED', 'the certificate of localhost expires in 20 days, below 21 days'],
    [6.5, 'UNHEALTHY', 'the certificate of localhost expires in 6.5 days, below 7 days'],
    [-2, 'UNHEALTHY', 'the certificate of localhost expired 2 days ago'],
    [10_000, 'UNHEALTHY', 'the certificate of localhost is not valid yet'],
  ])('%d days before it expires it is %s', async (days, status, message) => {
    const { look } = await setup(days);
    expect(await look()).toMatchObject({ status, message });
  });

  it('for another name it is UNHEALTHY, also for an address', async () => {
    const { look } = await setup();
    const other = { status: 'UNHEALTHY', message: 'the certificate is not for shop.example' };
    expect(await look({ servername: 'shop.example' })).toMatchObject(other);
    expect(await look({ servername: 'shop.example' }, { allowUntrusted: true })).toMatchObject(other);
    expect(await look({ servername: undefined })).toMatchObject({ message: 'the certificate is not for 127.0.0.1' });
  });

  it('one that nobody known has signed is UNHEALTHY unless that is allowed', async () => {
    const { look } = await setup();
    expect(await look({}, {})).toMatchObject({
      status: 'UNHEALTHY',
      message: 'the certificate of localhost is not trusted: DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    expect(await look({}, { ca: [Buffer.from(selfSigned({ name: 'other' }).cert)] })).toMatchObject({
      status: 'UNHEALTHY',
    });
    expect(await look({}, { allowUntrusted: true })).toMatchObject({ status: 'HEALTHY' });
  });

  it('HLD-1 a server that never answers is given up when the signal says so', async () => {
    const { server, port } = await listening(createTcpServer());
    const controller = new AbortController();
    const asked = run(certificateCheck({ host: '127.0.0.1', port }), controller.signal);
    await once(server, 'connection');
    controller.abort();
    expect(await asked).toMatchObject({ status: 'UNHEALTHY' });
    await expectHungUp();
    expect(await run(certificateCheck({ host: '127.0.0.1', port }), controller.signal)).toMatchObject({
      status: 'UNHEALTHY',
    });
  });

  it('a server that is not there, speaks no TLS or hangs up is UNHEALTHY', async () => {
    const look = async (server: TcpServer) => {
      const { port } = await listening(server);
      return run(certificateCheck({ host: '127.0.0.1', port }));
    };
    const plain = createServer();
    expect(await look(plain)).toMatchObject({
      status: 'UNHEALTHY',
      message: expect.stringContaining('no certificate of 127.0.0.1: ') as string,
    });
    expect(await look(createTcpServer((socket) => socket.destroy()))).toMatchObject({ status: 'UNHEALTHY' });
    const { server, port } = await listening(createTcpServer());
    server.close();
    await once(server, 'close');
    servers.delete(server);
    const { status, message } = await run(certificateCheck({ host: '127.0.0.1', port }));
    expect([status, message]).toEqual(['UNHEALTHY', expect.stringContaining('ECONNREFUSED')]);
  });
});

describe('httpCheck on a real server', () => {
  async function setup(handler: (request: IncomingMessage, response: ServerResponse) => void) {
    const asked: { readonly url: string; readonly method: string; readonly authorization: string | undefined }[] = [];
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      const { url = '', method = '', headers } = request;
      asked.push({ url, method, authorization: headers.authorization });
      handler(request, response);
    };
    const { server, port } = await listening<Server>(createServer(answer));
    return { server, asked, url: `http://127.0.0.1:${String(port)}/health` };
  }

  it.each([
    [200, 'HEALTHY'],
    [503, 'UNHEALTHY'],
  ])('%d is %s', async (code, status) => {
    const { url, asked } = await setup((_, response) => response.writeHead(code).end('some text'));
    expect(await run(httpCheck(url))).toMatchObject({ status, details: { status: code } });
    expect(await run(httpCheck(url, { method: 'HEAD' }))).toMatchObject({ status });
    expect(asked.map(({ method }) => method)).toEqual(['GET', 'HEAD']);
  });

  it('goes to no other place, whatever the answer says', async () => {
    const elsewhere = await setup((_, response) => response.end());
    const { url } = await setup((_, response) => response.writeHead(302, { location: elsewhere.url }).end());
    const { status, message } = await run(httpCheck(url));
    expect([status, message]).toEqual(['UNHEALTHY', expect.stringContaining('302, a redirect, which is not followed')]);
    expect(elsewhere.asked).toEqual([]);
  });

  it('HLD-20 sends the credentials of the URL as a header, and shows none of it', async () => {
    const { url, asked } = await setup((_, response) => response.writeHead(401).end());
    const finding = await run(httpCheck(`${url.replace('//', '//probe:pa55w0rd@')}?key=hush`));
    const authorization = `Basic ${Buffer.from('probe:pa55w0rd').toString('base64')}`;
    expect(asked).toEqual([{ url: '/health?key=hush', method: 'GET', authorization }]);
    expect(JSON.stringify(finding)).not.toMatch(/pa55w0rd|hush|health/);
  });

  it('lets an endless body go', async () => {
    const closed = held<string>();
    const { url } = await setup((_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'.repeat(10_000)), 5);
      response.on('close', () => {
        clearInterval(timer);
        closed.resolve('closed');
      });
    });
    expect(await run(httpCheck(url))).toMatchObject({ status: 'HEALTHY' });
    expect(await closed.promise).toBe('closed');
  });

  it('HLD-1 a server that never answers is given up when the signal says so', async () => {
    const controller = new AbortController();
    const closed = held<string>();
    const { url } = await setup((_, response) => {
      response.on('close', () => {
        closed.resolve('closed');
      });
      controller.abort();
    });
    expect(await run(httpCheck(url), controller.signal)).toMatchObject({ status: 'UNHEALTHY' });
    expect(await closed.promise).toBe('closed');
  });

  it('a server that is not there is UNHEALTHY', async () => {
    const { url, server } = await setup(() => undefined);
    await new Promise((resolve) => server.close(resolve));
    servers.delete(server);
    const { status, message } = await run(httpCheck(url));
    expect([status, message]).toEqual(['UNHEALTHY', expect.stringContaining('did not answer: connect ECONNREFUSED')]);
  });
});

describe('a process of its own', () => {
  async function program(code: string): Promise<{ code: unknown; out: string; err: string }> {
    const args = ['--import', 'tsx', '--input-type=module', '--eval', code];
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stdout.on('data', (text: Buffer) => (out += text.toString()));
    child.stderr.on('data', (text: Buffer) => (err += text.toString()));
    const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
    const [exit] = (await once(child, 'close')) as [unknown];
    clearTimeout(timer);
    return { code: exit, out, err };
  }

  it('HLD-29 3 s idle and then 1.4 s of work are more than 0.9 of the last window, and are forgotten again', async () => {
    const { code, out, err } = await program(`
      import { eventLoopCheck } from './src/health/index.ts';
      const check = eventLoopCheck();
      const ask = () => check({ signal: new AbortController().signal });
      const rest = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
      await rest(3_000);
      const startMs = performance.now();
      while (performance.now() - startMs < 1_400);
      const busy = await ask();
      await rest(1_500);
      console.log(JSON.stringify([busy, await ask()]));
    `);
    expect([code, err]).toEqual([0, '']);
    const [busy, rested] = JSON.parse(out) as { status: string; details: { utilization: number; delayMs: number } }[];
    expect(busy?.status).toBe('DEGRADED');
    expect(busy?.details.utilization).toBeGreaterThan(0.9);
    expect(busy?.details.delayMs).toBeGreaterThan(1_200);
    expect(rested).toMatchObject({ status: 'HEALTHY' });
    expect(rested?.details.utilization).toBeLessThan(0.5);
  });

  it('HLD-34 ends by itself, whatever checks it has made and run', async () => {
    const { code, out, err } = await program(`
      import { certificateCheck, diskCheck, eventLoopCheck, HealthCheckService, httpCheck, memoryCheck, poolCheck } from './src/health/index.ts';
      import { createServer } from 'node:http';
      const server = createServer((_, response) => response.end('fine')).listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      const { port } = server.address();
      const health = new HealthCheckService();
      health.register('loop', eventLoopCheck());
      health.register('memory', memoryCheck());
      health.register('disk', diskCheck('/'));
      health.register('pool', poolCheck(() => ({ active: 1, max: 2 })));
      health.register('http', httpCheck('http://127.0.0.1:' + port));
      health.register('certificate', certificateCheck({ host: '127.0.0.1', port }));
      const { components } = await health.check();
      server.close();
      console.log(components.map(({ name, status }) => name + ' ' + status).join('\\n'));
    `);
    expect([code, err]).toEqual([0, '']);
    expect(
      out
        .replace(/^disk \w+$/m, 'disk')
        .trim()
        .split('\n'),
    ).toEqual(['loop HEALTHY', 'memory HEALTHY', 'disk', 'pool HEALTHY', 'http HEALTHY', 'certificate UNHEALTHY']);
  });
});
