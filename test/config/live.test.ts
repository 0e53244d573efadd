import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { type ConfigChange, ConfigInvalidError, ConfigValidator, LiveConfig } from 'breakwater/config';
import { ManualClock } from 'breakwater/testing';
import { HealthStatus } from 'breakwater/core';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { difference, justRead, look } from '../../src/config/live/engine.js';
import { redactText } from '../../src/core/redaction.js';
import { thrown } from './setup.js';

const OLD = 'old-password-1';
const NEW = 'new-password-2';
const POLL_MS = 10_000;
let dir: string;
let clock: ManualClock;
const live: Disposable[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'breakwater-live-'));
  clock = new ManualClock({ wallNow: 1_000_000 });
});
afterEach(() => {
  for (const one of live.splice(0)) one[Symbol.dispose]();
  rmSync(dir, { recursive: true, force: true });
});

/** Mounts values as Kubernetes does: each name a link to `..data/name`, and `..data` one that is turned at once. */
function mount(values: Readonly<Record<string, string>>, version: string): void {
  const real = join(dir, `..${version}`);
  mkdirSync(real);
  for (const [name, text] of Object.entries(values)) writeFileSync(join(real, name), text);
  symlinkSync(real, join(dir, '..data_tmp'));
  renameSync(join(dir, '..data_tmp'), join(dir, '..data'));
  for (const name of Object.keys(values)) {
    rmSync(join(dir, name), { force: true });
    symlinkSync(join('..data', name), join(dir, name));
  }
}

function start(env: Record<string, string> = {}, options: object = {}) {
  const config = new ConfigValidator({
    name: 'shop',
    env: { DB_PASSWORD_FILE: join(dir, 'password'), ...env },
  })
    .register('DB_PASSWORD', 'str', { required: true, secret: true, minLength: 8 })
    .register('POOL', 'int', { default: 10, fromFile: true });
  live.push(config);
  const made = new LiveConfig(config, { clock, ...options });
  live.push(made);
  const changes: ConfigChange<object>[] = [];
  const rejections: string[][] = [];
  made.on('change', (event) => changes.push(event));
  made.on('rejected', ({ errors }) => rejections.push(errors.map(({ key, code }) => `${key} ${code}`)));
  return { made, changes, rejections, password: () => made.values.DB_PASSWORD.reveal() };
}

describe('reload on demand', () => {
  it('gives a new frozen snapshot, and the difference by name', () => {
    mount({ password: OLD }, 'v1');
    const env: Record<string, string> = { POOL: '5' };
    const config = new ConfigValidator({ env })
      .register('POOL', 'int', { default: 10 })
      .register('NAME', 'str')
      .register('IDS', 'list', { default: [] });
    const made = new LiveConfig(config, { clock });
    const first = made.values;
    expect(made.reload()).toEqual({ ok: true, changed: [], values: first });
    expect(made.values).toBe(first);
    delete env['POOL'];
    env['NAME'] = 'x';
    clock.advance(1_000);
    const result = made.reload();
    expect(result).toEqual({ ok: true, changed: ['POOL', 'NAME'], values: { POOL: 10, NAME: 'x', IDS: [] } });
    expect(made.values).toBe(result.values);
    expect(first).toEqual({ POOL: 5, IDS: [] });
    expect([first, made.values, result].every(Object.isFrozen)).toBe(true);
    env['POOL'] = ' 10 ';
    // Written in another way, it is the same value.
    expect(made.reload()).toEqual({ ok: true, changed: [], values: made.values });
    delete env['NAME'];
    expect(made.reload()).toMatchObject({ ok: true, changed: ['NAME'] });
    expect(made.snapshot()).toEqual({
      name: 'ConfigValidator',
      version: 3,
      readAt: 1_001_000,
      watchedFiles: 0,
      reloads: { changed: 2, unchanged: 2, rejected: 0 },
      errors: [],
    });
    expect(clock.pending).toBe(0);
  });

  it('that finds something wrong changes nothing, and says so', () => {
    mount({ password: OLD }, 'v1');
    const { made, changes, rejections, password } = start();
    const told: unknown[] = [];
    made.subscribe((event) => told.push(event));
    mount({ password: 'short' }, 'v2');
    const before = made.values;
    expect(made.reload()).toMatchObject({ ok: false, errors: [{ key: 'DB_PASSWORD', code: 'too_short' }] });
    expect(made.values).toBe(before);
    expect(password()).toBe(OLD);
    expect([changes.length, rejections]).toEqual([0, [['DB_PASSWORD too_short']]]);
    expect(told).toMatchObject([{ type: 'rejected', level: 'error', data: { config: 'shop' } }]);
    expect(made.health()).toEqual({
      status: HealthStatus.DEGRADED,
      message:
        'the last reload found something wrong, and earlier values are in use: DB_PASSWORD needs at least 8 characters',
    });
    expect([...made.metrics()].find(({ name }) => name === 'breakwater_config_rejected')?.value).toBe(1);
    // What is in use stays masked, however often something wrong is read.
    for (let i = 0; i < 5; i++) made.reload();
    expect(redactText(`a ${OLD} b`)).toBe('a [secret] b');
    mount({ password: NEW }, 'v3');
    expect(made.reload()).toMatchObject({ ok: true, changed: ['DB_PASSWORD'] });
    expect(made.health()).toEqual({ status: HealthStatus.HEALTHY });
    expect(password()).toBe(NEW);
    expect(told.at(-1)).toEqual({
      type: 'change',
      level: 'info',
      data: { config: 'shop', changed: ['DB_PASSWORD'] },
    });
    for (const secret of [OLD, NEW, 'short"'])
      expect(inspect([told, made, made.snapshot(), [...made.metrics()]], { depth: 9 })).not.toContain(secret);
  });

  it('cannot begin with what is invalid', () => {
    mount({ password: 'short' }, 'v1');
    const error = thrown(() => start());
    expect(error).toBeInstanceOf(ConfigInvalidError);
    expect((error as Error).message).toBe('shop: DB_PASSWORD needs at least 8 characters');
  });
});

describe('reload by itself', () => {
  it('follows a swap of links, once, when it has come to rest', () => {
    mount({ password: OLD }, 'v1');
    const { made, changes, password } = start();
    expect([clock.pending, made.snapshot().watchedFiles]).toEqual([1, 1]);
    clock.advance(POLL_MS * 3);
    expect(changes).toHaveLength(0);
    mount({ password: NEW }, 'v2');
    clock.advance(POLL_MS - 1);
    expect(password()).toBe(OLD);
    // One look sees it, and another one that it is done.
    clock.advance(1);
    expect(password()).toBe(OLD);
    clock.advance(200);
    expect(password()).toBe(NEW);
    expect(changes).toMatchObject([{ config: 'shop', changed: ['DB_PASSWORD'] }]);
    expect(changes[0]?.values).toBe(made.values);
    clock.advance(POLL_MS * 3);
    expect(changes).toHaveLength(1);
    expect(made.snapshot().reloads).toEqual({ changed: 1, unchanged: 0, rejected: 0 });
  });

  it('sees a file that is written in place, also within one tick of its time', () => {
    writeFileSync(join(dir, 'password'), OLD);
    const { password } = start();
    writeFileSync(join(dir, 'password'), NEW);
    clock.advance(POLL_MS + 200);
    expect(password()).toBe(NEW);
    utimesSync(join(dir, 'password'), 0, 0);
    writeFileSync(join(dir, 'password'), OLD);
    utimesSync(join(dir, 'password'), 0, 0);
    clock.advance(POLL_MS + 200);
    expect(password()).toBe(OLD);
  });

  it('waits for a file that is still being written, and keeps the old value of one that is gone', () => {
    writeFileSync(join(dir, 'password'), OLD);
    const { made, rejections, password } = start();
    for (let i = 0; i < 10; i++) {
      writeFileSync(join(dir, 'password'), 'x'.repeat(i));
      clock.advance(i === 0 ? POLL_MS : 200);
    }
    expect(rejections).toEqual([]);
    writeFileSync(join(dir, 'password'), NEW);
    clock.advance(400);
    expect(password()).toBe(NEW);
    rmSync(join(dir, 'password'));
    clock.advance(POLL_MS + 200);
    expect(password()).toBe(NEW);
    expect(rejections).toEqual([['DB_PASSWORD file_unreadable']]);
    // It is told once, not at every look.
    clock.advance(POLL_MS * 5);
    expect(rejections).toHaveLength(1);
    expect(made.health().status).toBe(HealthStatus.DEGRADED);
    // And seen when it is there again, also with what it held.
    writeFileSync(join(dir, 'password'), NEW);
    clock.advance(POLL_MS + 200);
    expect(made.health().status).toBe(HealthStatus.HEALTHY);
    expect(made.snapshot().reloads).toEqual({ changed: 1, unchanged: 1, rejected: 1 });
  });

  it('reads two files of one swap together', () => {
    mount({ password: OLD, pool: '5' }, 'v1');
    const { made, changes } = start({ POOL_FILE: join(dir, 'pool') });
    expect(made.snapshot().watchedFiles).toBe(2);
    mount({ password: NEW, pool: '6' }, 'v2');
    clock.advance(POLL_MS + 200);
    expect(changes.map(({ changed }) => changed)).toEqual([['DB_PASSWORD', 'POOL']]);
    expect(made.values.POOL).toBe(6);
  });

  it('does not look when it should not, or no more', () => {
    mount({ password: OLD }, 'v1');
    const idle = start({}, { pollMs: 0 });
    expect([clock.pending, idle.made.snapshot().watchedFiles]).toEqual([0, 0]);
    const { made, password } = start({}, { pollMs: 100 });
    mount({ password: NEW }, 'v2');
    clock.advance(100);
    clock.advance(200);
    expect(password()).toBe(NEW);
    made[Symbol.dispose]();
    expect(clock.pending).toBe(0);
    expect(password()).toBe(NEW);
    mount({ password: OLD }, 'v3');
    made.reload();
    expect([password(), clock.pending]).toEqual([OLD, 0]);
    expect(redactText(`a ${OLD} b`)).not.toContain(OLD);
    // What it registered it gives back, whatever it read.
    made[Symbol.dispose]();
    idle.made[Symbol.dispose]();
    expect(redactText(`a ${OLD} ${NEW} b`)).toBe(`a ${OLD} ${NEW} b`);
  });

  it('a listener that throws or reloads hurts nobody', () => {
    mount({ password: OLD }, 'v1');
    const errors: unknown[] = [];
    const { made, changes } = start({}, { onListenerError: (error: unknown) => errors.push(error) });
    made.on('change', () => {
      made.reload();
      throw new Error('listener');
    });
    mount({ password: NEW }, 'v2');
    clock.advance(POLL_MS + 200);
    expect(changes).toHaveLength(1);
    expect(clock.pending).toBe(1);
  });
});

describe('options', () => {
  it('that cannot work are refused', () => {
    mount({ password: OLD }, 'v1');
    expect(() => start({}, { pollMs: 50 })).toThrow('LiveConfig: pollMs must be 0, for never, or at least 100');
    expect(() => start({}, { polMs: 500 })).toThrow('did you mean pollMs?');
    for (const config of [undefined, {}, process.env])
      expect(() => new LiveConfig(config as never)).toThrow(/^LiveConfig: the configuration must be a ConfigValidator/);
    expect(() => start().made.on('changed' as 'change', () => undefined)).toThrow("did you mean 'change'?");
    expect(() => start().made.subscribe(5 as never)).toThrow('subscribe: the listener must be a function');
    expect(start({}, { name: 'mine' }).made.snapshot().name).toBe('mine');
  });
});

describe('the rules', () => {
  it('files are read once they rest, at the latest after twenty looks, and never when they are as they were', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 120 }), (stamps) => {
        let watched = justRead('a');
        let before = 'a';
        let differing = 0;
        for (const seen of stamps) {
          const read = watched.read;
          const taken = look(watched, seen);
          differing = seen === read ? 0 : differing + 1;
          const rests = seen === before;
          const expected = seen === read ? 'nothing' : rests || differing >= 20 ? 'read' : 'look again';
          expect(taken.step).toBe(expected);
          watched = taken.step === 'read' ? justRead(seen) : taken.watched;
          if (taken.step === 'read') differing = 0;
          before = seen;
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('the difference names each key once, and none when there is none', () => {
    const texts = fc.dictionary(fc.constantFrom('A', 'B', 'C', 'D'), fc.constantFrom('1', '2'));
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        const of = (texts: Readonly<Record<string, string>>) => ({
          texts: new Map(Object.entries(texts)),
          values: texts,
        });
        const names = difference(of(a), of(b));
        const differing = ['A', 'B', 'C', 'D'].filter((key) => a[key] !== b[key]);
        expect([...names].sort()).toEqual(differing);
      }),
    );
  });
});
