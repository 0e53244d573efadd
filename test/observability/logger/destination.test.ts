import { Writable } from 'node:stream';
import { createWriteStream, openSync, readFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, expect, it } from 'vitest';
import { StructuredLogger } from 'breakwater/logger';
import { ManualClock } from 'breakwater/testing';
import { Kept, logger } from './setup.js';

const folders: string[] = [];
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'breakwater-log-'));
  folders.push(made);
  return made;
};
afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});
const microtasks = async (): Promise<void> => {
  for (let i = 0; i < 5; i++) await Promise.resolve();
};

it('OBS-L13 goes on when a destination throws, rejects or logs itself, and counts what is lost', async () => {
  let mode = 'throws';
  const taken: string[] = [];
  const destination = {
    write(line: string): unknown {
      if (mode === 'throws') throw new Error('disk full');
      if (mode === 'rejects') return Promise.reject(new Error('later'));
      if (mode === 'logs') log.systemEvent('about logging');
      taken.push(line);
      return true;
    },
  };
  const { log, reported } = logger({ destination });
  const changes: string[] = [];
  log.subscribe(({ type, level }) => changes.push(`${type} ${level}`));
  log.systemEvent('a');
  log.systemEvent('b');
  expect(log.snapshot()).toMatchObject({ written: 0, dropped: 2 });
  mode = 'fine';
  log.systemEvent('c');
  expect(log.snapshot()).toMatchObject({ written: 1, dropped: 2 });
  mode = 'rejects';
  log.systemEvent('d');
  await microtasks();
  expect(log.snapshot()).toMatchObject({ dropped: 3 });
  mode = 'logs';
  log.systemEvent('e');
  expect(taken).toHaveLength(2);
  expect(log.snapshot()).toMatchObject({ dropped: 4 });
  expect(log.snapshot()).toMatchObject({ written: 2 });
  expect(changes).toEqual(['losing error', 'writing info', 'losing error', 'writing info']);
  await microtasks();
  // At most one report a second of what is lost.
  expect(reported).toMatchObject([{ code: 'BREAKWATER_W_LOG_DESTINATION' }, { code: 'BREAKWATER_W_LOG_RECURSION' }]);
  expect([...log.metrics()]).toContainEqual(
    expect.objectContaining({
      name: 'breakwater_log_lines_total',
      value: 4,
      labels: { logger: 'logger', destination: 'main', outcome: 'dropped' },
    }),
  );
});

it('OBS-L13 a slow stream holds back so much and no more; errors and a closed one cost no caller anything', async () => {
  const held: (() => void)[] = [];
  const stream = new Writable({
    write(_chunk, _encoding, done) {
      held.push(done);
    },
  });
  const { log, reported } = logger({ destination: stream });
  const text = 'x'.repeat(16_000);
  for (let i = 0; i < 1_500; i++) log.systemEvent(text);
  const { written, dropped } = log.snapshot();
  // What the stream holds back has not been written yet.
  expect(written).toBe(0);
  expect(dropped).toBeGreaterThan(300);
  expect(stream.writableLength).toBeLessThan(17 * 1_048_576);
  stream.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  await new Promise((resolve) => setImmediate(resolve));
  log.systemEvent('after');
  expect(log.snapshot()).toMatchObject({ written: 0, dropped: 1_501 });
  expect(reported.length).toBeGreaterThan(0);
  expect(await log.flush(10)).toBe(false);
});

it('OBS-L14 flush resolves when a stream has written everything', async () => {
  const taken: string[] = [];
  let release: (() => void) | undefined;
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      taken.push(chunk.toString());
      release = done;
    },
  });
  const { log } = logger({ destination: stream });
  log.systemEvent('one');
  log.systemEvent('two');
  let flushed: boolean | undefined;
  void log.flush().then((answer) => (flushed = answer));
  for (let i = 0; i < 20; i++) {
    const done = release;
    release = undefined;
    done?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(flushed).toBe(true);
  expect(taken.join('')).toContain('two');
  expect(await log.flush()).toBe(true);
});

it('OBS-L14 flush waits for a stream that was ended before, and writes nothing into it', async () => {
  const path = join(folder(), 'ended.log');
  const file = createWriteStream(path);
  const ended = logger({ destination: file });
  ended.log.systemEvent('last words');
  file.end();
  expect(await ended.log.flush()).toBe(true);
  expect(readFileSync(path, 'utf8')).toContain('last words');
  ended.log.systemEvent('too late');
  expect(ended.log.snapshot()).toMatchObject({ written: 1, dropped: 1 });
  const pieces: string[] = [];
  const slow = new Writable({
    objectMode: true,
    write(line: string, _encoding, done) {
      pieces.push(line);
      setImmediate(done);
    },
  });
  const busy = logger({ destination: slow });
  busy.log.systemEvent('a');
  busy.log.systemEvent('b');
  expect(await busy.log.flush()).toBe(true);
  expect(pieces.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['a', 'b']);
});

it('OBS-L14 flush waits for what was under way, and not for what comes after', async () => {
  const settle: (() => void)[] = [];
  const { log } = logger({ destination: { write: () => new Promise<void>((resolve) => settle.push(resolve)) } });
  log.systemEvent('first');
  const flushed = log.flush();
  log.systemEvent('second');
  settle[0]?.();
  expect(await flushed).toBe(true);
  expect(log.snapshot().written).toBe(1);
});

it('OBS-L13 a stream that fails later loses what it was handed, and flush says so', async () => {
  for (const later of [false, true]) {
    const stream = new Writable({
      write(_chunk, _encoding, done) {
        const fail = (): void => {
          done(new Error('bad'));
        };
        if (later) setImmediate(fail);
        else fail();
      },
    });
    const { log, reported } = logger({ destination: stream });
    for (let i = 0; i < 3; i++) log.systemEvent('x');
    expect(await log.flush()).toBe(false);
    expect(log.snapshot()).toMatchObject({ written: 0, dropped: 3 });
    expect(reported).toMatchObject([{ code: 'BREAKWATER_W_LOG_DESTINATION' }]);
  }
});

it('OBS-L13 a stream whose write throws loses the line', async () => {
  const stream = Object.assign(new Writable(), {
    write: () => {
      throw new Error('no');
    },
  });
  const { log } = logger({ destination: stream });
  log.systemEvent('x');
  expect(await log.flush()).toBe(false);
  expect(log.snapshot()).toMatchObject({ written: 0, dropped: 1 });
});

it('OBS-L13 a transport that has ended takes no more lines, and says so once', async () => {
  const destination = { write: () => true, writableEnded: false, destroyed: false };
  const { log, reported } = logger({ destination });
  const changes: string[] = [];
  log.subscribe(({ type }) => changes.push(type));
  log.systemEvent('x');
  destination.writableEnded = true;
  for (let i = 0; i < 50; i++) log.systemEvent('x');
  expect(log.snapshot()).toMatchObject({ written: 1, dropped: 50 });
  await microtasks();
  expect([changes, reported.length]).toEqual([['losing'], 1]);
  destination.destroyed = true;
  expect(await log.flush()).toBe(false);
});

it('OBS-L14 flush ends after its time, whatever the destination does', async () => {
  const clock = new ManualClock();
  const stuck = [
    { write: () => true, flush: () => undefined },
    {
      write: () => true,
      flush: () => {
        throw new Error('no');
      },
    },
    {
      write: () => true,
      flush: (done: (error?: unknown) => void) => {
        done(new Error('no'));
      },
    },
    { write: () => true, flush: () => Promise.reject(new Error('no')) },
    new Writable({ write: () => undefined }),
  ];
  for (const destination of stuck) {
    const { log } = logger({ destination, clock });
    log.systemEvent('x');
    const flushed = log.flush(1_000);
    await clock.advanceAsync(1_000);
    expect(await flushed).toBe(false);
  }
  expect(clock.pending).toBe(0);
  const { log } = logger({
    destination: { write: () => true },
    securityDestination: stuck[0] as { write: () => boolean },
    clock,
  });
  const both = log.flush(5);
  await clock.advanceAsync(5);
  expect(await both).toBe(false);
});

it('OBS-L14 writes files and descriptors at once', async () => {
  const dir = folder();
  const path = join(dir, 'new', 'app.log');
  const file = new StructuredLogger({ destination: path });
  file.systemEvent('there');
  expect(readFileSync(path, 'utf8')).toContain('"msg":"there"');
  const other = join(dir, 'fd.log');
  writeFileSync(other, '');
  const log = new StructuredLogger({ destination: openSync(other, 'a') });
  for (let i = 0; i < 1_000; i++) log.systemEvent(`line ${String(i)}`);
  expect(readFileSync(other, 'utf8').trim().split('\n')).toHaveLength(1_000);
  expect(await log.flush()).toBe(true);
});

it('takes what pino writes to: its destinations, and several at once by level', async () => {
  const path = join(folder(), 'pino.log');
  const destination = pino.destination({ dest: path, sync: false });
  await new Promise((resolve) => destination.once('ready', resolve));
  const { log } = logger({ destination });
  log.systemEvent('kept');
  expect(await log.flush()).toBe(true);
  expect(readFileSync(path, 'utf8')).toContain('kept');
  const all = new Kept();
  const errors = new Kept();
  const several = logger({ destination: pino.multistream([{ stream: all }, { level: 'error', stream: errors }]) });
  several.log.systemEvent('a');
  several.log.error('b');
  expect([all.texts.length, errors.texts.length]).toEqual([2, 1]);
});

it('OBS-L14 flush waits for lines that arrive later, and says when they did not', async () => {
  const settle: (() => void)[] = [];
  const { log } = logger({ destination: { write: () => new Promise<void>((resolve) => settle.push(resolve)) } });
  log.systemEvent('a');
  log.systemEvent('b');
  expect(log.snapshot().written).toBe(0);
  let flushed: boolean | undefined;
  void log.flush().then((answer) => (flushed = answer));
  settle[0]?.();
  await microtasks();
  expect(flushed).toBeUndefined();
  settle[1]?.();
  await microtasks();
  expect([flushed, log.snapshot().written]).toEqual([true, 2]);
  const failing = logger({ destination: { write: () => Promise.reject(new Error('no')) } });
  failing.log.systemEvent('a');
  expect(await failing.log.flush()).toBe(false);
  expect(failing.log.snapshot()).toMatchObject({ written: 0, dropped: 1 });
  expect(failing.reported).toMatchObject([
    { code: 'BREAKWATER_W_LOG_DESTINATION', message: expect.stringContaining('no') as string },
  ]);
  const promised = logger({ destination: { write: () => true, flush: () => Promise.resolve() } });
  expect(await promised.log.flush()).toBe(true);
});
