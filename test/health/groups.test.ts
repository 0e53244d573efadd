import { CircuitBreaker } from 'breakwater/circuit-breaker';
import { InvalidArgumentError } from 'breakwater/core';
import { describe, expect, it } from 'vitest';
import { setup, statuses } from './setup.js';

function payments() {
  const { health, clock } = setup();
  health.register('database', () => true, { critical: true });
  const takeOut = health.register('bank', () => false, { critical: true, kinds: [] });
  health.register('mail', () => 'DEGRADED');
  health.watch(new CircuitBreaker({ name: 'bank', clock }));
  health.gate('lifecycle', () => undefined);
  return { health, takeOut };
}

describe('groups', () => {
  it('a group reports its members, in its own order, and runs no other check', async () => {
    const { health } = payments();
    health.defineGroup('payments', ['circuit-breaker:bank', 'database', 'bank', 'lifecycle']);
    const report = await health.group('payments');
    expect(report.status).toBe('UNHEALTHY');
    expect(Object.entries(statuses(report))).toEqual([
      ['circuit-breaker:bank', 'HEALTHY'],
      ['database', 'HEALTHY'],
      ['bank', 'UNHEALTHY'],
      ['lifecycle', 'HEALTHY'],
    ]);
    expect(health.snapshot().components.find(({ name }) => name === 'mail')?.message).toBe('pending');
  });

  it('a member that was taken out is shown as missing, never left out silently, until it is back', async () => {
    const { health, takeOut } = payments();
    health.defineGroup('payments', ['bank']);
    takeOut();
    expect(await health.group('payments')).toMatchObject({
      status: 'DEGRADED',
      components: [{ name: 'bank', status: 'DEGRADED', message: 'not registered', critical: false }],
    });
    health.register('bank', () => true);
    expect((await health.group('payments')).status).toBe('HEALTHY');
  });

  it('HLD-30 refuses an unknown member and names the one that was probably meant', () => {
    const { health } = payments();
    expect(() => health.defineGroup('payments', ['database', 'bnak'])).toThrow(/did you mean 'bank'/);
    expect(() => health.defineGroup('payments', ['nothing like it'])).toThrow(/there is 'database', 'bank'/);
    expect(() => setup().health.defineGroup('x', ['db'])).toThrow(/there is nothing yet/);
  });

  it.each([
    ['an empty list', []],
    ['no list', 'database'],
    ['nothing', undefined],
    ['a member twice', ['database', 'database']],
    ['a member that is no text', [5]],
  ])('HLD-30 refuses %s, and defines nothing then', async (_, members) => {
    const { health } = payments();
    expect(() => health.defineGroup('payments', members as never)).toThrow(InvalidArgumentError);
    await expect(health.group('payments')).rejects.toThrow(InvalidArgumentError);
  });

  it('HLD-30 refuses a name twice until the group is taken back, which leaves its members alone', async () => {
    const { health } = payments();
    const takeBack = health.defineGroup('payments', ['database']);
    expect(() => health.defineGroup('payments', ['mail'])).toThrow(/there is a group 'payments'/);
    expect(() => health.defineGroup('', ['mail'])).toThrow(InvalidArgumentError);
    takeBack();
    health.defineGroup('payments', ['mail']);
    takeBack();
    expect(statuses(await health.group('payments'))).toEqual({ mail: 'DEGRADED' });
    expect((await health.check()).components).toHaveLength(5);
  });

  it('HLD-30 asking for an unknown one rejects, and names the one that was probably meant', async () => {
    const { health } = payments();
    health.defineGroup('payments', ['database']);
    await expect(health.group('paymnets')).rejects.toThrow(/did you mean 'payments'/);
    await expect(health.group(undefined as never)).rejects.toThrow(InvalidArgumentError);
  });

  it('names with secrets in them are found by the name as it was given', async () => {
    const { health } = setup();
    const name = 'redis://app:hunter2secret@cache';
    health.register(name, () => true);
    health.defineGroup(`group of ${name}`, [name]);
    const report = await health.group(`group of ${name}`);
    expect(report.components).toHaveLength(1);
    expect(JSON.stringify(report)).not.toContain('hunter2secret');
  });
});
