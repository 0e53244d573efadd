import { CircuitOpenError, classifyDatabaseError } from 'breakwater/circuit-breaker';
import { describe, expect, it } from 'vitest';
import { setup } from './setup.js';

function verdictOf(error: unknown): string {
  return classifyDatabaseError({ failed: true, error, durationMs: 1 });
}

describe('classifyDatabaseError', () => {
  it.each(['22001', '22P02', '23505', '42P01', '42501', 'P0001', 'P0002'])(
    '%s is an answer of the database',
    (code) => {
      expect(verdictOf(Object.assign(new Error('x'), { code }))).toBe('success');
      expect(verdictOf({ code: 'ER_DUP_ENTRY', sqlState: code })).toBe('success');
      expect(verdictOf({ sqlstate: code })).toBe('success');
    },
  );

  it.each([
    '08006',
    '53300',
    '57P01',
    '57014',
    '40001',
    '40P01',
    'XX000',
    'ECONNREFUSED',
    'EPIPE',
    'P2002',
    '2350',
    '235050',
  ])('%s is a failure', (code) => {
    expect(verdictOf(Object.assign(new Error('x'), { code }))).toBe('failure');
  });

  it('looks at causes, ten of them', () => {
    const nest = (depth: number): unknown =>
      depth === 0 ? { code: '23505' } : new Error('wrapped', { cause: nest(depth - 1) });
    expect(verdictOf(nest(9))).toBe('success');
    expect(verdictOf(nest(10))).toBe('failure');
    const loop: { cause?: unknown } = {};
    loop.cause = loop;
    expect(verdictOf(loop)).toBe('failure');
  });

  it.each([undefined, null, 'text', 23505, { code: 23505 }, { code: ['23505'] }])('%s is a failure', (error) => {
    expect(verdictOf(error)).toBe('failure');
  });

  it('survives errors that cannot be read', () => {
    const hostile = {
      get code(): string {
        throw new Error('no');
      },
    };
    expect(verdictOf(hostile)).toBe('failure');
    expect(verdictOf(new Error('outer', { cause: hostile }))).toBe('failure');
  });

  it('RES-C09 a refusal by another guard is ignored, results are successes', async () => {
    expect(verdictOf(new CircuitOpenError('inner', 'OPEN'))).toBe('ignore');
    expect(classifyDatabaseError({ failed: false, result: { code: '57P01' }, durationMs: 1 })).toBe('success');
    const { breaker, fail } = setup({ failureThreshold: 1, classify: classifyDatabaseError });
    await fail(Object.assign(new Error('duplicate key'), { code: '23505' }));
    expect(breaker.snapshot()).toMatchObject({ state: 'CLOSED', counts: { successes: 1 } });
    await fail(Object.assign(new Error('terminating connection'), { code: '57P01' }));
    expect(breaker.state).toBe('OPEN');
  });
});
