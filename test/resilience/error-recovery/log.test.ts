import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ErrorGroups } from '../../../src/resilience/error-recovery/error-groups.js';
import { describeError } from '../../../src/resilience/error-recovery/fingerprint.js';
import { MINUTE, setup } from './setup.js';

describe('ErrorRecoveryService.recordError and the log', () => {
  it('keeps time, error, context and kind', () => {
    const { recovery, clock } = setup();
    clock.advance(250);
    recovery.recordError('jobs', Object.assign(new TypeError('bad job 17'), { code: 'E_JOB' }), {
      job: 17,
      secret: 'x',
    });
    const [entry] = recovery.errors('jobs');
    expect(entry).toEqual({
      at: 1_700_000_000_250,
      error: { name: 'TypeError', code: 'E_JOB', message: 'bad job 17' },
      context: { job: 17, secret: '[secret]' },
      fingerprint: expect.stringMatching(/^TypeError\|E_JOB\|bad job <n>\|/) as unknown,
    });
  });

  it('a service that was only recorded has no breaker', () => {
    const { recovery, of } = setup();
    recovery.recordError('jobs', new Error('x'));
    expect(of('jobs')).toMatchObject({ calls: 0, errors: 1 });
    expect(of('jobs')).not.toHaveProperty('breaker');
  });

  it('takes whatever was thrown', () => {
    const { recovery } = setup();
    const hostile = {
      get message() {
        throw new Error('no');
      },
    };
    for (const error of [undefined, null, 'text', 5, {}, hostile, Object.create(null), Symbol('s')]) {
      recovery.recordError('x', error);
    }
    expect(recovery.errors('x').map(({ error }) => [error.name, error.message])).toEqual([
      ['undefined', 'undefined'],
      ['object', 'null'],
      ['string', 'text'],
      ['number', '5'],
      ['object', ''],
      ['unreadable', ''],
      ['object', ''],
      ['symbol', 'Symbol(s)'],
    ]);
  });

  it('cuts what is long: messages at 200 characters, contexts at 2 kB', () => {
    const { recovery } = setup();
    recovery.recordError('x', new Error('m'.repeat(1_000_000)), { text: 'c'.repeat(2_100) });
    recovery.recordError('x', new Error('y'), { list: Array.from({ length: 700 }, (_, i) => i) });
    const [long, list] = recovery.errors('x');
    expect(long?.error.message).toHaveLength(200);
    expect(long?.context).toEqual({ text: expect.stringMatching(/^c{1999}…$/) as unknown });
    expect(list?.context).toEqual({ list: Array.from({ length: 200 }, (_, i) => i) });
    recovery.recordError('x', new Error('y'), { a: 'c'.repeat(1_500), b: 'c'.repeat(1_500) });
    expect(recovery.errors('x')[2]?.context).toBe('[too large]');
  });

  it('an entry cannot be changed by who reads it', () => {
    const { recovery } = setup();
    recovery.recordError('x', new Error('y'), { deep: { list: [1] } });
    const [entry] = recovery.errors('x') as unknown as [
      { context: { deep: { list: number[] } }; error: { message: string } },
    ];
    expect(() => entry.context.deep.list.push(2)).toThrow(TypeError);
    expect(() => (entry.error.message = 'z')).toThrow(TypeError);
  });

  it('an unknown service has no errors', () => {
    const { recovery } = setup();
    expect(recovery.errors('nobody')).toEqual([]);
    expect(recovery.trend('nobody')).toMatchObject({ direction: 'STEADY', perMinute: 0 });
  });

  it('keeps the last maxErrorsPerService errors, whatever their number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 60 }), (max, total) => {
        const { recovery, of } = setup({ maxErrorsPerService: max });
        const names = Array.from({ length: total }, (_, i) => `e${String(i)}`);
        for (const name of names) recovery.recordError('x', { name, message: '' });
        expect(recovery.errors('x').map(({ error }) => error.name)).toEqual(names.slice(-max));
        if (total > 0) expect(of('x').errors).toBe(total);
      }),
      { numRuns: 500 },
    );
  });
});

describe('ErrorRecoveryService groups', () => {
  it('never keeps more than 50 kinds and one for the rest, which lose no error', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(120), fc.constantFrom(0, 1, 70)), { maxLength: 300 }), (errors) => {
        const groups = new ErrorGroups();
        const kinds = new Set<number>();
        let atMs = 0;
        for (const [kind, minutes] of errors) {
          atMs += minutes * MINUTE;
          kinds.add(kind);
          const described = describeError({ name: 'E', code: `C${String(kind)}`, message: '' });
          groups.add(described, { atMs, wallMs: atMs });
          expect(groups.size).toBeLessThanOrEqual(Math.min(51, kinds.size));
        }
        const all = groups.top(1_000);
        expect(all).toHaveLength(groups.size);
        expect(all.reduce((sum, { count }) => sum + count, 0)).toBe(errors.length);
        expect(all.every(({ firstSeenAt, lastSeenAt }) => firstSeenAt <= lastSeenAt)).toBe(true);
        if (kinds.size <= 50) expect(all.map(({ name }) => name)).not.toContain('other');
      }),
      { numRuns: 300 },
    );
  });

  it('counts what is beyond 50 kinds as other, and makes room once a kind has not been seen for 65 minutes', () => {
    const { recovery, clock, of } = setup();
    const record = (kind: string): void => {
      recovery.recordError('x', { name: kind, message: '' });
    };
    for (let i = 0; i < 50; i++) record(`k${String(i)}`);
    for (let i = 0; i < 2; i++) record('k0');
    for (let i = 0; i < 4; i++) record('late');
    expect(of('x').topGroups[0]).toMatchObject({ fingerprint: 'other', count: 4 });
    clock.advance(65 * MINUTE - 1);
    for (let i = 0; i < 3; i++) record('late');
    expect(of('x').topGroups[0]).toMatchObject({ fingerprint: 'other', count: 7 });
    clock.advance(1);
    for (let i = 0; i < 5; i++) record('new');
    // One kind of before, seen three times, went to the others.
    expect(of('x').topGroups.slice(0, 2)).toMatchObject([
      { fingerprint: 'other', count: 10, firstSeenAt: 1_700_000_000_000 },
      { name: 'new', count: 5 },
    ]);
  });

  it('shows the five largest kinds, with when they were seen', () => {
    const { recovery, clock, of } = setup();
    for (let kind = 1; kind <= 7; kind++) {
      for (let i = 0; i < kind; i++) recovery.recordError('x', { name: `k${String(kind)}`, message: 'm' });
      clock.advance(1_000);
    }
    recovery.recordError('x', { name: 'k7', message: 'm' });
    const { topGroups } = of('x');
    expect(topGroups.map(({ name, count }) => [name, count])).toEqual([
      ['k7', 8],
      ['k6', 6],
      ['k5', 5],
      ['k4', 4],
      ['k3', 3],
    ]);
    expect(topGroups[0]).toMatchObject({ firstSeenAt: 1_700_000_006_000, lastSeenAt: 1_700_000_007_000, message: 'm' });
  });
});
