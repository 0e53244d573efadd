import { isBreakwaterError } from 'breakwater/core';
import { HealthCheckService, LivenessServer, type LivenessServerOptions } from 'breakwater/health';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import type { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** One request on a connection of its own, as a kubelet makes it. */
function ask(port: number, { method = 'GET', path = '/health/live' } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request({ port, host: '127.0.0.1', path, method, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      });
    })
      .on('error', reject)
      .end();
  });
}

const servers: LivenessServer[] = [];
const made = (options: Partial<LivenessServerOptions> = {}): LivenessServer => {
  const server = new LivenessServer({ port: 0, host: '127.0.0.1', ...options });
  servers.push(server);
  return server;
};
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

/** The thread that the next start makes. */
function nextWorker(): Promise<Worker> {
  return new Promise((resolve) => void process.once('worker', resolve));
}

function heard(server: LivenessServer, type: 'down' | 'up'): Promise<unknown> {
  return new Promise((resolve) => {
    const stop = server.on(type, (event) => {
      stop();
      resolve(event);
    });
  });
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port, '127.0.0.1');
  try {
    await once(probe, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    probe.close();
  }
}

describe('what is answered', () => {
  it('HLD-16 HLD-33 200 on its path whatever the service is doing, with or without a query, and never stored', async () => {
    const server = made();
    const { port } = await server.start();
    const health = new HealthCheckService();
    health.register('database', () => false, { critical: true });
    health.gate('lifecycle', () => ({ status: 'UNHEALTHY', message: 'draining' }));
    expect((await health.readiness()).status).toBe('UNHEALTHY');
    for (const path of ['/health/live', '/health/live?verbose', '/health/live?a=b?c']) {
      const { status, headers, body } = await ask(port, { path });
      expect(status).toBe(200);
      expect(JSON.parse(body)).toEqual({ status: 'HEALTHY', heartbeatAgeMs: expect.any(Number) as number });
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'content-type': 'application/json; charset=utf-8',
        connection: 'close',
      });
    }
    const head = await ask(port, { method: 'HEAD' });
    expect([head.status, head.body, Number(head.headers['content-length']) > 0]).toEqual([200, '', true]);
    expect(server.snapshot().probes).toEqual({ alive: 4, stalled: 0 });
  });

  it('404 elsewhere and 405 for other methods, none of which is a probe', async () => {
    const server = made({ path: '/live' });
    const { port } = await server.start();
    for (const path of ['/', '/health/live', '/live/', '/liveness', '//live', '/%6cive']) {
      expect((await ask(port, { path })).status).toBe(404);
    }
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE']) {
      const { status, headers } = await ask(port, { path: '/live', method });
      expect([status, headers['allow']]).toEqual([405, 'GET, HEAD']);
    }
    expect(server.snapshot().probes.alive).toBe(0);
  });
});

describe('who is not honest', () => {
  const say = async (port: number, text: string | Buffer): Promise<string> => {
    const socket = connect(port, '127.0.0.1');
    let said = '';
    socket.on('data', (chunk) => (said += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    socket.write(text);
    await new Promise((resolve) => socket.on('close', resolve));
    return said;
  };

  it('garbage, half requests and more headers than fit end that connection and nothing else', async () => {
    const server = made();
    const { port } = await server.start();
    const noise = Buffer.from(Array.from({ length: 4_096 }, (_, i) => (i * 7_919) % 256));
    const cases: (string | Buffer)[] = [
      noise,
      '\r\n\r\n\0\0\0',
      'GET\r\n\r\n',
      `GET /health/live HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`,
      'GET /health/live HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n',
      'CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n',
      '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    ];
    for (const text of cases) expect(await say(port, text)).not.toContain(' 200 ');
    for (let i = 0; i < 50; i++)
      connect(port, '127.0.0.1', function (this: Socket) {
        this.on('error', () => undefined);
        this.write('GET /health/live HT');
        this.resetAndDestroy();
      }).on('error', () => undefined);
    expect((await ask(port)).status).toBe(200);
    expect(server.snapshot()).toMatchObject({ state: 'UP', restarts: 0 });
  });

  it('those who send slowly are cut off, and however many there are a probe still gets through', async () => {
    const server = made();
    const { port } = await server.start();
    const closedAtMs: number[] = [];
    const closings = Array.from({ length: 500 }, async (_, i) => {
      const socket = connect(port, '127.0.0.1').resume();
      socket.on('error', () => undefined);
      socket.on('connect', () => socket.write(i % 2 === 0 ? 'GET /health/live HTTP/1.1\r\nHost: x\r\nX' : '\r'));
      // A reset is an end as well.
      await new Promise((resolve) => socket.on('close', resolve));
      closedAtMs.push(performance.now());
    });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const beforeMs = performance.now();
    // The oldest went to make room, at once; the others have their three seconds.
    expect(closedAtMs.length).toBeGreaterThanOrEqual(300);
    expect(closedAtMs.length).toBeLessThan(500);
    expect((await ask(port)).status).toBe(200);
    expect(performance.now() - beforeMs).toBeLessThan(1_000);
    await Promise.all(closings);
    expect(performance.now() - beforeMs).toBeLessThan(8_000);
    expect((await ask(port)).status).toBe(200);
  });
});

describe('its life', () => {
  it('starting twice is one start, and after a stop it starts anew on the same port at once', async () => {
    const first = made();
    const starting = first.start();
    expect(first.start()).toBe(starting);
    expect(first.snapshot().state).toBe('STARTING');
    const { port } = await starting;
    expect(await first.start()).toEqual({ port });
    expect(first.health()).toEqual({ status: 'HEALTHY' });
    // A port that was just had: no client of the machine is given it soon again.
    await first.stop();
    const fixed = made({ port });
    for (let i = 0; i < 5; i++) {
      await fixed.start();
      void fixed.stop();
    }
    expect(await fixed.start()).toEqual({ port });
    await fixed.stop();
    expect(fixed.snapshot()).toMatchObject({ state: 'STOPPED', restarts: 0 });
    expect(await isFree(port)).toBe(true);
  });

  it('stopped while it starts, it tells who waits, and leaves nothing', async () => {
    const server = made();
    const starting = server.start();
    const failed = starting.catch((error: unknown) => error);
    const worker = nextWorker();
    await server.stop();
    expect(await failed).toMatchObject({ code: 'BREAKWATER_LIVENESS_START', reason: 'stopped' });
    expect(server.snapshot().state).toBe('STOPPED');
    const { port } = await server.start();
    expect((await worker).threadId).not.toBe(-1);
    expect((await ask(port)).status).toBe(200);
  });

  it('a port in use is said at once, with its code, and it may be tried again', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const server = made({ port });
    const error: unknown = await server.start().catch((reason: unknown) => reason);
    expect(isBreakwaterError(error, 'BREAKWATER_LIVENESS_START')).toBe(true);
    expect(error).toMatchObject({ port, reason: 'EADDRINUSE', message: expect.stringContaining('in use') as string });
    expect(server.snapshot().state).toBe('STOPPED');
    taken.close();
    await once(taken, 'close');
    expect(await server.start()).toEqual({ port });
  });

  it('a thread that dies is told and started anew on the same port, again and again until that succeeds', async () => {
    const server = made();
    const told: string[] = [];
    server.subscribe(({ type, level }) => told.push(`${type} ${level}`));
    let worker = nextWorker();
    const { port } = await server.start();
    const down = heard(server, 'down');
    await (await worker).terminate();
    expect(await down).toMatchObject({ server: 'default', restartInMs: 100 });
    expect(server.health()).toMatchObject({ status: 'DEGRADED', message: 'it is DOWN: it ended with code 1' });
    expect([...server.metrics()].find(({ name }) => name === 'breakwater_liveness_down')?.value).toBe(1);
    worker = nextWorker();
    expect(await heard(server, 'up')).toMatchObject({ port, restarts: 1 });
    expect((await ask(port)).status).toBe(200);
    // Somebody takes the port meanwhile, and gives it back.
    const second = heard(server, 'down');
    await (await worker).terminate();
    expect(await second).toMatchObject({ restartInMs: 200 });
    const taken = createServer().listen(port, '127.0.0.1');
    await once(taken, 'listening');
    expect(await heard(server, 'down')).toMatchObject({ reason: 'EADDRINUSE', restartInMs: 400 });
    taken.close();
    await heard(server, 'up');
    expect((await ask(port)).status).toBe(200);
    expect(told).toEqual(['up info', 'down error', 'up info', 'down error', 'down error', 'up info']);
    await server.stop();
    expect(await isFree(port)).toBe(true);
  });

  it('stopped while it is down, it stays so', async () => {
    const server = made();
    const worker = nextWorker();
    const { port } = await server.start();
    const down = heard(server, 'down');
    await (await worker).terminate();
    await down;
    await server.stop();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(server.snapshot().state).toBe('STOPPED');
    expect(await isFree(port)).toBe(true);
  });
});
