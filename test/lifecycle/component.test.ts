import type { Component, ComponentEvent } from 'breakwater/core';
import { HealthCheckService } from 'breakwater/health';
import { describe, expect, it } from 'vitest';
import { setup } from './setup.js';

describe('a lifecycle as a component', () => {
  it('tells of phases and steps, as plain JSON, to those who listen', async () => {
    const { lifecycle } = setup({ name: 'shop' });
    const heard: ComponentEvent[] = [];
    const stopListening = lifecycle.subscribe((event) => heard.push(event));
    lifecycle.onStop('work', 'bad', () => Promise.reject(new Error('bad')));
    await lifecycle.start();
    await lifecycle.stop('deploy');
    expect(heard).toEqual([
      { type: 'phaseChange', level: 'info', data: { lifecycle: 'shop', from: 'STARTING', to: 'READY' } },
      {
        type: 'step',
        level: 'info',
        data: { lifecycle: 'shop', during: 'start', name: 'ready', status: 'DONE', atMs: 0, durationMs: 0 },
      },
      {
        type: 'phaseChange',
        level: 'info',
        data: { lifecycle: 'shop', from: 'READY', to: 'DRAINING', reason: 'deploy' },
      },
      {
        type: 'step',
        level: 'error',
        data: {
          lifecycle: 'shop',
          during: 'stop',
          name: 'stop bad',
          status: 'FAILED',
          atMs: 0,
          durationMs: 0,
          message: 'bad',
        },
      },
      {
        type: 'phaseChange',
        level: 'info',
        data: { lifecycle: 'shop', from: 'DRAINING', to: 'STOPPED', reason: 'deploy' },
      },
    ]);
    expect(JSON.parse(JSON.stringify(heard))).toEqual(heard);
    stopListening();
    stopListening();
  });

  it('has its phase, its work and its start in a scrape', async () => {
    const { lifecycle, clock } = setup();
    const values = (): Record<string, number> =>
      Object.fromEntries(
        [...lifecycle.metrics()].map(({ name, value, labels }) => [
          [name.replace('breakwater_lifecycle_', ''), labels?.['phase']].filter(Boolean).join(' '),
          value,
        ]),
      );
    lifecycle.onStart('slow', () => new Promise<void>((resolve) => clock.schedule(resolve, 1_500)));
    lifecycle.track();
    expect(values()).toEqual({
      'phase STARTING': 1,
      'phase READY': 0,
      'phase DRAINING': 0,
      'phase STOPPED': 0,
      requests_in_flight: 0,
      tracked_work: 1,
    });
    const start = lifecycle.start();
    await clock.advanceAsync(1_500);
    await start;
    expect(values()).toMatchObject({ 'phase STARTING': 0, 'phase READY': 1, start_duration_seconds: 1.5 });
    expect(
      [...lifecycle.metrics()].every(({ labels, type }) => labels?.['lifecycle'] === 'default' && type === 'gauge'),
    ).toBe(true);
  });

  it('refuses listeners that cannot hear, and survives those that throw', async () => {
    const { lifecycle, exits, reported } = setup();
    expect(() => lifecycle.on('phase' as never, () => undefined)).toThrow(/did you mean|there is phaseChange, step/);
    expect(() => lifecycle.on('step', 3 as never)).toThrow(/must be a function/);
    lifecycle.on('phaseChange', () => {
      throw new Error('listener');
    });
    await lifecycle.start();
    await lifecycle.stop();
    expect([exits, reported.length]).toEqual([[0], 1]);
  });

  it('can be watched like any other part', async () => {
    const { lifecycle, clock } = setup();
    const part: Component = lifecycle;
    const health = new HealthCheckService({ clock });
    health.watch(part);
    expect((await health.check()).components[0]).toMatchObject({
      name: 'application-lifecycle:default',
      status: 'UNHEALTHY',
      message: 'starting',
    });
    await lifecycle.start();
    expect((await health.check()).status).toBe('HEALTHY');
    await lifecycle.stop();
  });

  it('masks secrets in names and reasons', async () => {
    const { lifecycle } = setup({ name: 'redis://user:hunter2secret@10.0.0.1' });
    lifecycle.onStart('connect to redis://user:hunter2secret@10.0.0.1', () => undefined);
    lifecycle.track('job with Bearer abcdef1234567890abcdef');
    await lifecycle.start();
    void lifecycle.stop('token=abcdef123456\u0007');
    const report = JSON.stringify(lifecycle.report());
    expect(report).not.toMatch(/hunter2secret|abcdef12/);
    expect(lifecycle.report().stop?.reason).toBe('token=[secret]');
  });
});
