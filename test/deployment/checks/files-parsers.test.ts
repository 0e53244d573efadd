import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonFault } from '../../../src/deployment/checks/files/json-fault.js';
import { parseToml } from '../../../src/deployment/checks/files/toml.js';
import { parseYaml } from '../../../src/deployment/checks/files/yaml.js';
import { runs } from '../../runs.js';
import { foundIn as found } from './found-in.js';

describe('the parsers', () => {
  const missing = () => Promise.reject(Object.assign(new Error('no'), { code: 'ERR_MODULE_NOT_FOUND' }));

  it('HLD-58: say what to install when they are not there, which is a crash', async () => {
    expect(await parseYaml('a: 1', missing)).toEqual({
      absent: 'YAML cannot be read, since the package yaml is not installed',
      hint: 'install it (npm install yaml), or give the file a parse function',
    });
    expect(await parseToml('a = 1', missing)).toMatchObject({
      absent: 'TOML cannot be read, since the package smol-toml is not installed',
    });
    expect(await parseToml('a = 1', () => Promise.reject(new Error('hidden')))).toMatchObject({
      absent: 'TOML cannot be read, since the package smol-toml does not load',
    });
  });

  it('take no longer for aliases that grow without bound, nor for many keys', async () => {
    const letters = 'a b c d e f g h i j'.split(' ');
    const bomb = letters.map(
      (c, i) =>
        `${c}: &${c} [${
          i === 0
            ? 'x'
            : Array(9)
                .fill(`*${letters[i - 1] ?? ''}`)
                .join()
        }]`,
    );
    expect(await found('a.yaml', bomb.join('\n'))).toEqual([
      'FAIL files.syntax.a.yaml: a.yaml cannot be read as YAML: its aliases grow without bound',
    ]);
    const aliases = `a: &a 1\nb: [${'*a,'.repeat(1_001)}]`;
    expect(await found('a.yaml', aliases)).toEqual([
      'FAIL files.syntax.a.yaml: a.yaml has more than 1000 aliases (line 2, column 3005)',
    ]);
    const keys = Array.from({ length: 60_000 }, (_, i) => `key${String(i)}: ${String(i)}`).join('\n');
    // Each compared with each would take half a minute.
    const started = performance.now();
    expect(await found('a.yaml', `${keys}\nkey7: 1`)).toEqual([
      'FAIL files.syntax.a.yaml: a.yaml has a key twice in the same place (line 60001, column 1)',
    ]);
    expect(performance.now() - started).toBeLessThan(15_000);
  });

  it.each(['[', '{"a":', '- ', 'a: {', '? ', '- ? ', '- &a ', 'a: ', ': ', '"a\n b": '])(
    'survive a file of nothing but %j, of which the parsers see nothing where it nests',
    async (text) => {
      for (const extension of ['json', 'yaml', 'toml'])
        expect(await found(`a.${extension}`, text.repeat(50_000))).toEqual([
          expect.stringContaining('FAIL files.syntax'),
        ]);
    },
  );

  const brackets = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
  const inLines = (depth: number, levels: (blank: string) => string): string =>
    Array.from({ length: depth }, (_, i) => levels('  '.repeat(i))).join('\n') + ' 1';
  const maps = (depth: number): string => inLines(depth, (blank) => `${blank}a:`);
  const lists = (depth: number): string => inLines(depth, (blank) => `${blank}a:\n${blank}-`);
  it.each([
    ['a.json', brackets(100), brackets(101), '(line 1, column 101)'],
    ['a.json', `["\\"${'['.repeat(200)}"]`, `["\\"${'['.repeat(200)}",${brackets(100)}]`, '(line 1, column 306)'],
    ['a.toml', `a = ${brackets(100)}`, `a = ${brackets(101)}`, '(line 1, column 105)'],
    [
      'a.toml',
      `a = '''${'['.repeat(200)}''' # ${'['.repeat(200)}`,
      `a = ''\nb = ${brackets(101)}`,
      '(line 2, column 105)',
    ],
    ['a.yaml', brackets(100), `a: x\nb: ${brackets(102)}`, '(line 2, column 105)'],
    ['a.yaml', `a: |\n  ${'[ - '.repeat(200)}\n`, `${'- '.repeat(102)}x`, '(line 1, column 204)'],
    ['a.yaml', `a: "${'['.repeat(200)}"\nb: a${'['.repeat(200)}\n`, 'a: '.repeat(102), '(line 1, column 305)'],
    ['a.yaml', maps(100), maps(102), '(line 102, column 204)'],
    ['a.yaml', lists(50), lists(52), '(line 102, column 102)'],
  ])('read %s to a depth of 100 levels', async (name, fits, deep, where) => {
    expect(await found(name, fits)).toEqual([]);
    expect(await found(name, deep)).toEqual([`FAIL files.syntax.${name}: ${name} nests deeper than 100 ${where}`]);
  });
});

describe('jsonFault', () => {
  const broken = fc
    .tuple(
      fc.json({ maxDepth: 3 }),
      fc.nat(),
      fc.nat(3),
      fc.constantFrom('', ',', '"', '}', ']', '\\', '0', '-', 'e', '\n', '\u0001', '\ud800', ':', 'nul'),
    )
    .map(([text, at, cut, put]) => {
      const from = text.length === 0 ? 0 : at % text.length;
      return text.slice(0, from) + put + text.slice(from + cut);
    });

  it('finds a fault exactly where the platform does', () => {
    fc.assert(
      fc.property(fc.oneof(broken, fc.json(), fc.string()), (text) => {
        let isJson = true;
        let message = '';
        try {
          JSON.parse(text);
        } catch (error) {
          isJson = false;
          message = (error as Error).message;
        }
        const fault = jsonFault(text);
        expect(fault === undefined).toBe(isJson);
        const said = /in JSON at position (\d+)(?: \(line \d+ column \d+\))?$/.exec(message)?.[1];
        if (said === undefined || text.includes('position')) return;
        // In a number and behind a backslash the platform tells where what may yet become right no longer does.
        expect(text.slice(fault, Number(said))).toMatch(/^(?:[-+.eE\d]*|[a-z]*|\\(?:u[\da-fA-F]*)?)$/);
      }),
      { numRuns: runs(20_000) },
    );
  });
});
