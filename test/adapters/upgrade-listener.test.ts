import { InvalidArgumentError } from 'breakwater/core';
import { DDoSProtection } from 'breakwater/ddos-protection';
import { hardenUpgrade } from 'breakwater/node-http';
import { ManualClock } from 'breakwater/testing';
import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { held } from '../held.js';
import { setup } from '../http/setup.js';
import { ASKED, closeAll, echo, parsed, start, SWITCH } from './upgrades.js';

afterEach(closeAll);

/** A limiter whose answer has to be waited for. */
function sharedLimiter() {
  const answer = held();
  const arrived = held();
  const ddos = {
    kind: 'ddos-protection' as const,
    name: 'shared',
    isBlocked: () => false,
    snapshot: () => ({}),
    async check() {
      arrived.resolve();
      await answer.promise;
      return new DDoSProtection({ clock: new ManualClock() }).check('203.0.113.5');
    },
  };
  return { answer, arrived, ddos };
}

describe('a listener for upgrades', () => {
  it.each([
    ['HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n', 401],
    [Buffer.from('HTTP/1.1 404 Not Found\r\n\r\n'), 404],
  ])('that answers something else is recorded with that (%#)', async (answer, status) => {
    const { hardening, records } = setup();
    const { raw } = await start(hardening, (_, socket) => {
      socket.write(answer);
      socket.destroy();
    });
    await raw().closed;
    await expect.poll(() => records).toMatchObject([{ status, kind: 'upgrade', aborted: false }]);
    expect(records[0]?.route).toBe(status === 404 ? 'unmatched' : undefined);
  });

  it.each([
    ['nothing', (socket: Duplex) => socket.destroy()],
    ['what is no answer', (socket: Duplex) => socket.end('SSH-2.0-OpenSSH_9.9\r\n')],
  ])('OBS-H8 that says %s leaves no status, and is recorded as 499', async (_, act) => {
    const { hardening, records } = setup();
    const { raw } = await start(hardening, (_request, socket) => act(socket));
    const client = raw();
    client.socket.end();
    await client.closed;
    await expect.poll(() => records).toMatchObject([{ status: 499, kind: 'upgrade', aborted: true }]);
    expect(records[0]).not.toHaveProperty('firstByteMs');
  });

  it('OBS-H8 OBS-H12 a client that gives a slow handshake up is a 499 and no slow request', async () => {
    const { clock, hardening, records } = setup({ slowRequestMs: 10 });
    const arrived = held();
    const { raw } = await start(hardening, () => {
      arrived.resolve();
      return new Promise(() => undefined);
    });
    const client = raw();
    await arrived.promise;
    clock.advance(30_000);
    client.socket.resetAndDestroy();
    await expect
      .poll(() => records)
      .toMatchObject([{ status: 499, aborted: true, durationMs: 30_000, slow: false, kind: 'upgrade' }]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('broken at db.internal');
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken at db.internal'))],
  ])('OBS-H11 that %s is a 500 without any detail, recorded and reported', async (_, handler) => {
    const { hardening, reported, records } = setup();
    const { raw } = await start(hardening, handler);
    const client = raw();
    await client.closed;
    const { status, headers, body } = parsed(client.text);
    expect([status, headers['x-frame-options']]).toEqual(['HTTP/1.1 500 Internal Server Error', 'DENY']);
    expect(JSON.parse(body)).toEqual({ type: 'about:blank', title: 'Internal Server Error', status: 500 });
    const error = new Error('broken at db.internal');
    await expect.poll(() => records).toMatchObject([{ status: 500, error }]);
    expect(reported).toEqual([error]);
  });

  it('that throws after its answer closes the connection', async () => {
    const { hardening, reported, records } = setup();
    const { raw } = await start(hardening, async (request, socket, head) => {
      echo(request, socket, head as Buffer);
      await Promise.resolve();
      throw new Error('afterwards');
    });
    const client = raw();
    await client.closed;
    await expect.poll(() => records).toMatchObject([{ status: 101, error: new Error('afterwards') }]);
    expect(reported).toEqual([new Error('afterwards')]);
  });

  it('OBS-H20 is one of several: a request counts once, and a refusal is sent once', async () => {
    const { hardening, records } = setup({ ddos: { threshold: 1 } });
    let others = 0;
    const { raw } = await start(hardening, echo, () => others++);
    const first = raw();
    await expect.poll(() => first.text).toBe(SWITCH);
    const second = raw();
    await second.closed;
    expect(second.text.match(/HTTP\/1\.1/g)).toHaveLength(1);
    first.socket.end();
    await expect.poll(() => records.map(({ status }) => status)).toEqual([429, 101]);
    expect([others, hardening.snapshot().refused]).toEqual([1, 1]);
  });

  it('is not called for a client that hung up while a limiter was asked, which ends no process', async () => {
    const { answer, arrived, ddos } = sharedLimiter();
    const { hardening, records } = setup({ ddos });
    let called = 0;
    const { raw } = await start(hardening, () => called++);
    const client = raw();
    await arrived.promise;
    client.socket.resetAndDestroy();
    await expect.poll(() => records).toMatchObject([{ status: 499, aborted: true }]);
    answer.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    expect(called).toBe(0);
    const next = raw();
    await expect.poll(() => called).toBe(1);
    next.socket.destroy();
  });

  it('gets what a client has sent while a limiter was asked', async () => {
    const { answer, arrived, ddos } = sharedLimiter();
    const { hardening } = setup({ ddos });
    const { raw } = await start(hardening, echo);
    const client = raw(`${ASKED}early`);
    await arrived.promise;
    await new Promise((sent) => client.socket.write(' and late', sent));
    answer.resolve();
    await expect.poll(() => client.text).toBe(`${SWITCH}early and late`);
  });

  it('leaves what others put around the connection where it is', async () => {
    const { hardening, records } = setup();
    const seen: string[] = [];
    const { raw } = await start(hardening, (request, socket, head) => {
      const write = socket.write.bind(socket) as (chunk: unknown) => boolean;
      socket.write = (chunk: unknown) => (seen.push(String(chunk)), write(chunk));
      echo(request, socket, head);
      socket.write('more');
    });
    const client = raw();
    await expect.poll(() => client.text).toBe(`${SWITCH}more`);
    expect(seen).toEqual([SWITCH, '', 'more']);
    client.socket.end();
    await expect.poll(() => records).toMatchObject([{ status: 101 }]);
  });

  it('gets every upgrade itself after dispose', async () => {
    const { hardening, records } = setup({ ddos: { deny: ['127.0.0.0/8'] } });
    const { hardened, raw } = await start(hardening, echo);
    hardened[0]?.dispose();
    const client = raw();
    await expect.poll(() => client.text).toBe(SWITCH);
    client.socket.end();
    await client.closed;
    expect(records).toEqual([]);
  });

  it('must be one', () => {
    expect(() => hardenUpgrade({} as never)).toThrow(InvalidArgumentError);
  });
});
