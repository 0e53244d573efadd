import {
  algorithmCheck,
  auditCheck,
  type HealthCheck,
  type HealthCheckContext,
  type HealthFinding,
  httpCheck,
  memoryCheck,
  notificationCheck,
  poolCheck,
  type RedisCheckClient,
  redisCheck,
} from 'breakwater/health';
import { describe, expect, expectTypeOf, it } from 'vitest';

describe('the types of the ready-made checks', () => {
  it('all are checks that answer a promise of a finding', () => {
    expectTypeOf(algorithmCheck(() => ({ active: 'a', fallback: 'b' }))).toEqualTypeOf<
      (context: HealthCheckContext) => Promise<HealthFinding>
    >();
    const all: readonly HealthCheck[] = [
      poolCheck(() => ({ active: 1, max: 2 })),
      memoryCheck(),
      httpCheck(new URL('http://h/'), { fetch: globalThis.fetch }),
      notificationCheck(() => 1, { degradedAbove: 1, unhealthyAbove: 2 }),
      auditCheck(({ since, windowMs }) => since + windowMs, { windowMs: 1_000, minimum: 1 }),
    ];
    expect(all).toHaveLength(5);
  });

  it('clients are told by what they can do', () => {
    expectTypeOf<{ ping(): Promise<string> }>().toExtend<RedisCheckClient>();
    expectTypeOf<{ ping(message?: string): Promise<Buffer>; status: string }>().toExtend<RedisCheckClient>();
    expectTypeOf<{ send(args: string[]): Promise<unknown>; isReady: boolean }>().toExtend<RedisCheckClient>();
    // @ts-expect-error neither ping nor send
    expect(() => redisCheck({ status: 'ready' })).toThrow();
    // @ts-expect-error a ping that answers nothing to wait for
    expect(() => redisCheck({ ping: () => 'PONG' })).not.toThrow();
  });

  it('what is required is missed', () => {
    // @ts-expect-error the limits are missing
    expect(() => notificationCheck(() => 1)).toThrow();
    // @ts-expect-error the minimum is missing
    expect(() => auditCheck(() => 1, { windowMs: 5 })).toThrow();
    // @ts-expect-error the fallback is missing
    expect(algorithmCheck(() => ({ active: 'a' }))).toBeTypeOf('function');
    // @ts-expect-error a pool is read at once
    expect(poolCheck(() => Promise.resolve({ active: 1, max: 1 }))).toBeTypeOf('function');
    // @ts-expect-error a method that may change something
    expect(() => httpCheck('http://h/', { method: 'POST' })).toThrow();
  });
});
