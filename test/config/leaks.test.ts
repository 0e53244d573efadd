import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigInvalidError } from 'breakwater/config';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runs } from '../runs.js';
import { environments } from './leaks/environments.js';
import { Heard, leaks, shown } from './leaks/outputs.js';
import { read } from './leaks/readings.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'breakwater-leaks-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

it('no output shows four characters of a secret, whatever the types, the texts and the parsers', async () => {
  using heard = new Heard();
  await fc.assert(
    fc.asyncProperty(environments, async (environment) => {
      expect(await leaks((isTwin) => read(environment, { dir, heard, isTwin }))).toEqual([]);
    }),
    { numRuns: runs(10_000) },
  );
});

describe('the same search finds', () => {
  const search = (show: (secret: string) => string | Promise<string>) =>
    leaks(async (isTwin) => {
      const secret = isTwin ? 'vowel-82-JUMP' : 'hunter2-Zq9x!';
      return { shown: await show(secret), secrets: [secret] };
    });
  const piece = (secret: string): string => secret.slice(3, 7);

  it.each<[string, (secret: string) => unknown]>([
    [
      'the message of an issue',
      (secret) => new ConfigInvalidError('shop', [{ key: 'A', code: 'invalid', message: `is no ${piece(secret)}` }]),
    ],
    ['a cause of a cause', (secret) => new Error('a', { cause: new Error('b', { cause: new Error(piece(secret)) }) })],
    ['a cause that is no error', (secret) => new Error('a', { cause: [piece(secret)] })],
    ['a stack', (secret) => Object.assign(new Error('a'), { stack: `a ${piece(secret)}` })],
    ['what is not enumerable', (secret) => Object.defineProperty({}, 'a', { value: piece(secret) })],
    [
      'a getter',
      (secret) => ({
        get a() {
          return piece(secret);
        },
      }),
    ],
    ['what is deep inside', (secret) => ({ a: [{ b: { c: [[{ d: new Map([[piece(secret), 1]]) }]] } }] })],
    ['a name', (secret) => [{ [piece(secret)]: 1 }]],
    ['what only JSON tells', (secret) => Object.create({ toJSON: () => piece(secret) }) as object],
    ['what only text tells', (secret) => ({ toString: () => piece(secret) })],
  ])('four characters in %s', async (_, leaky) => {
    const found = await search((secret) => shown(leaky(secret)));
    expect(found).toEqual([expect.stringMatching(/^ter2 in ".*ter2/)]);
  });

  it('four characters in a warning, and in what is written as an error', async () => {
    using heard = new Heard();
    const warned = await search((secret) => {
      process.emitWarning(piece(secret));
      return heard.texts();
    });
    const wrote = await search((secret) => {
      process.stderr.write(piece(secret));
      return heard.texts();
    });
    for (const found of [warned, wrote]) expect(found).toEqual([expect.stringMatching(/^ter2 in/)]);
  });

  it('nothing in three of them, nor in what stands there whatever the secret is', async () => {
    expect(await search((secret) => shown(new Error(secret.slice(0, 3))))).toEqual([]);
    expect(await search(() => 'hunter2-Zq9x!')).toEqual([]);
  });
});
