import { DeploymentChecker, type DeploymentOutcome } from 'breakwater/deployment';
import { createHardening } from 'breakwater/http';
import { StartFailedError } from 'breakwater/lifecycle';
import { ManualClock } from 'breakwater/testing';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { ask, FakeResponse } from '../http/exchange.js';
import { passedUntil, setup } from './setup.js';

const TOKEN = 'correct-horse-battery';

function checker(clock: ManualClock, run: () => DeploymentOutcome | Promise<DeploymentOutcome>) {
  return new DeploymentChecker({
    clock,
    env: ['SET'],
    environment: { SET: '1' },
    timeoutMs: 200,
    checks: [{ id: 'index', name: 'Search index', run }],
  });
}

describe('a lifecycle that is given a DeploymentChecker', () => {
  it('starts when all checks pass, also with warnings', async () => {
    const clock = new ManualClock();
    const deployment = checker(clock, () => ({ status: 'WARN', message: 'old' }));
    const { lifecycle } = setup({ clock, deployment });
    const start = lifecycle.start();
    await passedUntil(clock, start);
    expect((await start).ok).toBe(true);
    expect(deployment.getSummary()).toMatchObject({ allPass: true, passed: 1, warned: 1 });
  });

  it.each<[string, () => DeploymentOutcome | Promise<DeploymentOutcome>, string]>([
    ['fails', () => ({ status: 'FAIL', message: 'runs 7.1' }), 'failed: index (runs 7.1)'],
    [
      'crashes',
      () => {
        throw new Error('no route');
      },
      'failed: index (crashed: no route)',
    ],
    ['hangs', () => new Promise(() => undefined), 'failed: index (timed out after 200 ms)'],
  ])('HLD-57 HLD-58 does not start when a check %s, and says which and why', async (_, run, message) => {
    const clock = new ManualClock();
    const { lifecycle, exits } = setup({ clock, deployment: checker(clock, run) });
    const start = lifecycle.start().catch((error: unknown) => error);
    await passedUntil(clock, start);
    const error = await start;
    expect(error).toBeInstanceOf(StartFailedError);
    expect((error as StartFailedError).message).toContain(message);
    expect((error as StartFailedError).step).toBe('verdict');
    expect(exits).toEqual([1]);
  });
});

describe('the status page', () => {
  it('shows the latest results of a DeploymentChecker, what is wrong first', async () => {
    const deployment = checker(new ManualClock(), () => ({ status: 'FAIL', message: 'runs <7.1>', hint: 'needs 8.x' }));
    const hardening = createHardening({
      components: [deployment],
      ddos: false,
      statusPage: true,
      authorize: TOKEN,
    });
    await deployment.runAllChecks();
    const response = new FakeResponse();
    const over = once(response, 'close');
    const headers = { authorization: `Bearer ${TOKEN}` };
    await ask(hardening, '/health/status', { headers, response });
    await over;
    const page = response.body ?? '';
    expect(page).toContain('Deployment checks');
    expect(page).toContain('runs &lt;7.1&gt;');
    expect(page).toContain('needs 8.x');
    expect(page.indexOf('Search index')).toBeLessThan(page.indexOf('Environment variables'));
  });
});
