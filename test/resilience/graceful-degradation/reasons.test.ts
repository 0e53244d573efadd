import { InvalidArgumentError, InvalidOptionsError, registerSecret } from 'breakwater/core';
import { describe, expect, it } from 'vitest';
import { GracefulDegradation } from 'breakwater/error-recovery';
import { setup } from './setup.js';

describe('GracefulDegradation: features, levels and reasons', () => {
  it('a registered feature is at its best level', () => {
    const { degradation, of } = setup();
    expect(degradation.isDegraded('search')).toBe(false);
    expect(of()).toEqual({
      feature: 'search',
      level: 'full',
      degraded: false,
      reasons: [],
      degradedForMs: 0,
      calls: { full: 0, degraded: 0, refused: 0, failed: 0 },
    });
  });

  it('degrades to the second level unless told otherwise', () => {
    const { degradation, level } = setup();
    degradation.degrade('search', { reason: 'slow' });
    expect(level()).toBe('cached');
    expect(degradation.isDegraded('search')).toBe(true);
  });

  it('is at the worst level of its reasons, and back when the last one is gone', () => {
    const { degradation, level, told } = setup();
    degradation.degrade('search', { reason: 'slow' });
    degradation.degrade('search', { reason: 'deploy', level: 'off' });
    expect(level()).toBe('off');
    degradation.recover('search', { reason: 'deploy' });
    expect(level()).toBe('cached');
    degradation.recover('search', { reason: 'slow' });
    expect(level()).toBe('full');
    expect(told).toMatchObject([
      { from: 'full', level: 'cached', worse: true, reasons: ['slow'] },
      { from: 'cached', level: 'off', worse: true, reasons: ['slow', 'deploy'] },
      { from: 'off', level: 'cached', worse: false, reasons: ['slow'] },
      { from: 'cached', durationMs: 0, reasons: ['slow', 'deploy'] },
    ]);
  });

  it('the same reason again changes its level and keeps its age', () => {
    const { degradation, clock, of } = setup();
    degradation.degrade('search', { reason: 'slow', level: 'off' });
    clock.advance(700);
    degradation.degrade('search', { reason: 'slow', level: 'cached' });
    clock.advance(300);
    expect(of()).toMatchObject({
      level: 'cached',
      degradedForMs: 1_000,
      reasons: [{ reason: 'slow', level: 'cached', sinceMs: 1_000, by: 'manual' }],
    });
  });

  it('recover without a reason takes all of those back that were given by hand', () => {
    const { degradation, level, told } = setup();
    degradation.degrade('search', { reason: 'a', level: 'off' });
    degradation.degrade('search', { reason: 'b' });
    degradation.recover('search');
    expect(level()).toBe('full');
    expect(told).toMatchObject([{ level: 'off' }, { from: 'off', durationMs: 0 }]);
  });

  it('recovering from a reason that is not there changes and tells nothing', () => {
    const { degradation, level, told } = setup();
    degradation.recover('search', { reason: 'never' });
    degradation.recover('search');
    degradation.degrade('search', { reason: 'slow' });
    degradation.recover('search', { reason: 'other' });
    expect(level()).toBe('cached');
    expect(told).toHaveLength(1);
  });

  it('tells how long a feature was degraded', () => {
    const { degradation, clock, told } = setup({ name: 'shop' });
    degradation.degrade('search', { reason: 'slow' });
    clock.advance(1_500);
    degradation.recover('search');
    expect(told[1]).toEqual({
      degradation: 'shop',
      feature: 'search',
      from: 'cached',
      durationMs: 1_500,
      callsServedDegraded: 0,
      reasons: ['slow'],
    });
  });

  it('passes both events on as plain JSON, with their weight', () => {
    const { degradation } = setup();
    const events: unknown[] = [];
    const stop = degradation.subscribe(({ type, level }) => events.push([type, level]));
    degradation.degrade('search', { reason: 'slow', level: 'off' });
    degradation.degrade('search', { reason: 'slow' });
    degradation.recover('search');
    stop();
    degradation.degrade('search', { reason: 'slow' });
    expect(events).toEqual([
      ['degraded', 'warn'],
      ['degraded', 'info'],
      ['recovered', 'info'],
    ]);
  });

  it('a listener may change the feature, and hears events in their order', () => {
    const { degradation, told } = setup();
    degradation.on('degraded', () => {
      degradation.recover('search');
    });
    degradation.degrade('search', { reason: 'slow' });
    expect(told).toMatchObject([{ level: 'cached' }, { durationMs: 0 }]);
    expect(degradation.isDegraded('search')).toBe(false);
  });

  it('a listener that throws is reported and hurts nobody', async () => {
    const { degradation, reported, level } = setup();
    const broken = new Error('listener');
    degradation.on('degraded', () => {
      throw broken;
    });
    degradation.degrade('search', { reason: 'slow' });
    await Promise.resolve();
    expect(reported).toEqual([broken]);
    expect(level()).toBe('cached');
  });

  it('names the feature that was probably meant', async () => {
    const { degradation } = setup();
    expect(() => degradation.isDegraded('serach')).toThrow("no feature is named 'serach'; did you mean 'search'?");
    expect(() => degradation.degrade('other', { reason: 'x' })).toThrow('register it first');
    await expect(degradation.run('serach', () => 1)).rejects.toThrow(InvalidArgumentError);
    expect(() => degradation.isDegraded(7 as never)).toThrow('expected the name of a feature, got 7');
  });

  it('names the event that was probably meant', () => {
    const { degradation } = setup();
    expect(() => degradation.on('degrade' as never, () => undefined)).toThrow("did you mean 'degraded'?");
  });

  it('names the level that was probably meant', () => {
    const { degradation } = setup();
    const degrade = (level: unknown) => () => {
      degradation.degrade('search', { reason: 'x', level: level as string });
    };
    expect(degrade('cahced')).toThrow("level must be 'cached' or 'off'; did you mean 'cached'?");
    expect(degrade('full')).toThrow("'full' is the best level; use recover");
    expect(degrade(1)).toThrow('got 1');
    expect(degradation.isDegraded('search')).toBe(false);
  });

  it('refuses a feature that is registered already, and names and levels that cannot be', () => {
    const { degradation } = setup();
    expect(() => degradation.register('search')).toThrow("feature 'search' is registered already");
    expect(() => degradation.register('')).toThrow('1 to 200 characters');
    expect(() => degradation.register('a\nb')).toThrow('control characters');
    expect(() => degradation.register('x', { levels: ['full'] })).toThrow(InvalidOptionsError);
    expect(() => degradation.register('x', { levels: ['a', 'a'] })).toThrow('levels must be different names');
    expect(() => degradation.register('x', { levels: ['a', ''] })).toThrow('levels[1]');
    expect(() => degradation.register('x', { fallbak: () => 1 } as never)).toThrow('did you mean fallback?');
    expect(() => degradation.isDegraded('x')).toThrow(InvalidArgumentError);
  });

  it.each([undefined, null, '', 5, 'x'.repeat(201), 'a\u0000b'])('refuses %j as a reason', (reason) => {
    const { degradation } = setup();
    expect(() => degradation.degrade('search', { reason: reason as string })).toThrow(InvalidArgumentError);
    expect(degradation.isDegraded('search')).toBe(false);
  });

  it('refuses what is no object of a reason', () => {
    const { degradation } = setup();
    expect(() => degradation.degrade('search', 'slow' as never)).toThrow("such as { reason: 'maintenance' }");
    expect(() => degradation.recover('search', null as never)).toThrow(InvalidArgumentError);
  });

  it('holds a hundred reasons, and no more', () => {
    const { degradation, of } = setup();
    for (let i = 0; i < 100; i++) degradation.degrade('search', { reason: `r${String(i)}` });
    expect(() => degradation.degrade('search', { reason: 'one more' })).toThrow('100 reasons');
    degradation.degrade('search', { reason: 'r99', level: 'off' });
    expect(of()).toMatchObject({ level: 'off' });
    degradation.recover('search', { reason: 'r0' });
    degradation.degrade('search', { reason: 'one more' });
    expect(of().reasons).toHaveLength(100);
  });

  it('remembers a hundred reasons of the time degraded, however many there were', () => {
    const { degradation, told } = setup();
    degradation.degrade('search', { reason: 'stays' });
    for (let i = 0; i < 500; i++) {
      degradation.degrade('search', { reason: `r${String(i)}` });
      degradation.recover('search', { reason: `r${String(i)}` });
    }
    degradation.recover('search');
    expect(told.at(-1)?.reasons).toHaveLength(100);
  });

  it('holds maxFeatures features, and no more', () => {
    const { degradation } = setup({ maxFeatures: 2 });
    degradation.register('second');
    expect(() => degradation.register('third')).toThrow('there are 2 features already');
  });

  it('masks secrets in reasons, wherever they are shown', () => {
    const secret = registerSecret('hunter2-hunter2');
    const { degradation, told, of } = setup();
    const reason = 'refused postgres://app:pa55word@db/x with hunter2-hunter2';
    degradation.degrade('search', { reason });
    const shown = JSON.stringify([told, of(), degradation.health(), [...degradation.metrics()]]);
    expect(shown).toContain('[secret]');
    expect(shown).not.toMatch(/hunter2|pa55word/);
    degradation.register('search hunter2-hunter2');
    degradation.degrade('search hunter2-hunter2', { reason: 'x' });
    expect(JSON.stringify([told, degradation.status(), degradation.health()])).not.toContain('hunter2');
    degradation.recover('search hunter2-hunter2');
    degradation.recover('search', { reason });
    expect(degradation.isDegraded('search')).toBe(false);
    secret[Symbol.dispose]();
  });

  it.each([
    [{ minDwellMs: -1 }, 'minDwellMs'],
    [{ maxFeatures: 0 }, 'maxFeatures'],
    [{ minDwelMs: 5 }, 'did you mean minDwellMs?'],
    [{ name: '' }, 'name'],
  ])('refuses the options %j', (options, text) => {
    expect(() => new GracefulDegradation(options as never)).toThrow(text);
  });
});
