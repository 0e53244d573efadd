import { registerSecret } from 'breakwater/core';
import { StructuredLogger } from 'breakwater/logger';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { observe, SECURITY_KINDS } from './observe.js';
import { ownPart, settle, setup, sinks } from './setup.js';

describe('observe: events as lines', () => {
  it('OBS-B1 an event becomes a line that says whose it is, what, how severe, and its data', () => {
    const { send, lines } = setup();
    send('stateChange', 'warn', { from: 'CLOSED', to: 'OPEN', tries: { left: 2 } });
    expect(lines).toEqual([
      {
        type: 'SYSTEM_EVENT',
        message: 'worker mail: state change',
        fields: {
          component: 'mail',
          componentKind: 'worker',
          componentEvent: 'stateChange',
          severity: 'warn',
          from: 'CLOSED',
          to: 'OPEN',
          tries: { left: 2 },
        },
      },
    ]);
  });

  it.each([
    ['error', 'circuit-breaker', undefined, 'ERROR_EVENT'],
    ['error', 'ddos-protection', undefined, 'ERROR_EVENT'],
    ['error', 'ddos-protection', true, 'ERROR_EVENT'],
    ['warn', 'ddos-protection', undefined, 'SECURITY_EVENT'],
    ['info', 'abuse-detector', undefined, 'SECURITY_EVENT'],
    ['warn', 'ddos-protection', false, 'SYSTEM_EVENT'],
    ['warn', 'circuit-breaker', undefined, 'SYSTEM_EVENT'],
    ['info', 'login-form', true, 'SECURITY_EVENT'],
  ] as const)('OBS-B2 %s of a %s (security: %s) is a %s', (level, kind, security, type) => {
    const { send, lines } = setup({ kind }, { security });
    send('rejected', level);
    expect(lines[0]).toMatchObject({ type, fields: { severity: level } });
  });

  it('OBS-B1 a StructuredLogger writes it at the level of the event', () => {
    const written: string[] = [];
    const { part, send } = ownPart();
    observe(part, { logger: new StructuredLogger({ destination: { write: (line) => written.push(line) } }) });
    send('lost', 'error');
    send('slow', 'warn');
    send('back', 'info');
    const lines = written.map((line) => JSON.parse(line) as { level: string; event: string });
    expect(lines.map(({ level, event }) => [level, event])).toEqual([
      ['error', 'ERROR_EVENT'],
      ['warn', 'SYSTEM_EVENT'],
      ['info', 'SYSTEM_EVENT'],
    ]);
  });

  it('OBS-B2 the kinds that refuse clients are a short list', () => {
    expect(SECURITY_KINDS).toEqual([
      'rate-limiter',
      'per-user-rate-limiter',
      'abuse-detector',
      'ddos-protection',
      'hardening',
    ]);
  });

  it('OBS-B3 data never takes the place of a field of the line', () => {
    const { send, lines } = setup();
    const data = {
      time: 1,
      level: 'cached',
      event: 2,
      msg: 3,
      component: 4,
      severity: 5,
      suppressed: 6,
      data: 7,
      own: 8,
    };
    send('degraded', 'info', data);
    const { own, ...taken } = data;
    expect(lines[0]?.fields).toEqual({
      component: 'mail',
      componentKind: 'worker',
      componentEvent: 'degraded',
      severity: 'info',
      own,
      data: taken,
    });
  });

  it('OBS-B3 whatever the data is, a line has its own fields and can be written', () => {
    fc.assert(
      fc.property(fc.anything(), fc.string(), (data, type) => {
        const { send, lines, reported } = setup();
        send(type, 'warn', data as object);
        const { component, severity, componentKind } = lines[0]?.fields ?? {};
        expect([component, severity, componentKind, reported]).toEqual(['mail', 'warn', 'worker', []]);
        expect(() => JSON.stringify(lines)).not.toThrow();
        for (const key of ['time', 'level', 'event', 'msg']) expect(lines[0]?.fields).not.toHaveProperty([key]);
      }),
      { numRuns: 500 },
    );
  });

  it('OBS-B4 a flood becomes ten lines a second, and the next line says how many were left out', () => {
    const { clock, send, lines, values } = setup({ kind: 'rate-limiter' });
    for (let i = 0; i < 5_000; i++) send('rejected', 'warn', { i });
    expect(lines).toHaveLength(10);
    clock.advance(999);
    send('rejected', 'warn');
    expect(lines).toHaveLength(10);
    clock.advance(1);
    for (let i = 0; i < 3; i++) send('rejected', 'warn');
    expect(lines.slice(9).map(({ fields }) => fields['suppressed'])).toEqual([undefined, 4_991, undefined, undefined]);
    const labels = { kind: 'rate-limiter', name: 'mail', type: 'rejected', level: 'warn' };
    expect(values('breakwater_component_events_total')).toEqual([[labels, 5_004]]);
  });

  it('OBS-B4 a flood leaves room for other types, and for errors of its own type, which have an end as well', () => {
    const { send, lines } = setup({}, { maxLinesPerSecond: 2 });
    for (let i = 0; i < 100; i++) send('rejected', 'warn');
    for (let i = 0; i < 100; i++) send('rejected', 'error');
    send('stateChange');
    expect(lines.map(({ type, fields }) => `${type} ${String(fields['componentEvent'])}`)).toEqual([
      'SYSTEM_EVENT rejected',
      'SYSTEM_EVENT rejected',
      'ERROR_EVENT rejected',
      'ERROR_EVENT rejected',
      'SYSTEM_EVENT stateChange',
    ]);
  });

  it('OBS-B4 every event is a line or told as left out by the next one, and no second has too many', () => {
    const step = fc.record({ ms: fc.integer({ min: 0, max: 700 }), events: fc.integer({ min: 0, max: 9 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 5 }), (steps, most) => {
        const { clock, send, lines } = setup({}, { maxLinesPerSecond: most });
        let sent = 0;
        for (const { ms, events } of steps) {
          clock.advance(ms);
          const before = lines.length;
          for (let i = 0; i < events; i++) send('tick', 'info', { n: ++sent });
          expect(lines.length - before).toBeLessThanOrEqual(most);
        }
        clock.advance(1_000);
        send('tick', 'info', { n: ++sent });
        const left = lines.reduce((sum, { fields }) => sum + ((fields['suppressed'] as number | undefined) ?? 0), 0);
        expect(lines.length + left).toBe(sent);
      }),
      { numRuns: 300 },
    );
  });

  it('OBS-B5 types of events have an end: fifty are told apart, in lines and in metrics', () => {
    const { send, lines, values } = setup({}, { maxLinesPerSecond: 1 });
    for (let i = 0; i < 10_000; i++) send(`of user ${String(i)}`);
    expect(lines).toHaveLength(51);
    const counts = values('breakwater_component_events_total');
    expect(counts).toHaveLength(51);
    expect(counts.at(-1)).toEqual([{ kind: 'worker', name: 'mail', type: 'other', level: 'info' }, 9_950]);
  });

  it('OBS-B6 no secret gets into a line', () => {
    const secret = registerSecret('correct-horse');
    const { part, send } = ownPart({ name: 'postgres://app:hunter2secret@db/x', kind: 'correct-horse' });
    const { lines, logger } = sinks();
    observe(part, { logger });
    send('lost correct-horse', 'error', {
      url: 'redis://u:hunter2secret@h',
      password: 'hunter2secret',
      text: 'correct-horse',
    });
    secret[Symbol.dispose]();
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(lines)).not.toMatch(/hunter2secret|correct-horse/);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('disk full');
      },
    ],
    ['rejects', () => Promise.reject(new Error('disk full'))],
    [
      'rejects in its own way',
      () => ({
        then(_: unknown, no: (error: Error) => void) {
          no(new Error('disk full'));
        },
      }),
    ],
  ])('OBS-B7 a logger that %s is reported and stops nothing', async (_, event) => {
    const { part, send } = ownPart();
    const { metrics, scrape } = sinks();
    const reported: unknown[] = [];
    observe(part, { logger: { event }, metrics, onListenerError: (error) => reported.push(error) });
    expect(() => send('x')).not.toThrow();
    await settle();
    expect(reported).toEqual([new Error('disk full')]);
    expect(scrape().find(({ name }) => name === 'breakwater_component_events_total')?.value).toBe(1);
  });

  it('OBS-B7 a logger that causes the event it is told of comes to an end', () => {
    const { part, send } = ownPart();
    let told = 0;
    const event = (): void => {
      told++;
      send('loop');
    };
    observe(part, { logger: { event } });
    send('loop');
    expect(told).toBe(10);
  });
});
