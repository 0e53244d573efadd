import { InvalidArgumentError } from 'breakwater/core';
import { type AbuseSink, createHardening } from 'breakwater/http';
import { describe, expect, it } from 'vitest';
import { ask, FakeResponse } from './exchange.js';
import { setup } from './setup.js';

const TOKEN = 'a-token-for-the-monitoring';

/** A detector of the service's own, whose types may say what it does not do. */
function detectorWith(own: object): AbuseSink {
  const nothing = (): undefined => undefined;
  const rest = { record: nothing, isFlagged: () => false, explain: nothing, snapshot: () => ({}) };
  return { kind: 'abuse-detector', name: 'mine', ...rest, ...own } as AbuseSink;
}

describe('what every object inherits', () => {
  it.each(['constructor', '__proto__', 'toString'])('is no header: %s', async (name) => {
    const found: unknown[] = [];
    const { hardening, records, reported } = setup({
      requestRecord: { headers: [name] },
      identify: (request) => void found.push(request.header(name)),
    });
    (await ask(hardening, '/')).end();
    expect([records.map(({ headers }) => headers), new Set(found), reported]).toEqual([
      [undefined],
      new Set([undefined]),
      [],
    ]);
  });
});

describe('without records', () => {
  it('requests are still counted, and leave no event', async () => {
    const { hardening, records, clock } = setup({ requestRecord: false, slowRequestMs: 1 });
    const response = await ask(hardening, '/');
    clock.advance(5);
    response.end();
    expect([hardening.snapshot(), records]).toMatchObject([{ requests: 1, slow: 1, aborted: 0 }, []]);
  });
});

describe('parts that answer later than they should', () => {
  it('a monitor whose promise rejects ends no process', async () => {
    const monitor = { kind: 'performance-monitor', record: () => Promise.reject(new Error('mine')) } as const;
    const { hardening, reported } = setup({ monitor: monitor as never });
    (await ask(hardening, '/')).end();
    await new Promise((resolve) => setImmediate(resolve));
    expect(reported).toEqual([new Error('mine')]);
  });

  it('a detector that promises to say whether somebody is flagged refuses nobody', async () => {
    const detector = detectorWith({ isFlagged: () => Promise.resolve(true) });
    const { hardening } = setup({ abuse: { action: 'reject', detector } });
    expect((await ask(hardening, '/')).answered).toBe(false);
  });
});

describe('answers', () => {
  it.each([
    ['text/event-stream', 'stream'],
    [' Text/Event-Stream; charset=utf-8', 'stream'],
    ['text/event-streams', 'response'],
    ['text/plain', 'response'],
  ])('OBS-H12 of type %j are of the kind %s', async (type, kind) => {
    const { hardening, records } = setup();
    const response = await ask(hardening, '/');
    response.setHeader('Content-Type', type);
    response.end();
    expect(records).toMatchObject([{ kind }]);
  });

  it.each([
    ['17', 17],
    ['0', 0],
    ['1e3', undefined],
    ['0x10', undefined],
    ['-1', undefined],
    [' 17', undefined],
  ])('OBS-H14 with a length of %j have %s bytes', async (length, bytes) => {
    const { hardening, records } = setup();
    const response = await ask(hardening, '/');
    response.setHeader('Content-Length', length);
    response.end();
    expect(records[0]?.bodyBytes).toBe(bytes);
  });

  it('OBS-H8 that begin when the client is gone are ones that it gave up, whatever they say', async () => {
    const { hardening, records } = setup({ abuse: {} });
    const socket = { remoteAddress: '203.0.113.5', destroyed: false, once: () => undefined };
    const response = await ask(hardening, '/', { socket });
    socket.destroyed = true;
    response.statusCode = 400;
    response.end();
    expect(records).toMatchObject([{ status: 499, aborted: true }]);
    expect(hardening.snapshot()).toMatchObject({ requests: 1, aborted: 1 });
  });
});

describe('a response without a connection that closes', () => {
  it('OBS-H9 is over when all of it was handed over, and whole', async () => {
    const { hardening, records } = setup();
    const response = await ask(hardening, '/', { socket: { remoteAddress: '203.0.113.5' } });
    response.writeHead(200);
    response.emit('finish');
    expect(records).toMatchObject([{ status: 200, aborted: false }]);
    response.end();
    expect(records).toHaveLength(1);
  });

  it('OBS-H9 is whole when it closes after its end', async () => {
    const { hardening, records } = setup();
    const response = await ask(hardening, '/', { socket: { remoteAddress: '203.0.113.5' } });
    Object.assign(response, { writableEnded: true }).writeHead(200);
    response.emit('close');
    expect(records).toMatchObject([{ status: 200, aborted: false }]);
  });

  it('OBS-H8 is given up when it closes before that', async () => {
    const { hardening, records } = setup();
    const response = await ask(hardening, '/', { socket: { remoteAddress: '203.0.113.5' } });
    response.writeHead(200);
    response.emit('close');
    expect(records).toMatchObject([{ status: 200, aborted: true }]);
  });
});

describe('wrong tokens', () => {
  it('at the status page are failed logins', async () => {
    const events: unknown[] = [];
    const detector = detectorWith({ record: (...event: unknown[]) => void events.push(event.slice(0, 2)) });
    const { hardening } = setup({ authorize: TOKEN, statusPage: true, abuse: detector });
    await ask(hardening, '/health/status', { headers: { authorization: 'Bearer guessed-guessed-guessed' } });
    await ask(hardening, '/health/live');
    expect(events).toEqual([['address:203.0.113.5', 'AUTH_FAILED']]);
  });
});

describe('arguments', () => {
  it.each([null, undefined, 'text', 7, {}])('recordAbuse refuses the request %j', (request) => {
    const { hardening } = setup({ abuse: {} });
    expect(() => hardening.recordAbuse(request as never, 'MINE')).toThrow(InvalidArgumentError);
  });

  it('handle takes whatever comes, and reports it', async () => {
    const { hardening, reported } = setup();
    expect([hardening.handle({} as never), hardening.handle({ response: new FakeResponse() } as never)]).toEqual([
      false,
      false,
    ]);
    await Promise.resolve();
    expect(reported).toHaveLength(1);
  });

  it.each([
    [{ requestRecord: null }, /requestRecord must be/],
    [{ statusPage: null }, /statusPage must be/],
    [{ routes: [{ path: '/a?b' }] }, /routes\[0\]\.path must be a path alone/],
    [{ routes: [{ path: '/a#b' }] }, /routes\[0\]\.path must be a path alone/],
    [{ healthPrefix: '/a/../b' }, /healthPrefix must be/],
    [{ healthPrefix: '/.' }, /healthPrefix must be/],
  ])('createHardening(%j) says what is wrong', (options, text) => {
    expect(() => createHardening(options as never)).toThrow(text);
  });

  it.each(['/..a', '/a/b.c', '/...'])('the prefix %s is one', (healthPrefix) => {
    expect(createHardening({ healthPrefix }).name).toBe('http');
  });
});
