import { GracefulDegradation } from 'breakwater/error-recovery';
import { InvalidArgumentError, isBreakwaterError } from 'breakwater/core';
import { describe, expect, it } from 'vitest';
import { setup } from './setup.js';

const failing = (error: unknown) => () => Promise.reject(error);

describe('GracefulDegradation.run', () => {
  it('runs the full operation while the feature is well', async () => {
    const { degradation, of } = setup();
    const answer = await degradation.run(
      'search',
      ({ feature, level, degraded, reasons }) => ({ feature, level, degraded, reasons }),
      () => 'never',
    );
    expect(answer).toEqual({
      value: { feature: 'search', level: 'full', degraded: false, reasons: [] },
      degraded: false,
      level: 'full',
      reasons: [],
    });
    expect(of().calls).toEqual({ full: 1, degraded: 0, refused: 0, failed: 0 });
  });

  it('runs the degraded one otherwise, and says so', async () => {
    const { degradation, of, told } = setup();
    degradation.degrade('search', { reason: 'slow' });
    degradation.degrade('search', { reason: 'deploy', level: 'off' });
    let ran = false;
    const answer = await degradation.run(
      'search',
      () => {
        ran = true;
      },
      async ({ level, degraded, reasons }) => ({ level, degraded, reasons }),
    );
    expect(answer).toEqual({
      value: { level: 'off', degraded: true, reasons: ['slow', 'deploy'] },
      degraded: true,
      level: 'off',
      reasons: ['slow', 'deploy'],
    });
    expect(ran).toBe(false);
    expect(of().calls).toMatchObject({ full: 0, degraded: 1 });
    degradation.recover('search');
    expect(told.at(-1)).toMatchObject({ callsServedDegraded: 1 });
  });

  it('runs the registered fallback for calls that bring none', async () => {
    const { degradation } = setup();
    degradation.register('prices', { fallback: ({ level }) => `last known, ${level}` });
    degradation.degrade('prices', { reason: 'slow' });
    expect(await degradation.run('prices', () => 'now')).toMatchObject({
      value: 'last known, degraded',
      degraded: true,
    });
    expect(
      await degradation.run(
        'prices',
        () => 'now',
        () => 'own',
      ),
    ).toMatchObject({ value: 'own' });
  });

  it('refuses when there is nothing to run in its place', async () => {
    const { degradation, of } = setup();
    degradation.degrade('search', { reason: 'slow' });
    const error: unknown = await degradation.run('search', () => 1).catch((thrown: unknown) => thrown);
    expect(isBreakwaterError(error, 'BREAKWATER_FEATURE_DEGRADED')).toBe(true);
    expect(error).toMatchObject({
      name: 'FeatureDegradedError',
      feature: 'search',
      level: 'cached',
      reasons: ['slow'],
    });
    expect((error as Error).message).toBe("feature 'search' is at level 'cached' (slow) and has no fallback");
    expect((error as Error).stack).not.toContain('\n    at ');
    expect(of().calls).toMatchObject({ refused: 1, failed: 0 });
  });

  it('captureStack records where the refusal was created', async () => {
    const { degradation } = setup({ captureStack: true });
    degradation.degrade('search', { reason: 'slow' });
    const error = (await degradation.run('search', () => 1).catch((thrown: unknown) => thrown)) as Error;
    expect(error.stack).toContain('\n    at ');
  });

  it('a failure of the full operation is one, since degradation goes by state', async () => {
    const { degradation, of } = setup();
    const error = new Error('down');
    await expect(degradation.run('search', failing(error), () => 'degraded')).rejects.toBe(error);
    await expect(
      degradation.run('search', () => {
        throw error;
      }),
    ).rejects.toBe(error);
    expect(of().calls).toEqual({ full: 0, degraded: 0, refused: 0, failed: 2 });
  });

  it('with fallbackOnError the fallback answers for a failure, at the second level', async () => {
    const { degradation, of, told } = setup();
    degradation.register('prices', {
      fallback: ({ error, level, reasons }) => [error, level, reasons],
      fallbackOnError: true,
    });
    const error = new Error('down');
    expect(await degradation.run('prices', failing(error))).toEqual({
      value: [error, 'degraded', ['error']],
      degraded: true,
      level: 'degraded',
      reasons: ['error'],
    });
    expect(of('prices').calls).toEqual({ full: 0, degraded: 1, refused: 0, failed: 0 });
    expect(degradation.isDegraded('prices')).toBe(false);
    expect(told).toEqual([]);
  });

  it('with fallbackOnError and no fallback the failure is thrown as it is', async () => {
    const { degradation } = setup();
    degradation.register('prices', { fallbackOnError: true });
    await expect(degradation.run('prices', failing('down'))).rejects.toBe('down');
    expect(await degradation.run('prices', failing('down'), () => 1)).toMatchObject({ value: 1, reasons: ['error'] });
  });

  it('a fallback that fails fails the call, and is not run again', async () => {
    const { degradation, of } = setup();
    let runs = 0;
    degradation.register('prices', {
      fallback: () => {
        runs++;
        throw new Error('no cache');
      },
      fallbackOnError: true,
    });
    await expect(degradation.run('prices', failing('down'))).rejects.toThrow('no cache');
    degradation.degrade('prices', { reason: 'slow' });
    await expect(degradation.run('prices', () => 1)).rejects.toThrow('no cache');
    expect(runs).toBe(2);
    expect(of('prices').calls).toMatchObject({ degraded: 0, failed: 2 });
  });

  it('RES-C21 with an aborted signal nothing is run and nothing is counted', async () => {
    const { degradation, of } = setup();
    let runs = 0;
    const run = () =>
      degradation.run(
        'search',
        () => runs++,
        () => runs++,
        { signal: AbortSignal.abort('gone') },
      );
    await expect(run()).rejects.toBe('gone');
    degradation.degrade('search', { reason: 'slow' });
    await expect(run()).rejects.toBe('gone');
    expect(runs).toBe(0);
    expect(of().calls).toEqual({ full: 0, degraded: 0, refused: 0, failed: 0 });
  });

  it('RES-F01 the fallback is not run for a caller that gave up, and the call counts neither way', async () => {
    const { degradation, of } = setup();
    let fallbacks = 0;
    degradation.register('prices', { fallback: () => fallbacks++, fallbackOnError: true });
    const controller = new AbortController();
    const running = degradation.run(
      'prices',
      ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
      undefined,
      { signal: controller.signal },
    );
    controller.abort('gone');
    await expect(running).rejects.toBe('gone');
    expect(fallbacks).toBe(0);
    expect(of('prices').calls).toEqual({ full: 0, degraded: 0, refused: 0, failed: 0 });
  });

  it('RES-C14 an answer of nothing is an answer', async () => {
    const { degradation } = setup();
    for (const value of [undefined, null, 0, '']) {
      expect(await degradation.run('search', () => value)).toEqual({
        value,
        degraded: false,
        level: 'full',
        reasons: [],
      });
    }
  });

  it('goes by the state at the beginning of the call', async () => {
    const { degradation } = setup();
    const running = degradation.run('search', async () => {
      degradation.degrade('search', { reason: 'slow' });
      await Promise.resolve();
      return 'full';
    });
    expect(await running).toMatchObject({ value: 'full', degraded: false });
  });

  it('counts a degraded answer for the time degraded that the call began in', async () => {
    const { degradation, told } = setup();
    degradation.degrade('search', { reason: 'a' });
    let release = (): void => undefined;
    const running = degradation.run(
      'search',
      () => 1,
      () => new Promise<void>((resolve) => (release = resolve)),
    );
    degradation.recover('search');
    degradation.degrade('search', { reason: 'b' });
    release();
    await running;
    degradation.recover('search');
    expect(told.filter((event) => 'durationMs' in event)).toMatchObject([
      { callsServedDegraded: 0 },
      { callsServedDegraded: 0 },
    ]);
  });

  it('refuses what is no function, before anything is run', async () => {
    const { degradation } = setup();
    await expect(degradation.run('search', Promise.resolve(1) as never)).rejects.toThrow(InvalidArgumentError);
    await expect(degradation.run('search', () => 1, 'cached' as never)).rejects.toThrow(InvalidArgumentError);
    await expect(degradation.run('search', () => 1, undefined, 5 as never)).rejects.toThrow(
      'options must be an object',
    );
  });
});

describe('a degraded call whose caller gave up meanwhile', () => {
  it('counts nowhere', async () => {
    const features = new GracefulDegradation({ minDwellMs: 0 });
    features.register('search');
    features.degrade('search', { reason: 'load' });
    const recovered: unknown[] = [];
    features.on('recovered', (event) => recovered.push(event));
    const caller = new AbortController();
    const degraded = (): number => {
      caller.abort();
      return 2;
    };
    expect(await features.run('search', () => 1, degraded, { signal: caller.signal })).toMatchObject({ value: 2 });
    expect(features.status().features[0]?.calls).toEqual({ full: 0, degraded: 0, refused: 0, failed: 0 });
    features.recover('search');
    expect(recovered).toMatchObject([{ callsServedDegraded: 0 }]);
  });
});
