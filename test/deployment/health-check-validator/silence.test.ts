import { HealthCheckValidator, type HealthCheckReport } from 'breakwater/deployment';
import { ManualClock } from 'breakwater/testing';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createNetServer, type Socket } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../runs.js';
import { answer, listening, said, service, wrong } from './services.js';

const SILENT = { 'health.unreachable': 'FAIL', 'health.live': 'FAIL', 'health.ready': 'FAIL' };

/** A run against raw sockets, by a clock that stands until the server moves it. */
async function run(serve: (socket: Socket, clock: ManualClock) => void, timeoutMs = 2_000) {
  const clock = new ManualClock();
  const server = createNetServer((socket) => {
    socket.on('error', () => undefined);
    serve(socket, clock);
  });
  const report = await new HealthCheckValidator({ baseUrl: await listening(server), clock, timeoutMs }).run();
  return { report, clock };
}

/** A run against a service that may move the clock. */
async function runHttp(serve: (clock: ManualClock) => RequestListener, options = {}): Promise<HealthCheckReport> {
  const clock = new ManualClock();
  const baseUrl = await listening(createServer(serve(clock)));
  return new HealthCheckValidator({ baseUrl, clock, ...options }).run();
}

describe('a health check of a service that', () => {
  it('is not there', async () => {
    const server = createNetServer();
    const baseUrl = await listening(server);
    await new Promise((resolve) => server.close(resolve));
    const report = await new HealthCheckValidator({ baseUrl }).run();
    expect([report.status, wrong(report)]).toEqual(['FAIL', SILENT]);
    expect(said(report, 'health.unreachable')).toBe(`${baseUrl} gives no answer: no connection (ECONNREFUSED)`);
    expect(report.routes.map(({ route, statusCode }) => [route, statusCode])).toEqual([
      ['/health/live', undefined],
      ['/health/ready', undefined],
    ]);
  });

  it('HLD-58: cannot be found: nothing is known of it', async () => {
    const report = await new HealthCheckValidator({ baseUrl: 'http://nowhere.invalid', timeoutMs: 30_000 }).run();
    const crashed = Object.fromEntries(Object.keys(SILENT).map((id) => [id, 'FAIL, crashed']));
    expect(wrong(report)).toEqual(crashed);
    expect(said(report, 'health.unreachable')).toMatch(/no connection \((ENOTFOUND|EAI_AGAIN)\)$/);
  });

  it('HLD-57: accepts and never answers', async () => {
    const sockets: Socket[] = [];
    const { report, clock } = await run((socket, time) => {
      sockets.push(socket);
      if (sockets.length === 3) socket.once('data', () => time.advance(2_000));
    });
    expect(wrong(report)).toEqual({ ...SILENT, 'health.latency': 'FAIL' });
    expect(said(report, 'health.live')).toBe('GET /health/live: no answer within 2000 ms');
    expect([clock.now(), report.durationMs]).toEqual([2_000, 2_000]);
  });

  it.each([
    ['sends a head and then hangs', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n'],
    ['sends half a body and then hangs', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}'],
    ['says for ever that there will be an answer', 'HTTP/1.1 200 OK\r\n\r\n{"status"'],
  ])('HLD-57: %s', async (_, text) => {
    let asked = 0;
    const { report } = await run((socket, clock) => {
      socket.once('data', () => {
        socket.write(text, () => {
          if (++asked === 3) setImmediate(() => setImmediate(() => clock.advance(2_000)));
        });
      });
    });
    expect(wrong(report)).toEqual({ ...SILENT, 'health.latency': 'FAIL' });
    expect(said(report, 'health.ready')).toMatch(/: (an answer without an end|no answer) within 2000 ms$/);
  });

  it('HLD-57: dribbles a body without end: it is given up in time', async () => {
    let open = 0;
    const { report, clock } = await run((socket, time) => {
      socket.once('close', () => open--);
      socket.once('data', () => {
        open++;
        socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
        const dribble = (): void => {
          if (!socket.writable) return;
          time.advance(100);
          socket.write('1\r\nx\r\n', () => setImmediate(dribble));
        };
        dribble();
      });
    });
    expect(wrong(report)).toMatchObject({ 'health.live': 'FAIL', 'health.ready': 'FAIL' });
    expect(report.durationMs).toBeLessThanOrEqual(2_000);
    expect(clock.pending).toBe(0);
    await new Promise((resolve) => setImmediate(resolve));
    expect(open).toBeLessThanOrEqual(3);
  });

  it('sends a body without end as fast as it can: no more than 64 KiB of it is read', async () => {
    const report = await runHttp(() =>
      service((request, response, path) => {
        if (!path.endsWith('/live') || request.method !== 'GET') return undefined;
        response.writeHead(200, { 'Content-Type': 'text/plain' });
        const more = (): void => {
          while (!response.destroyed && response.write('x'.repeat(10_000)));
          response.once('drain', more);
        };
        more();
        return true;
      }),
    );
    expect(wrong(report)).toMatchObject({ 'health.live': 'FAIL', 'health.leak.live': 'WARN' });
    expect(said(report, 'health.live')).toBe('GET /health/live answers 200 with a body of more than 64 KiB');
  });

  it.each([
    ['hangs up', (socket: Socket) => socket.destroy(), /(ECONNRESET|EPIPE)/],
    ['speaks another protocol', (socket: Socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'), /(HPE_\w+|ECONNRESET)/],
    [
      'breaks off',
      (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{'),
      /\((ECONNRESET|HPE_\w+)\)/,
    ],
    [
      'switches protocols',
      (s: Socket) => s.write('HTTP/1.1 101 S\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
      /\(\w+\)/,
    ],
    ['sends a head without end', (s: Socket) => s.write(`HTTP/1.1 200 OK\r\nA: ${'x'.repeat(40_000)}`), /(HPE_\w+)/],
  ])('%s', async (_, serve, reason) => {
    const { report } = await run((socket) => socket.once('data', () => serve(socket)));
    expect(wrong(report)).toEqual(SILENT);
    expect(said(report, 'health.unreachable')).toMatch(reason);
    expect(JSON.stringify(report)).not.toContain('OpenSSH');
  });

  it.each([
    [999, undefined],
    [1_000, 'WARN'],
  ])('answers a probe after %i ms: %s', async (ms, status) => {
    let slow = true;
    const report = await runHttp((clock) =>
      service((_, _response, path) => {
        if (path.endsWith('/live') && slow) {
          slow = false;
          clock.advance(ms);
        }
        return undefined;
      }),
    );
    expect(wrong(report)['health.latency']).toBe(status);
  });

  it('is slow by its own measure', async () => {
    const slow = (clock: ManualClock) =>
      service((request, _, path) => {
        if (path.endsWith('/live') && request.method === 'GET') clock.advance(50);
        return undefined;
      });
    expect(wrong(await runHttp(slow, { slowMs: 50, timeoutMs: 60_000 }))).toMatchObject({ 'health.latency': 'WARN' });
    expect(wrong(await runHttp(slow, { timeoutMs: 60_000 }))).toEqual({});
  });

  it('HLD-57: hangs on details alone: the rest is known, and within three times the limit', async () => {
    let hanging = 0;
    let quiet: NodeJS.Timeout | undefined;
    const report = await runHttp((clock) =>
      service((_, __, path) => {
        if (/(metrics|security)$/.test(path)) hanging++;
        else if (hanging < 2) return undefined;
        // Time passes only when nobody else waits for an answer, however slow the machine is.
        clearTimeout(quiet);
        if (hanging >= 2) quiet = setTimeout(() => clock.advance(2_000), 300);
        return /(metrics|security)$/.test(path) ? true : undefined;
      }),
    );
    expect(wrong(report)).toEqual({
      'health.latency': 'FAIL',
      'health.leak.metrics': 'FAIL, crashed',
      'health.leak.security': 'FAIL, crashed',
    });
    expect(report.durationMs).toBeLessThanOrEqual(6_000);
  });

  it('is given up by whoever asked', async () => {
    const controller = new AbortController();
    const baseUrl = await listening(createNetServer((socket) => void socket.once('data', () => controller.abort())));
    const report = await new HealthCheckValidator({ baseUrl }).run({ signal: controller.signal });
    expect(wrong(report)).toMatchObject({ 'health.unreachable': 'FAIL, crashed', 'health.ready': 'FAIL, crashed' });
    const before = await new HealthCheckValidator({ baseUrl }).run({ signal: AbortSignal.abort() });
    expect(wrong(before)).toMatchObject({ 'health.unreachable': 'FAIL, crashed' });
  });

  it('leaves no connection and no timer behind', async () => {
    const server = createServer(service());
    const clock = new ManualClock();
    const baseUrl = await listening(server);
    await new HealthCheckValidator({ baseUrl, clock }).run();
    expect(clock.pending).toBe(0);
    const open = (): Promise<number> => new Promise((resolve) => server.getConnections((_, count) => resolve(count)));
    await expect.poll(open).toBe(0);
  });

  it('HLD-57: says anything at all: the run ends in time, and says that it is not well', async () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom(
        'HTTP/1.1 200 OK',
        'HTTP/1.1 100 Continue',
        'HTTP/1.1 304 X',
        'Content-Length: 3',
        'Connection: close',
      ),
      fc.constantFrom(
        'Transfer-Encoding: chunked',
        'Content-Encoding: gzip',
        'Retry-After: -1',
        '',
        '0',
        '{"status":"ok"}',
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 8 }), async (lines) => {
        const { report, clock } = await run((socket) => {
          socket.once('data', () => socket.end(`${lines.join('\r\n')}\r\n`));
        });
        expect(report.status).toBe('FAIL');
        expect(report.durationMs).toBeLessThanOrEqual(6_000);
        expect(clock.pending).toBe(0);
      }),
      { numRuns: runs(100) },
    );
  });

  it('HLD-33: is not ready, and answers 503 as it should', async () => {
    const report = await runHttp(() =>
      service((_, response, path) =>
        path.endsWith('/ready') ? answer(response, 503, { status: 'UNHEALTHY' }, { 'Retry-After': '5' }) : undefined,
      ),
    );
    expect(wrong(report)).toEqual({ 'health.ready': 'FAIL', 'health.methods': 'WARN' });
  });
});
