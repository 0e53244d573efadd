import { InvalidArgumentError, InvalidOptionsError } from 'breakwater/core';
import { type RedisCheckClient, redisCheck } from 'breakwater/health';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it, vi } from 'vitest';
import { takes } from '../setup.js';
import { run } from './run.js';

const answering = (answer: unknown) => run(redisCheck({ ping: async () => answer }));

describe('redisCheck', () => {
  it.each([
    [0, 'HEALTHY', undefined],
    [99.9, 'HEALTHY', undefined],
    [100, 'DEGRADED', 'ping took 100 ms; healthy is below 100 ms'],
  ])('HLD-26 a ping of %d ms is %s', async (ms, status, message) => {
    const clock = new ManualClock();
    const asked = run(redisCheck({ ping: takes(clock, ms, () => 'PONG') }, { clock }));
    await clock.advanceAsync(ms);
    expect(await asked).toEqual({ status, ...(message && { message }) });
  });

  it('takes another limit', async () => {
    const clock = new ManualClock();
    const check = redisCheck({ ping: takes(clock, 20, () => 'PONG') }, { clock, healthyBelowMs: 20 });
    const asked = run(check);
    await clock.advanceAsync(20);
    expect(await asked).toMatchObject({ status: 'DEGRADED' });
  });

  it('sends the command itself to whatever sends commands', async () => {
    const send = vi.fn(async (_: readonly string[]) => Buffer.from('PONG'));
    expect(await run(redisCheck({ send }))).toEqual({ status: 'HEALTHY' });
    expect(send.mock.calls).toEqual([[['PING']]]);
  });

  it.each([['PONG'], [Buffer.from('PONG')], [new Uint8Array([80, 79, 78, 71])]])(
    'knows its answer: %o',
    async (pong) => {
      expect(await answering(pong)).toEqual({ status: 'HEALTHY' });
    },
  );

  it.each([[undefined], ['pong'], ['OK'], [''], [Buffer.from('PONGPONG')], [['pong', '']], [1]])(
    'HLD-9 another answer is DEGRADED, and not shown: %o',
    async (answer) => {
      const { status, message } = await answering(answer);
      expect([status, message]).toEqual(['DEGRADED', expect.stringMatching(/^ping was answered by something other/)]);
      expect(message).not.toContain('OK');
    },
  );

  it.each([
    'LOADING Redis is loading the dataset in memory',
    "READONLY You can't write against a read only replica.",
    "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    'NOAUTH Authentication required.',
  ])('is UNHEALTHY with the reason of the server: %s', async (reason) => {
    expect(await run(redisCheck({ ping: () => Promise.reject(new Error(reason)) }))).toEqual({
      status: 'UNHEALTHY',
      message: `ping failed: ${reason}`,
    });
  });

  it('is UNHEALTHY when the client throws at once, its reason redacted', async () => {
    const ping = (): never => {
      throw new Error('no route to redis://app:pa55w0rd@cache:6379');
    };
    expect(await run(redisCheck({ ping }))).toEqual({
      status: 'UNHEALTHY',
      message: 'ping failed: no route to redis://[secret]@cache:6379',
    });
  });

  it.each([
    [{ isReady: false }, 'not ready'],
    ...['connecting', 'connect', 'reconnecting', 'disconnecting', 'close', 'end'].map((status) => [
      { status },
      `in status '${status}'`,
    ]),
  ] as [object, string][])('HLD-2 sends nothing to a client that would keep it: %o', async (state, reason) => {
    const ping = vi.fn(() => new Promise(() => undefined));
    expect(await run(redisCheck({ ping, ...state }))).toEqual({
      status: 'UNHEALTHY',
      message: `not connected: the client is ${reason}`,
    });
    expect(ping).not.toHaveBeenCalled();
  });

  it.each([[{ isReady: true }], [{ status: 'ready' }], [{ status: 'wait' }], [{ status: 'of its own' }], [{}]])(
    'sends it to any other: %o',
    async (state) => {
      expect(await run(redisCheck({ ping: async () => 'PONG', ...state }))).toEqual({ status: 'HEALTHY' });
    },
  );

  it('looks at the connection each time', async () => {
    const client = { status: 'ready', ping: async () => 'PONG' };
    const check = redisCheck(client);
    expect((await run(check)).status).toBe('HEALTHY');
    client.status = 'reconnecting';
    expect((await run(check)).status).toBe('UNHEALTHY');
  });

  it('keeps the client as `this`', async () => {
    const client = {
      pong: 'PONG',
      async ping() {
        return this.pong;
      },
    };
    expect((await run(redisCheck(client))).status).toBe('HEALTHY');
  });

  it('is UNHEALTHY when the state of the client cannot be read', async () => {
    const client = {
      ping: async () => 'PONG',
      get status(): string {
        throw new Error('disposed');
      },
    };
    expect(await run(redisCheck(client))).toEqual({ status: 'UNHEALTHY', message: 'ping failed: disposed' });
  });

  it('refuses what cannot work', () => {
    for (const client of [undefined, {}, { ping: 'PONG' }, 'redis://u:pw@h'])
      expect(() => redisCheck(client as unknown as RedisCheckClient)).toThrow(InvalidArgumentError);
    expect(() => redisCheck('redis://u:pw@h' as never)).not.toThrow('pw');
    expect(() => redisCheck({ ping: async () => 'PONG' }, { healthyBelowMs: 0 })).toThrow(InvalidOptionsError);
  });
});
