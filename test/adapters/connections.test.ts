import { createHardening, type RequestRecord } from 'breakwater/http';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Framework, FRAMEWORKS, type Running, serve } from './frameworks.js';

describe.each(FRAMEWORKS.map((framework) => [framework.name, framework] as const))('%s', (_, framework: Framework) => {
  const running: Running[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((server) => server.close()));
  });

  /** Resolves when a client's connection has ended on the server's side. */
  function ended(server: Server): Promise<void> {
    return new Promise((resolve) => {
      server.once('connection', (socket: Socket) => {
        socket.once('close', () => setImmediate(resolve));
      });
    });
  }

  it('a client that hangs up while the service finds out who it is gets no further, however often it comes', async () => {
    let handled = 0;
    let gone: Promise<void> = Promise.resolve();
    let passed: (() => void) | undefined;
    const act = { path: '/sms', run: () => (handled++, passed?.(), 'sent') };
    const warnings: unknown[] = [];
    const hardening = createHardening({
      ddos: { threshold: 3 },
      trustProxy: 0,
      onListenerError: (error) => warnings.push(error),
    });
    const before = async (): Promise<void> => {
      await gone;
      setImmediate(() => passed?.());
    };
    const server = await serve(framework.app([act], hardening, { parts: ['before', 'rateLimit'], before }));
    running.push(server);
    for (let i = 0; i < 8; i++) {
      gone = ended(server.server);
      const over = new Promise<void>((resolve) => (passed = resolve));
      const arrived = once(server.server, 'request');
      const socket = connect(server.port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write('POST /sms HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n');
      await arrived;
      socket.resetAndDestroy();
      await over;
    }
    expect([handled, warnings]).toEqual([0, []]);
    gone = Promise.resolve();
    expect((await server.ask('/sms')).status).toBe(200);
    expect(handled).toBe(1);
  });

  it('a connection that has no address but lives is admitted uncounted, with a warning', async () => {
    const warnings: unknown[] = [];
    const hardening = createHardening({ ddos: { threshold: 1 }, onListenerError: (error) => warnings.push(error) });
    const path = join(tmpdir(), `breakwater-${String(process.pid)}.sock`);
    rmSync(path, { force: true });
    const server = createServer(framework.app([{ path: '/', run: () => 'hello' }], hardening));
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const statuses = [];
    for (let i = 0; i < 3; i++) {
      const asked = request({ socketPath: path, path: '/', agent: false }).end();
      const [answer] = (await once(asked, 'response')) as [{ statusCode: number; resume(): void }];
      answer.resume();
      statuses.push(answer.statusCode);
    }
    server.close();
    server.closeAllConnections();
    expect(statuses).toEqual([200, 200, 200]);
    expect(warnings).toMatchObject([{ code: 'BREAKWATER_W_NO_ADDRESS' }]);
  });

  it('OBS-H8 requests that wait for their turn on a connection leave records when it closes', async () => {
    const records: RequestRecord[] = [];
    const hardening = createHardening();
    hardening.on('request', (record) => records.push(record));
    let handled = 0;
    const acts = [
      { path: '/hangs', run: () => new Promise<string>(() => undefined) },
      { path: '/transfer', run: () => (handled++, 'done') },
    ];
    const server = await serve(framework.app(acts, hardening));
    running.push(server);
    let listeners = 0;
    server.server.once('connection', (socket: Socket) => {
      socket.on('newListener', (event) => {
        if (event === 'close') listeners++;
      });
    });
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(
      'GET /hangs HTTP/1.1\r\nHost: x\r\n\r\n' +
        'POST /transfer HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n'.repeat(20),
    );
    await expect.poll(() => handled).toBe(20);
    socket.resetAndDestroy();
    await expect.poll(() => records.length).toBe(21);
    expect(records.every(({ aborted, address }) => aborted && address === '127.0.0.1')).toBe(true);
    expect(records.filter(({ path }) => path === '/transfer')).toHaveLength(20);
    expect(listeners).toBeLessThan(6);
    expect(hardening.snapshot()).toMatchObject({ requests: 21, aborted: 21 });
  });
});
