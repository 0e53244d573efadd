import { InvalidArgumentError, registerSecret } from 'breakwater/core';
import { type AlgorithmState, algorithmCheck } from 'breakwater/health';
import { describe, expect, it } from 'vitest';
import { run, shown } from './run.js';

const stands = (state: unknown) => run(algorithmCheck(() => state as AlgorithmState));

describe('algorithmCheck', () => {
  it('is HEALTHY on any but the fallback, and shows both', async () => {
    expect(await stands({ active: 'model 7', fallback: 'list price' })).toEqual({
      status: 'HEALTHY',
      details: { active: 'model 7', fallback: 'list price' },
    });
  });

  it('is DEGRADED on the fallback', async () => {
    expect(await stands({ active: 'list price', fallback: 'list price' })).toEqual({
      status: 'DEGRADED',
      message: "running on the fallback 'list price'",
      details: { active: 'list price', fallback: 'list price' },
    });
    expect(await stands({ active: ' list price', fallback: 'list price ' })).toMatchObject({ status: 'DEGRADED' });
  });

  it.each([[undefined], [null], [''], ['  '], ['off'], ['OFF']])(
    'is UNHEALTHY while nothing is active: %o',
    async (active) => {
      expect(await stands({ active, fallback: 'list price' })).toEqual({
        status: 'UNHEALTHY',
        message: 'no algorithm is active',
        details: { active: null, fallback: 'list price' },
      });
      expect(await stands({})).toMatchObject({ status: 'UNHEALTHY' });
    },
  );

  it.each([
    [undefined, 'the source must answer { active, fallback }, got undefined'],
    ['primary', 'the source must answer { active, fallback }, got a string'],
    [{ active: 7, fallback: 'x' }, 'active must be text or nothing, got 7'],
    [{ active: 'x', fallBack: 'y' }, 'fallback must be text, got undefined'],
  ])('HLD-9 nonsense is never HEALTHY: %o', async (state, problem) => {
    expect(await stands(state)).toEqual({ status: 'DEGRADED', message: `invalid result: ${problem}` });
  });

  it('takes a promise, and hands on its signal', async () => {
    const { signal } = new AbortController();
    const check = algorithmCheck(async (context) => ({ active: String(context.signal === signal), fallback: 'x' }));
    expect(await run(check, signal)).toMatchObject({ details: { active: 'true' } });
  });

  it.each([
    [false, 'DEGRADED'],
    [true, 'UNHEALTHY'],
  ])('HLD-7 a source that fails is judged by the service; critical: %s', async (critical, status) => {
    const failing = [
      algorithmCheck(() => {
        throw new Error('gone');
      }),
      algorithmCheck(() => Promise.reject(new Error('gone'))),
    ];
    for (const check of failing)
      expect(await shown(check, critical)).toMatchObject({ status, message: 'failed: gone' });
  });

  it('shows no secret and no long name', async () => {
    using _ = registerSecret('hunter22-hunter22');
    const name = 'hunter22-hunter22';
    expect(JSON.stringify(await stands({ active: name, fallback: name }))).not.toContain('hunter22');
    const long = 'x'.repeat(5_000);
    expect((await stands({ active: long, fallback: long })).message?.length).toBeLessThan(120);
  });

  it('refuses what is no source', () => {
    expect(() => algorithmCheck({ active: 'a', fallback: 'b' } as never)).toThrow(InvalidArgumentError);
    expect(() => algorithmCheck(undefined as never)).toThrow(
      'algorithmCheck: source must be a function, got undefined',
    );
  });
});
