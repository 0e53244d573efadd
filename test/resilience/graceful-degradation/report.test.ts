import { describe, expect, it } from 'vitest';
import { setup } from './setup.js';

describe('GracefulDegradation: report, health and metrics', () => {
  it('reports all features by name, as JSON that is always in the same order', async () => {
    const { degradation, clock } = setup({ name: 'shop' });
    degradation.register('zoom');
    degradation.register('Audio');
    degradation.register('mail');
    degradation.degrade('mail', { reason: 'queue' });
    clock.advance(250);
    await degradation.run(
      'mail',
      () => 1,
      () => 2,
    );
    const report = degradation.status();
    expect(report.features.map(({ feature }) => feature)).toEqual(['Audio', 'mail', 'search', 'zoom']);
    expect(report).toMatchObject({ version: 1, name: 'shop', degraded: 1 });
    expect(JSON.stringify(report.features[1])).toBe(
      '{"feature":"mail","level":"degraded","degraded":true,"reasons":[{"reason":"queue","level":"degraded",' +
        '"sinceMs":250,"by":"manual"}],"degradedForMs":250,"calls":{"full":0,"degraded":1,"refused":0,"failed":0}}',
    );
    expect(degradation.snapshot()).toEqual(report);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it('a report is a copy that nothing changes later', async () => {
    const { degradation } = setup();
    const before = degradation.status();
    const text = JSON.stringify(before);
    degradation.degrade('search', { reason: 'slow' });
    await degradation.run(
      'search',
      () => 1,
      () => 2,
    );
    expect(JSON.stringify(before)).toBe(text);
  });

  it('is healthy while every feature is, and degraded otherwise, naming ten at most', () => {
    const { degradation } = setup();
    expect(degradation.health()).toEqual({ status: 'HEALTHY' });
    degradation.degrade('search', { reason: 'slow', level: 'off' });
    expect(degradation.health()).toEqual({ status: 'DEGRADED', message: "search is at 'off'" });
    for (let i = 0; i < 11; i++) {
      degradation.register(`f${String(i)}`);
      degradation.degrade(`f${String(i)}`, { reason: 'x' });
    }
    const { message = '' } = degradation.health();
    expect(message).toContain("f8 is at 'degraded' and 2 more");
    expect(message).not.toContain('f9');
  });

  it('has a gauge for each feature and a counter for each outcome', async () => {
    const { degradation } = setup({ name: 'shop' });
    degradation.degrade('search', { reason: 'slow' });
    await degradation.run(
      'search',
      () => 1,
      () => 2,
    );
    const samples = [...degradation.metrics()].map(({ name, type, value, labels }) => [name, type, value, labels]);
    const labels = { degradation: 'shop', feature: 'search' };
    expect(samples).toEqual([
      ['breakwater_degradation_degraded', 'gauge', 1, labels],
      ...(
        [
          ['full', 0],
          ['degraded', 1],
          ['refused', 0],
          ['failed', 0],
        ] as const
      ).map(([path, value]) => ['breakwater_degradation_calls_total', 'counter', value, { ...labels, path }]),
    ]);
  });
});
