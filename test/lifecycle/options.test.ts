import { InvalidOptionsError, isBreakwaterError } from 'breakwater/core';
import { APPLICATION_LIFECYCLE_DEFAULTS, ApplicationLifecycle } from 'breakwater/lifecycle';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { setup, turns } from './setup.js';

afterEach(() => vi.unstubAllEnvs());

function issues(options: object): string[] {
  try {
    new ApplicationLifecycle(options);
  } catch (error) {
    if (error instanceof InvalidOptionsError) return error.issues.map(({ path, message }) => `${path} ${message}`);
  }
  return [];
}

describe('the options of a lifecycle', () => {
  it('have the defaults that are written down', () => {
    expect(APPLICATION_LIFECYCLE_DEFAULTS).toEqual({
      name: 'default',
      budgetMs: 25_000,
      drainDelayMs: 'auto',
      preStopMs: 0,
      startTimeoutMs: 60_000,
      hookTimeoutMs: 5_000,
      reraiseSignal: false,
    });
  });

  it('name each one that is wrong', () => {
    const found = issues({
      budgetMS: 3,
      drainDelayMs: '5s',
      health: {},
      deployment: () => undefined,
      logger: console.log,
      components: [{}],
      signals: 'SIGTERM',
      fatalErrors: ['uncaughtExceptions'],
      exit: 0,
      reraiseSignal: 1,
      startTimeoutMs: 0,
    });
    expect(found.map((issue) => issue.split(' ')[0]).sort()).toEqual(
      [
        'budgetMS',
        'components[0]',
        'deployment',
        'drainDelayMs',
        'exit',
        'fatalErrors[0]',
        'health',
        'logger',
        'reraiseSignal',
        'signals',
        'startTimeoutMs',
      ].sort(),
    );
    expect(found).toContain('budgetMS is not an option; did you mean budgetMs?');
  });

  it('refuse signals that nobody can hear of', () => {
    expect(issues({ signals: ['SIGTERM', 'SIGKILL', 'SIGNONE'] })).toEqual([
      'signals[1] is no signal that a process can hear of',
      'signals[2] is no signal that a process can hear of',
    ]);
  });

  it('HLD-53 refuse a budget that the stated grace period cuts off', () => {
    expect(issues({ gracePeriodMs: 30_000 })).toEqual([]);
    expect(issues({ gracePeriodMs: 10_000, budgetMs: 8_000 })).toEqual([]);
    expect(issues({ gracePeriodMs: 26_000 })[0]).toMatch(/^budgetMs must leave, with preStopMs, .*1000 ms too long$/);
    expect(issues({ gracePeriodMs: 30_000, preStopMs: 5_000 })[0]).toMatch(/2000 ms too long$/);
    expect(issues({ drainDelayMs: 26_000 })).toEqual([
      'drainDelayMs must be at most 20000, four fifths of budgetMs: hooks need the rest',
    ]);
    expect(issues({ drainDelayMs: 20_000 })).toEqual([]);
  });

  it.each([
    [{ KUBERNETES_SERVICE_HOST: '10.0.0.1' }, {}, false],
    [{ KUBERNETES_SERVICE_HOST: '10.0.0.1' }, { budgetMs: 29_000 }, true],
    [{ TERMINATION_GRACE_PERIOD_SECONDS: '20' }, {}, true],
    [{ TERMINATION_GRACE_PERIOD_SECONDS: '27' }, {}, false],
    [{ TERMINATION_GRACE_PERIOD_SECONDS: 'soon' }, {}, false],
    [{}, { budgetMs: 300_000 }, false],
  ])('HLD-53 warn when the environment %o cuts off %o: %o', async (env, options, warns) => {
    for (const name of ['KUBERNETES_SERVICE_HOST', 'TERMINATION_GRACE_PERIOD_SECONDS']) vi.stubEnv(name, '');
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const { reported } = setup(options);
    await turns(1);
    expect(reported.map((error) => (error as { code?: string }).code)).toEqual(
      warns ? ['BREAKWATER_W_GRACE_PERIOD'] : [],
    );
  });

  it('refuse hooks that could never run', () => {
    const { lifecycle } = setup();
    const noop = (): void => undefined;
    const refused = (run: () => void): string => {
      try {
        run();
      } catch (error) {
        if (isBreakwaterError(error)) return error.message;
      }
      return 'nothing';
    };
    lifecycle.onStart('a', noop);
    lifecycle.onStop('work', 'a', noop);
    lifecycle.onStop('resources', 'a', noop);
    expect(refused(() => lifecycle.onStart('a', noop))).toMatch(/start hook 'a' already/);
    expect(refused(() => lifecycle.onStop('work', 'a', noop))).toMatch(/stop hook 'a' in the phase 'work' already/);
    expect(refused(() => lifecycle.onStart('', noop))).toMatch(/name must be text/);
    expect(refused(() => lifecycle.onStart('a\nb', noop))).toMatch(/name must be text/);
    expect(refused(() => lifecycle.onStart('b', 3 as never))).toMatch(/'b' must be a function, got 3/);
    expect(refused(() => lifecycle.onStop('a' as never, 'work', noop))).toMatch(/phase must be one of ingress/);
    expect(refused(() => lifecycle.onStop('work', 'b', noop, { timeout: 3 } as never))).toMatch(/timeoutMs/);
    expect(refused(() => lifecycle.onStart('c', noop, { needs: 'a' } as never))).toMatch(/needs must be an array/);
    expect(refused(() => lifecycle.attach({} as never))).toMatch(/expected an http, https, http2, net or WebSocket/);
    expect(refused(() => lifecycle.track(3 as never))).toMatch(/label must be text, got 3/);
  });
});
