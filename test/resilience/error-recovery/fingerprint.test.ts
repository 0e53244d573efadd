import { describe, expect, it } from 'vitest';
import { describeError, ownFrame, patternOf } from '../../../src/resilience/error-recovery/fingerprint.js';

describe('the pattern of a message', () => {
  it.each([
    ['connect ECONNREFUSED 10.0.3.17:5432', 'connect ECONNREFUSED <n>'],
    ['timeout of 1,500 ms exceeded', 'timeout of <n> ms exceeded'],
    ['user 42 not found', 'user <n> not found'],
    ['user42 not found', 'user<n> not found'],
    ['order 123e4567-e89b-12d3-a456-426614174000 is gone', 'order <id> is gone'],
    ['object 507f1f77bcf86cd799439011 is gone', 'object <id> is gone'],
    ['object_507f1f77bcf86cd799439011 is gone', '<id> is gone'],
    ['at address 0xDEADBEEF', 'at address <id>'],
    ['key sk_test_4eC39HqLyjWDarjtT1zdp7dc is wrong', 'key <id> is wrong'],
    ['relation "users_2024" does not exist', 'relation <text> does not exist'],
    ["no such column: 'it is' here", 'no such column: <text> here'],
    ["can't reach it, won't try", "can't reach it, won't try"],
    ['GET https://api.example.com/v1/users/17?page=2 failed', 'GET https://api.example.com/<id>/users/<id> failed'],
    ['GET http://db7:8080/a/b#c', 'GET http://db<n>:<n>/a/b'],
    ['decade facade', 'decade facade'],
    ['nothing varies here', 'nothing varies here'],
    ['', ''],
  ])('%j is %j', (message, pattern) => {
    expect(patternOf(message)).toBe(pattern);
  });

  it.each([
    ['digits', '1'.repeat(1_000_000)],
    ['letters of hex', 'a'.repeat(1_000_000)],
    ['words', 'a1-'.repeat(333_333)],
    ['quotes that never close', '"'.repeat(1_000_000)],
    ['apostrophes', " 'a".repeat(333_333)],
    ['a URL', `http://${'/a'.repeat(500_000)}`],
    ['schemes', 'a://'.repeat(250_000)],
    ['separators', '1.'.repeat(500_000)],
    ['frames', '\n    at x (/a/b.js:1:1)'.repeat(40_000)],
    ['a frame that never ends', `\n    at ${' ('.repeat(500_000)}`],
  ])('is made in bounded time of a million %s', (_, message) => {
    const error = new Error(message);
    const startedAt = performance.now();
    for (let i = 0; i < 20; i++) describeError(error);
    // A loose guard against work that grows with the square of the length.
    expect((performance.now() - startedAt) / 20).toBeLessThan(50);
  });

  it('is at most 200 characters long', () => {
    expect(patternOf('x'.repeat(499))).toMatch(/^x{199}…$/);
  });
});

describe('the frame of an error', () => {
  const stack = (...frames: string[]): string => ['Error: m', ...frames.map((frame) => `    at ${frame}`)].join('\n');

  it.each([
    [['query (/srv/app/src/db/query.ts:10:5)'], 'query src/db/query.ts'],
    [['async Pool.get (file:///srv/app/src/db/pool.js:1:2)'], 'Pool.get src/db/pool.js'],
    [['new Job (C:\\app\\src\\job.js:1:2)'], 'Job app/src/job.js'],
    [['/srv/app/src/main.js:7:1'], 'app/src/main.js'],
    [['async file:///srv/app/src/main.js:7:1'], 'app/src/main.js'],
    [['load (file:///srv/app/src/main.js?t=1732:7:1)'], 'load app/src/main.js'],
    [
      [
        'TCPConnectWrap.afterConnect (node:net:1555:16)',
        'run (/srv/app/node_modules/pg/lib/client.js:1:1)',
        'Array.map (<anonymous>)',
        'native',
        'save (/srv/app/src/save.ts:3:9)',
      ],
      'save app/src/save.ts',
    ],
    [['TCPConnectWrap.afterConnect (node:net:1555:16)'], ''],
    [[], ''],
  ])('of %j is %j', (frames, frame) => {
    expect(ownFrame(stack(...frames), 'm')).toBe(frame);
  });

  it('is not taken from a message that looks like one', () => {
    const message = 'oops\n    at fake (/etc/fake.js:1:1)';
    expect(ownFrame(`Error: ${message}\n    at real (/a/b/real.js:1:1)`, message)).toBe('real a/b/real.js');
  });

  it('tells the same message from two places apart, and not two lines of one function', () => {
    function one(second: boolean): Error {
      if (second) return new Error('same');
      return new Error('same');
    }
    const two = (): Error => new Error('same');
    expect(describeError(one(false)).fingerprint).toBe(describeError(one(true)).fingerprint);
    expect(describeError(one(false)).fingerprint).not.toBe(describeError(two()).fingerprint);
    expect(describeError(two()).frame).toBe('two resilience/error-recovery/fingerprint.test.ts');
  });
});
