import { EventType, StructuredLogger } from 'breakwater/logger';
import { InvalidArgumentError, InvalidOptionsError } from 'breakwater/core';
import { expect, it } from 'vitest';
import { Kept, logger } from './setup.js';

it('writes one line of JSON an event: time, level, event, msg, then fields', () => {
  const { log, out } = logger({ service: 'orders' });
  log.event(EventType.USER_ACTION, 'order placed', { orderId: 17, paid: true, note: null });
  expect(out.lines).toEqual([
    {
      time: 1_700_000_000_000,
      level: 'info',
      event: 'USER_ACTION',
      msg: 'order placed',
      service: 'orders',
      orderId: 17,
      paid: true,
      note: null,
    },
  ]);
});

it('has a method for each of the five types, with its level', () => {
  const { log, out } = logger();
  log.userAction('a');
  log.systemEvent('b');
  log.error('c');
  log.performance('d');
  log.securityEvent('e');
  expect(out.lines.map(({ event, level, msg }) => [event, level, msg])).toEqual([
    ['USER_ACTION', 'info', 'a'],
    ['SYSTEM_EVENT', 'info', 'b'],
    ['ERROR_EVENT', 'error', 'c'],
    ['PERFORMANCE_EVENT', 'info', 'd'],
    ['SECURITY_EVENT', 'warn', 'e'],
  ]);
});

it('OBS-L6 keeps what a line has for itself: fields of those names stand under fields', () => {
  const { log, out } = logger();
  log.systemEvent('mine', { level: 'hack', time: 1, msg: 'yours', event: 'X', truncated: 1, pid: 7, fields: { a: 1 } });
  expect(out.last).toEqual({
    time: 1_700_000_000_000,
    level: 'info',
    event: 'SYSTEM_EVENT',
    msg: 'mine',
    pid: 7,
    fields: { level: 'hack', time: 1, msg: 'yours', event: 'X', truncated: 1, fields: { a: 1 } },
  });
  log.withContext({ level: 'outer', fields: 'of the context' }, () => {
    log.withContext({ level: 'inner', msg: 'm' }, () => {
      log.systemEvent('mine');
      log.systemEvent('mine', { level: 'line' });
    });
  });
  expect(out.lines.slice(1).map(({ fields }) => fields)).toEqual([
    { level: 'inner', msg: 'm', fields: 'of the context' },
    { level: 'line', msg: 'm', fields: 'of the context' },
  ]);
  log.systemEvent('mine', { fields: 3 });
  expect(out.last['fields']).toBe(3);
});

it('lets an error of its own stand before a field of that name', () => {
  const { log, out } = logger();
  log.error('failed', new Error('mine'), { err: 'yours' });
  expect(out.last).toMatchObject({ err: { message: 'mine' }, fields: { err: 'yours' } });
});

it('writes lines of the level that is asked for, and by a call of its own level', () => {
  const { log, out } = logger({ level: 'warn' });
  log.systemEvent('no');
  log.securityEvent('warn');
  log.error('error');
  log.event('SYSTEM_EVENT', 'raised', undefined, { level: 'fatal' });
  log.event('ERROR_EVENT', 'lowered', undefined, { level: 'debug' });
  expect(out.lines.map(({ msg, level }) => [msg, level])).toEqual([
    ['warn', 'warn'],
    ['error', 'error'],
    ['raised', 'fatal'],
  ]);
  expect([log.isLevelEnabled('info'), log.isLevelEnabled('warn')]).toEqual([false, true]);
  const silent = logger({ level: 'silent' });
  silent.log.error('nothing');
  expect(silent.out.texts).toEqual([]);
});

it('writes security events also to a destination of their own, whatever the level', () => {
  const audit = new Kept();
  const { log, out } = logger({ securityDestination: audit, level: 'error' });
  log.securityEvent('refused', { userId: 4 });
  log.error('failed');
  expect(out.lines.map(({ msg }) => msg)).toEqual(['failed']);
  expect(audit.lines).toMatchObject([{ msg: 'refused', userId: 4, event: 'SECURITY_EVENT' }]);
  expect(log.snapshot()).toEqual({
    written: 1,
    dropped: 0,
    leftOut: 0,
    truncated: 0,
    security: { written: 1, dropped: 0 },
  });
});

it('takes what JavaScript hands over: any message, any fields', () => {
  const { log, out } = logger();
  const say = log.systemEvent.bind(log) as (...given: unknown[]) => void;
  say(undefined);
  say({ token: 'hidden', a: 1 });
  say(new Error('as a message'));
  say('list', [1, 2]);
  say('text', 'more');
  say('number', 5);
  say('null', null);
  say('map', new Map([['a', 1]]));
  const lines = out.lines;
  expect(lines[0]?.msg).toBe('undefined');
  expect(lines[1]?.msg).toBe('{"token":"[secret]","a":1}');
  expect(lines[2]?.msg).toContain('as a message');
  expect(lines.slice(3).map(({ fields }) => fields)).toEqual([[1, 2], 'more', 5, undefined, { a: 1 }]);
});

it('a child has fields of its own, over those of its parent and under those of context and line', () => {
  const { log, out } = logger({ service: 'orders' });
  const child = log.child({ a: 'child', b: 'child', c: 'child', part: 'db' }).child({ part: 'pool' });
  child.withContext({ b: 'context', c: 'context' }, () => {
    child.systemEvent('x', { c: 'line' });
    log.systemEvent('parent');
  });
  child.systemEvent('outside');
  expect(out.lines[0]).toMatchObject({ service: 'orders', a: 'child', b: 'context', c: 'line', part: 'pool' });
  expect(out.lines[1]).toMatchObject({ b: 'context', c: 'context', service: 'orders' });
  expect(out.lines[1]).not.toHaveProperty('part');
  expect(out.lines[2]).toMatchObject({ a: 'child', b: 'child' });
  expect(child.snapshot()).toEqual(log.snapshot());
});

it('refuses impossible options, all at once', () => {
  const all = {
    level: 'inform',
    destination: {},
    redact: { keys: ['a..b'], values: ['abc', 5] },
    trace: {},
    rateCap: { perMessage: 0 },
    servce: 'x',
  };
  const problem = (): unknown => {
    try {
      return new StructuredLogger(all as never);
    } catch (error) {
      return error;
    }
  };
  const error = problem();
  expect(error).toBeInstanceOf(InvalidOptionsError);
  const { issues } = error as InvalidOptionsError;
  expect(issues.map(({ path }) => path).sort()).toEqual([
    'destination',
    'level',
    'rateCap.perMessage',
    'redact.keys',
    'redact.values[0]',
    'redact.values[1]',
    'servce',
    'trace',
  ]);
  expect((error as Error).message).toContain('did you mean service?');
  expect((error as Error).message).not.toContain('abc');
});

it.each([
  [
    'an event type',
    (log: StructuredLogger) => {
      log.event('USER_ACTIONS' as never, 'x');
    },
    /did you mean 'USER_ACTION'/,
  ],
  [
    'a level',
    (log: StructuredLogger) => {
      log.event('USER_ACTION', 'x', {}, { level: 'silent' as never });
    },
    /level must be/,
  ],
  [
    'context that is no object',
    (log: StructuredLogger) => log.withContext('a' as never, () => 1),
    /fields must be an object/,
  ],
  ['context without a function', (log: StructuredLogger) => log.withContext({}, 5 as never), /expected a function/],
  ['an operation without a name', (log: StructuredLogger) => log.operation('', () => 1), /name must be text/],
  ['a child of nothing', (log: StructuredLogger) => log.child(null as never), /fields must be an object/],
  ['a wait that is no time', (log: StructuredLogger) => log.flush(NaN), /timeoutMs/],
  ['a bound value', (log: StructuredLogger) => log.bind(1 as never), /expected a function/],
])('refuses %s', (_, act, text) => {
  const { log, out } = logger();
  expect(() => act(log)).toThrow(InvalidArgumentError);
  expect(() => act(log)).toThrow(text);
  expect(out.texts).toEqual([]);
});
