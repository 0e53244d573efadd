import { registerSecret } from 'breakwater/core';
import { createHardening, type HardeningOptions, type RequestRecord } from 'breakwater/http';
import { ManualClock } from 'breakwater/testing';
import fc from 'fast-check';
import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { runs } from '../runs.js';
import { ask, FakeResponse } from './exchange.js';

function setup(options: HardeningOptions = {}) {
  const clock = new ManualClock({ now: 1_000 });
  const lines: [string, string, Record<string, unknown>][] = [];
  const logger = {
    event: (type: string, message: string, fields: object = {}) =>
      lines.push([type, message, fields as Record<string, unknown>]),
  };
  const reported: unknown[] = [];
  const hardening = createHardening({ clock, logger, onListenerError: (error) => reported.push(error), ...options });
  const records: RequestRecord[] = [];
  hardening.on('request', (record) => records.push(record));
  return { clock, hardening, records, lines, logger, reported };
}

describe('a record', () => {
  it('OBS-H14 has the length of a body that was sent whole, and none where nobody knows', async () => {
    const { hardening, records } = setup();
    const send = async (method: string, status: number, length?: string, cut = false) => {
      const response = await ask(hardening, '/', { method });
      if (length !== undefined) response.setHeader('Content-Length', length);
      response.writeHead(status);
      if (cut) response.emit('close');
      else response.end('x');
      return records.at(-1)?.bodyBytes;
    };
    expect(await send('GET', 200, '1234')).toBe(1_234);
    expect(await send('GET', 200)).toBeUndefined();
    expect(await send('GET', 200, '1234', true)).toBeUndefined();
    expect(await send('HEAD', 200, '1234')).toBe(0);
    expect(await send('GET', 304, '1234')).toBe(0);
    expect(await send('DELETE', 204)).toBe(0);
    expect(await send('GET', 200, 'many')).toBeUndefined();
  });

  it('tells when the answer began', async () => {
    const { hardening, records, clock } = setup();
    const response = await ask(hardening, '/');
    clock.advance(30);
    response.writeHead(200);
    clock.advance(12);
    response.end();
    expect(records).toMatchObject([{ firstByteMs: 30, durationMs: 42, kind: 'response' }]);
    const cut = await ask(hardening, '/');
    cut.emit('close');
    expect(records[1]).not.toHaveProperty('firstByteMs');
  });

  it('OBS-H12 of an event stream is never slow', async () => {
    const { hardening, records, clock, lines } = setup();
    const response = await ask(hardening, '/events');
    response.setHeader('Content-Type', 'text/event-stream; charset=utf-8');
    clock.advance(5);
    response.writeHead(200);
    clock.advance(3_600_000);
    response.emit('close');
    expect(records).toMatchObject([
      { kind: 'stream', slow: false, firstByteMs: 5, durationMs: 3_600_005, aborted: true },
    ]);
    expect(lines.map(([, message]) => message)).toEqual(['request']);
  });

  it.each(['upgrade', 'connect'] as const)('OBS-H12 of an %s is never slow', async (kind) => {
    const { hardening, records, clock } = setup();
    const response = await ask(hardening, '/', { more: { kind } });
    clock.advance(60_000);
    response.end();
    expect(records).toMatchObject([{ kind, slow: false, durationMs: 60_000 }]);
  });

  it.each([
    ['/users/:id', '/users/:id'],
    [null, 'unmatched'],
    [undefined, 'later'],
  ])(
    'asks the adapter for the route when the answer begins, and again when nobody knew: %s is %s',
    async (given, shown) => {
      const { hardening, records } = setup();
      let route: string | null | undefined = given;
      const response = await ask(hardening, '/users/7', { more: { route: () => route } });
      response.writeHead(200);
      route = 'later';
      response.end();
      expect(records[0]?.route).toBe(shown);
    },
  );

  it('asks at the end when there was no answer, and survives an adapter that throws', async () => {
    const { hardening, records, reported } = setup();
    (await ask(hardening, '/', { more: { route: () => '/gone' } })).emit('close');
    const failing = { route: () => { throw new Error('no route'); } }; // prettier-ignore
    (await ask(hardening, '/', { more: failing })).end();
    expect(records).toMatchObject([{ route: '/gone', status: 499 }, { status: 200 }]);
    expect(records[1]).not.toHaveProperty('route');
    await Promise.resolve();
    expect(reported).toMatchObject([{ message: 'no route' }]);
  });

  it('a refused request has a route of its own', async () => {
    const { hardening, records } = setup({ ddos: { threshold: 1 } });
    for (let i = 0; i < 2; i++) (await ask(hardening, '/', { more: { route: () => '/' } })).end();
    expect(records).toMatchObject([{ route: '/' }, { route: 'refused', refusedBy: 'ddos', status: 429 }]);
  });

  it('OBS-H16 holds of query and headers what it was told to, masked', async () => {
    using _ = registerSecret('hunter2hunter2');
    const { hardening, records } = setup({
      requestRecord: { query: ['page', 'token', 'q'], headers: ['User-Agent', 'Authorization', 'X-None'] },
    });
    const headers = { 'user-agent': 'curl/8', authorization: 'Bearer abcdefghijklmnop', cookie: 'sid=1' };
    (await ask(hardening, '/a?page=2&token=abcd&q=hunter2hunter2&other=1#x', { headers })).end();
    expect(records[0]?.query).toEqual({ page: '2', token: '[secret]', q: '[secret]' });
    expect(records[0]?.headers).toEqual({ 'user-agent': 'curl/8', authorization: '[secret]' });
    (await ask(hardening, '/a')).end();
    expect(records[1]).not.toHaveProperty('query');
    expect(records[1]).not.toHaveProperty('headers');
  });

  it('takes the trace of a caller, and of nobody when the header says nothing', async () => {
    const { hardening, records } = setup();
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const ids = [];
    for (const traceparent of [`00-${traceId}-b7ad6b7169203331-01`, `ff-${traceId}-b7ad6b7169203331-01`]) {
      (await ask(hardening, '/', { headers: { traceparent } })).end();
      ids.push(records.at(-1)?.traceId);
    }
    (await ask(hardening, '/')).end();
    expect(ids[0]).toBe(traceId);
    expect(records[0]?.spanId).toMatch(/^(?!b7ad6b7169203331)[0-9a-f]{16}$/);
    expect(ids[1]).toMatch(new RegExp(`^(?!${traceId})[0-9a-f]{32}$`));
    expect(records[2]).not.toHaveProperty('traceId');
  });

  it('OBS-H8 OBS-H9 is closed exactly once, whatever ends the request and in whatever order', () => {
    const ending = fc.constantFrom('head', 'end', 'close', 'socket', 'later', 'again');
    fc.assert(
      fc.property(fc.array(ending, { maxLength: 12 }), (endings) => {
        const { hardening, records, clock } = setup({ logger: undefined });
        const socket = Object.assign(new EventEmitter(), { remoteAddress: '203.0.113.5', destroyed: false });
        const response = new FakeResponse();
        const exchange = {
          method: 'GET',
          url: '/',
          headers: {},
          socketAddress: '203.0.113.5',
          socket,
          frameworkAddress: () => '203.0.113.5',
          frameworkTrustsProxy: false,
          response,
          native: {},
        };
        void hardening.handle(exchange);
        for (const way of endings) {
          if (way === 'head' && !response.headersSent) response.writeHead(200);
          if (way === 'end' && !response.writableFinished) response.end();
          if (way === 'close') response.emit('close');
          if (way === 'socket') socket.emit('close');
          if (way === 'later') clock.advance(1);
          if (way === 'again') void hardening.handle(exchange);
        }
        const isOver = endings.some((way) => way === 'end' || way === 'close' || way === 'socket');
        expect(records).toHaveLength(isOver ? 1 : 0);
        expect(hardening.snapshot().requests).toBe(records.length);
      }),
      { numRuns: runs(300) },
    );
  });
});

describe('lines', () => {
  it('OBS-H11 a server error is an error, with what was thrown', async () => {
    const { noteError } = await import('../../src/http/exchange.js');
    const { hardening, lines, records } = setup();
    const thrown = new Error('broken');
    const response = await ask(hardening, '/');
    noteError(response, thrown);
    noteError(response, new Error('what the error handler threw'));
    response.writeHead(500);
    response.end();
    expect(lines).toMatchObject([['ERROR_EVENT', 'request', { status: 500 }]]);
    expect(lines[0]?.[2]['err']).toBe(thrown);
    expect(records[0]?.error).toBe(thrown);
  });

  it('OBS-H11 an answer that an error cut off is an error, and nobody hung up', async () => {
    const { noteError } = await import('../../src/http/exchange.js');
    const { hardening, lines } = setup();
    const cut = await ask(hardening, '/');
    cut.writeHead(200);
    noteError(cut, new Error('midway'));
    cut.emit('close');
    const destroyed = Object.assign(new FakeResponse(), { errored: new Error('given up') });
    await ask(hardening, '/', { response: destroyed });
    destroyed.writeHead(200);
    destroyed.emit('close');
    expect(lines).toMatchObject([
      ['ERROR_EVENT', 'request', { aborted: true, err: { message: 'midway' } }],
      ['ERROR_EVENT', 'request', { aborted: true, err: { message: 'given up' } }],
    ]);
    expect(hardening.snapshot().aborted).toBe(0);
  });

  it('no body of a request gets into a line by the error of its parser', async () => {
    const { noteError } = await import('../../src/http/exchange.js');
    const { hardening, lines, records } = setup();
    const body = '{"card":"4111111111111111",}';
    const thrown = Object.assign(new SyntaxError(`Unexpected token in ${body}`), {
      body,
      type: 'entity.parse.failed',
      status: 400,
    });
    const response = await ask(hardening, '/', { method: 'POST' });
    noteError(response, thrown);
    response.writeHead(400);
    response.end();
    expect(JSON.stringify(lines)).not.toContain('4111');
    expect(lines[0]?.[2]['err']).toMatchObject({ name: 'SyntaxError', type: 'entity.parse.failed', status: 400 });
    expect(records[0]?.error).toBe(thrown);
  });

  it('OBS-H22 a slow line says where the time went', async () => {
    const { hardening, lines, clock } = setup();
    for (const [before, after] of [
      [1_500, 10],
      [10, 1_500],
    ] as const) {
      const response = await ask(hardening, '/', { more: { route: () => '/reports/:id' } });
      clock.advance(before);
      response.writeHead(200);
      clock.advance(after);
      response.end();
    }
    const slow = lines.filter(([, message]) => message === 'slow request');
    expect(slow).toMatchObject([
      ['PERFORMANCE_EVENT', 'slow request', { route: '/reports/:id', phase: 'handling', durationMs: 1_510 }],
      ['PERFORMANCE_EVENT', 'slow request', { route: '/reports/:id', phase: 'sending', durationMs: 1_510 }],
    ]);
  });

  it('OBS-H20 parts that share a logger write one line, whichever pipelines they belong to', async () => {
    const { logger, lines } = setup();
    const response = new FakeResponse();
    await ask(createHardening({ logger }), '/', { response, steps: ['record'] });
    await ask(createHardening({ logger }), '/', { response, steps: ['record', 'performance'] });
    response.end();
    expect(lines.map(([, message]) => message)).toEqual(['request']);
  });

  it('the part that measures writes errors where there is no access log, and no other line', async () => {
    const { hardening, lines } = setup();
    for (const status of [200, 404, 503]) {
      const response = await ask(hardening, '/', { steps: ['performance'] });
      response.writeHead(status);
      response.end();
    }
    expect(lines).toMatchObject([['ERROR_EVENT', 'request failed', { status: 503 }]]);
    expect(hardening.snapshot().requests).toBe(3);
  });

  it('probes may leave no line, errors always do, and a skip that throws or is async leaves nothing out', async () => {
    const skip = ({ path }: RequestRecord) => path.startsWith('/health/');
    const { hardening, lines, records } = setup({ requestRecord: { skip } });
    await ask(hardening, '/health/live');
    const failed = await ask(hardening, '/health/own');
    failed.writeHead(503);
    failed.end();
    (await ask(hardening, '/')).end();
    expect(lines.map(([, , fields]) => fields['path'])).toEqual(['/health/own', '/']);
    expect(records).toHaveLength(3);
    for (const bad of [
      () => Promise.resolve(true),
      () => {
        throw new Error('skip');
      },
    ]) {
      const other = setup({ requestRecord: { skip: bad as never } });
      (await ask(other.hardening, '/')).end();
      expect(other.lines).toHaveLength(1);
    }
  });

  it('a listener that throws keeps nobody else from being told', async () => {
    const { hardening, lines, reported } = setup();
    hardening.on('request', () => {
      throw new Error('listener');
    });
    (await ask(hardening, '/')).end();
    expect(lines).toHaveLength(1);
    await Promise.resolve();
    expect(reported).toMatchObject([{ message: 'listener' }]);
  });
});
