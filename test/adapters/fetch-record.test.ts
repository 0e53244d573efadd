import { type FetchRequest, harden, setError } from 'breakwater/fetch';
import { createHardening, type HardeningOptions, type RequestRecord } from 'breakwater/http';
import { MetricsCollector } from 'breakwater/metrics';
import { ManualClock } from 'breakwater/testing';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { held } from '../held.js';
import { runs } from '../runs.js';

type Answered = Response | undefined;

function setup(options: HardeningOptions = {}) {
  const clock = new ManualClock({ now: 1_000 });
  const reported: unknown[] = [];
  const metrics = new MetricsCollector();
  const hardening = createHardening({ clock, metrics, onListenerError: (error) => reported.push(error), ...options });
  const records: RequestRecord[] = [];
  hardening.on('request', (record) => records.push(record));
  const ask = (handler: (request: Request) => Answered | Promise<Answered>, init?: RequestInit) =>
    harden(handler, hardening, { address: () => '203.0.113.5' })(new Request('http://service.test/path', init));
  const inFlight = () => Number(/^http_server_active_requests\{.*\} (\d+)$/m.exec(metrics.render('prometheus'))?.[1]);
  return { clock, hardening, reported, records, ask, inFlight };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A body whose pieces, end or failure come when they are said. */
function source() {
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  const cancelled: unknown[] = [];
  let pulls = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      start(given) {
        controller = given;
      },
      pull() {
        pulls++;
      },
      cancel: (reason) => void cancelled.push(reason),
    },
    { highWaterMark: 0 },
  );
  return { body, cancelled, controller, pulls: () => pulls };
}

describe('the record of an answer', () => {
  it('OBS-H9 OBS-H14 closes when its body was read to the end, with the bytes that were sent', async () => {
    const { clock, records, ask, inFlight } = setup();
    const { body, controller } = source();
    const answer = await ask(() => (clock.advance(20), new Response(body)));
    const reader = (answer?.body as ReadableStream<Uint8Array>).getReader();
    controller.enqueue(bytes('grüße'));
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('grüße');
    expect([records.length, inFlight()]).toEqual([0, 1]);
    clock.advance(500);
    controller.close();
    expect((await reader.read()).done).toBe(true);
    expect(records).toMatchObject([
      { status: 200, aborted: false, firstByteMs: 20, durationMs: 520, bodyBytes: 7, kind: 'response' },
    ]);
    expect(inFlight()).toBe(0);
  });

  it('nothing of a body is read before the runtime asks', async () => {
    const { ask } = setup();
    const { body, controller, pulls } = source();
    const answer = await ask(() => new Response(body));
    await settle();
    expect(pulls()).toBe(0);
    const reading = answer?.text();
    await settle();
    controller.enqueue(bytes('a'));
    controller.close();
    expect(await reading).toBe('a');
  });

  it('OBS-H8 closes as given up when the client goes while the body is sent, and the body hears of it', async () => {
    const { records, ask } = setup();
    const { body, cancelled, controller } = source();
    const answer = await ask(() => new Response(body, { status: 206 }));
    const reader = (answer?.body as ReadableStream<Uint8Array>).getReader();
    controller.enqueue(bytes('half'));
    await reader.read();
    await reader.cancel('gone');
    expect(cancelled).toEqual(['gone']);
    expect(records).toMatchObject([{ status: 206, aborted: true }]);
    expect(records[0]).not.toHaveProperty('bodyBytes');
  });

  it('OBS-H11 closes with the error when the body fails, which the runtime gets as it is', async () => {
    const { records, ask } = setup();
    const { body, controller } = source();
    const answer = await ask(() => new Response(body));
    const broken = new Error('broken halfway');
    controller.error(broken);
    await expect(answer?.text()).rejects.toBe(broken);
    expect(records).toMatchObject([{ status: 200, aborted: true, error: broken }]);
  });

  it.each([
    ['an empty one', () => new Response(null)],
    ['204', () => new Response(null, { status: 204 })],
    ['205', () => new Response(null, { status: 205 })],
    ['304', () => new Response(null, { status: 304, headers: { etag: '"1"' } })],
    ['a redirect, whose headers are immutable', () => Response.redirect('http://service.test/other', 307)],
  ])('OBS-H9 closes at once without a body: %s', async (_, make) => {
    const { records, ask } = setup();
    const given = make();
    const before = [...given.headers];
    const answer = await ask(() => given);
    expect(records).toMatchObject([{ status: given.status, aborted: false }]);
    expect([answer?.status, answer?.body]).toEqual([given.status, null]);
    expect([...(answer?.headers ?? [])]).toEqual(expect.arrayContaining([...before, ['x-frame-options', 'DENY']]));
    // An answer may be a constant of the service.
    expect([...given.headers]).toEqual(before);
  });

  it('OBS-H14 closes at once for HEAD, whose body nobody reads', async () => {
    const { records, ask } = setup();
    await ask(() => new Response('as for GET'), { method: 'HEAD' });
    expect(records).toMatchObject([{ status: 200, aborted: false, bodyBytes: 0 }]);
  });

  it('an answer of another service is passed on with its body and our headers', async () => {
    const { records, ask } = setup();
    const other = await fetch('data:text/plain,from%20elsewhere');
    const answer = await ask(() => other);
    expect([await answer?.text(), answer?.headers.get('x-frame-options')]).toEqual(['from elsewhere', 'DENY']);
    expect(records).toMatchObject([{ bodyBytes: 14 }]);
  });

  it('both halves of a clone can be read, for one record', async () => {
    const { records, ask } = setup();
    const answer = await ask(() => new Response('twice'));
    const copy = answer?.clone();
    expect([await answer?.text(), await copy?.text(), records.length]).toEqual(['twice', 'twice', 1]);
  });

  it('OBS-H12 a stream of events is no latency: when it began and how long it was open', async () => {
    const { clock, records, ask } = setup({ slowRequestMs: 10 });
    const { body, controller } = source();
    const headers = { 'content-type': 'text/event-stream; charset=utf-8' };
    const answer = await ask(() => (clock.advance(5), new Response(body, { headers })));
    clock.advance(60_000);
    controller.close();
    await answer?.text();
    expect(records).toMatchObject([{ kind: 'stream', firstByteMs: 5, durationMs: 60_005, slow: false }]);
  });
});

describe('a request that gets no ordinary answer', () => {
  it.each([
    ['at once', 'ask for it', false],
    ['while it is handled', 'first', true],
  ])('OBS-H8 whose client hangs up %s is a 499, counted once', async (_, _when, later) => {
    const { clock, hardening, records, ask } = setup();
    const client = new AbortController();
    if (!later) client.abort();
    const answer = held<Response>();
    const asked = ask(() => answer.promise, { signal: client.signal });
    await settle();
    clock.advance(300);
    client.abort();
    expect(records).toMatchObject([{ status: 499, aborted: true, durationMs: later ? 300 : 0 }]);
    answer.resolve(new Response('too late'));
    await (await asked)?.text();
    expect(hardening.snapshot()).toMatchObject({ requests: 1, aborted: 1 });
  });

  it('OBS-H8 whose client hangs up while the body is sent has its real status', async () => {
    const { records, ask } = setup();
    const client = new AbortController();
    const { body, controller } = source();
    const answer = await ask(() => new Response(body, { status: 201 }), { signal: client.signal });
    client.abort();
    controller.close();
    await answer?.text();
    expect(records).toMatchObject([{ status: 201, aborted: true }]);
  });

  it('keeps nothing on a signal that outlives the request', async () => {
    const { hardening, records } = setup();
    const listeners = new Set<() => void>();
    const signal = {
      aborted: false,
      addEventListener: (_: 'abort', listener: () => void) => void listeners.add(listener),
      removeEventListener: (_: 'abort', listener: () => void) => void listeners.delete(listener),
    };
    const hardened = harden((_: FetchRequest) => new Response('hello'), hardening, { address: () => '203.0.113.5' });
    const answer = await hardened({ method: 'GET', url: '/path?q=1', headers: new Headers(), signal });
    expect([listeners.size, records.length]).toEqual([1, 0]);
    await answer.text();
    expect([listeners.size, records.map(({ path }) => path)]).toEqual([0, ['/path']]);
  });

  it('a client without an address that has hung up gets no further, and nobody waits for an answer', async () => {
    const { hardening, records } = setup({ ddos: { threshold: 1 } });
    let handled = 0;
    const hardened = harden(() => (handled++, new Response()), hardening);
    const signal = AbortSignal.abort();
    const answer = await hardened(new Request('http://service.test/', { signal }));
    expect([answer.status, handled, records.length]).toEqual([499, 0, 1]);
  });

  it('a client that hangs up while the health is found out leaves nothing that waits', async () => {
    const check = held<never>();
    const health = { check: () => check.promise, liveness: () => check.promise, readiness: () => check.promise };
    const { records, hardening } = setup({ health: { kind: 'health-check-service', ...health } as never });
    const client = new AbortController();
    const hardened = harden(() => new Response(), hardening, { address: () => '203.0.113.5' });
    const asked = hardened(new Request('http://service.test/health/live', { signal: client.signal }));
    await settle();
    client.abort();
    expect([(await asked).status, records.map(({ status }) => status)]).toEqual([499, [499]]);
  });

  it.each([[new Error('broken handler')], ['a text'], [undefined]])(
    'OBS-H11 whose handler fails with %s is a 500 with it, which the runtime gets as it is',
    async (thrown) => {
      const withContext = <T>(_: object, fn: () => T): T => fn();
      const { records, ask, reported } = setup({ logger: { event: () => undefined, withContext } });
      const throws = (): never => {
        throw thrown;
      };
      await expect(ask(throws)).rejects.toBe(thrown);
      await expect(ask(() => Promise.reject(thrown))).rejects.toBe(thrown);
      expect(records).toEqual([
        expect.objectContaining({ status: 500, aborted: false, error: thrown }),
        expect.objectContaining({ status: 500, aborted: false, error: thrown }),
      ]);
      expect(reported).toEqual([]);
    },
  );

  it('OBS-H11 whose error a framework has caught has it in its record all the same', async () => {
    const { records, ask } = setup();
    const caught = new Error('caught');
    const answer = await ask((request) => {
      setError(request, caught);
      setError(request, new Error('not the first'));
      return new Response('sorry', { status: 500 });
    });
    await answer?.text();
    expect(records).toMatchObject([{ status: 500, error: caught }]);
  });

  it('OBS-H12 a switch of protocols is the very answer, whatever the runtime has put on it', async () => {
    const { records, ask } = setup();
    const accepted = { status: 101, webSocket: {} } as unknown as Response;
    expect(await ask(() => accepted)).toBe(accepted);
    expect(records).toMatchObject([{ status: 101, kind: 'upgrade', aborted: false, slow: false }]);
  });

  it('OBS-H12 so is no answer at all, where the runtime took the connection over', async () => {
    const { records, ask } = setup();
    expect(await ask(() => undefined, { headers: { upgrade: 'websocket' } })).toBeUndefined();
    expect(records).toMatchObject([{ status: 101, kind: 'upgrade' }]);
  });

  it('a client that only says that it wants an upgrade changes nothing of its record', async () => {
    const { records, ask } = setup();
    await (await ask(() => new Response('no'), { headers: { upgrade: 'websocket' } }))?.text();
    expect(records).toMatchObject([{ status: 200, kind: 'response' }]);
  });

  it.each([
    ['nothing', async () => undefined],
    ['no Response', async () => ({ hello: 'world' }) as unknown as Response],
    ['an error response', async () => Response.error()],
    [
      'a body that is read already',
      async () => {
        const used = new Response('x');
        await used.text();
        return used;
      },
    ],
    [
      'a body that somebody reads',
      async () => {
        const used = new Response('x');
        used.body?.getReader();
        return used;
      },
    ],
    [
      'a body of another library',
      async () => ({ status: 200, headers: {}, body: { pipe() {} } }) as unknown as Response,
    ],
  ])('one that is answered with %s is an error, and the runtime gets the very answer', async (_, make) => {
    const { records, ask } = setup();
    const given = await make();
    expect(await ask(() => given)).toBe(given);
    expect(records).toMatchObject([{ status: 500, error: expect.any(TypeError) as TypeError }]);
  });
});

describe('for any course of a body', () => {
  const course = fc.record({
    pieces: fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 6 }),
    end: fc.constantFrom('close', 'error', 'cancel', 'abort', 'cancel and abort', 'cancel while it is read'),
    reads: fc.nat({ max: 8 }),
    sync: fc.boolean(),
  });

  it('OBS-H9 there is one record, whole only if all of it was read', async () => {
    await fc.assert(
      fc.asyncProperty(course, async ({ pieces, end, reads, sync }) => {
        const { records, ask, inFlight } = setup({ ddos: false });
        const client = new AbortController();
        const { body, controller } = source();
        const answer = await ask(() => (sync ? new Response(body) : Promise.resolve(new Response(body))), {
          signal: client.signal,
        });
        const reader = (answer?.body as ReadableStream<Uint8Array>).getReader();
        for (const piece of pieces) controller.enqueue(piece);
        const seen: number[] = [];
        for (let i = 0; i < Math.min(reads, pieces.length); i++) seen.push(...((await reader.read()).value ?? []));
        expect(seen).toEqual(pieces.slice(0, reads).flatMap((piece) => [...piece]));
        expect(records).toEqual([]);
        if (end === 'close') controller.close();
        if (end === 'error') controller.error(new Error('broken'));
        if (end === 'cancel while it is read') void reader.read().catch(() => undefined);
        if (end.startsWith('cancel')) await reader.cancel().catch(() => undefined);
        if (end.endsWith('abort')) client.abort();
        // What is left of it, as far as it goes. After an abort alone there may come nothing more.
        const left = async (): Promise<void> => {
          while (!(await reader.read()).done);
        };
        if (end !== 'abort') await left().catch(() => undefined);
        await settle();
        expect(records).toHaveLength(1);
        const total = pieces.reduce((sum, piece) => sum + piece.length, 0);
        expect(records[0]).toMatchObject({ status: 200, aborted: end !== 'close' });
        expect(records[0]?.bodyBytes).toBe(end === 'close' ? total : undefined);
        expect(inFlight()).toBe(0);
      }),
      { numRuns: runs(300) },
    );
  });
});
