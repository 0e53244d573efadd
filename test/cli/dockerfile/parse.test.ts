import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isIgnored } from '../../../src/cli/dockerfile/ignore-file.js';
import { execWords, pairsOf, parseDockerfile } from '../../../src/cli/dockerfile/parse.js';
import { runs } from '../../runs.js';
import { having, linted, shipped } from '../linting.js';
import { breakwater } from '../setup.js';

describe('parsing a Dockerfile', () => {
  const parsed = (text: string) =>
    parseDockerfile(text).instructions.map(({ name, text: rest, line }) => [name, rest, line]);

  it('joins continued lines, over comments and empty lines between', () => {
    expect(parsed('# c\nfrom a \\\n  # no\n\n  AS b\nRUN x && \\\n  y\\\n')).toEqual([
      ['FROM', 'a  AS b', 2],
      ['RUN', 'x &&  y', 6],
    ]);
  });

  it('takes another escape from a directive, and only from one', () => {
    expect(parsed('# escape=`\nRUN dir c:\\\nUSER x')).toEqual([
      ['RUN', 'dir c:\\', 2],
      ['USER', 'x', 3],
    ]);
    expect(parsed('# a comment\n# escape=`\nRUN a \\\nb')).toEqual([['RUN', 'a  b', 3]]);
    expect(parseDockerfile('# syntax=a\n# escape=`\n').escape).toBe('`');
  });

  it('keeps here-documents apart', () => {
    const { instructions } = parseDockerfile(
      'RUN <<A <<-"B"\none\nA\n\ttwo\n\tB\nCOPY <<C /c\nUSER root\nC\nUSER a\nRUN <<D\nopen',
    );
    expect(instructions.map(({ name, here, line }) => [name, here, line])).toEqual([
      ['RUN', 'one\n\ttwo', 1],
      ['COPY', 'USER root', 6],
      ['USER', '', 9],
      ['RUN', 'open', 10],
    ]);
  });

  it('takes flags off, and leaves out what is for other images', () => {
    const { instructions } = parseDockerfile('COPY --from=a --chown=1:1 x y\nONBUILD USER root\n');
    expect(instructions).toMatchObject([{ name: 'COPY', flags: ['--from=a', '--chown=1:1'], text: 'x y' }]);
  });

  it.each([
    ['["a", "b c"]', ['a', 'b c']],
    ["['a']", undefined],
    ['["a"', undefined],
    ['[1]', undefined],
    ['a', undefined],
  ])('the exec form of %j', (text, words) => expect(execWords({ text })).toEqual(words));

  it.each([
    ['ENV', 'A b c', [['A', 'b c']]],
    ['ENV', 'A "b c"', [['A', 'b c']]],
    [
      'ENV',
      'A=b C="d e" F=g\\ h I=\'j k\'',
      [
        ['A', 'b'],
        ['C', 'd e'],
        ['F', 'g\\ h'],
        ['I', 'j k'],
      ],
    ],
    ['ARG', 'A', [['A', undefined]]],
    ['ARG', 'A=', [['A', '']]],
  ])('the pairs of %s %j', (name, text, pairs) => {
    expect(pairsOf({ name, text, flags: [], here: '', line: 1 })).toEqual(pairs);
  });

  it.each([
    ['.env', ['.env'], true],
    ['.env', ['.env', '!.env'], false],
    ['.env', ['a*b*c*d', '**/*.env'], true],
    ['node_modules', ['src/node_modules'], false],
    ['node_modules', ['**/node_modules'], true],
    ['.git', ['git'], false],
  ])('%s is kept out by %j: %s', (path, patterns, is) => expect(isIgnored(path, patterns)).toBe(is));
});

describe('breakwater dockerfile lint', () => {
  it.each([[['dockerfile', '--help']], [['dockerfile', 'lint', '-h']]])('%j teaches', async (argv) => {
    const { code, out, err } = await breakwater(argv);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('--context DIR');
  });

  it.each([
    [['lint', '--context', 'gone'], "'--context' takes a folder that there is"],
    [['lint'], "the file 'Dockerfile' is not there"],
    [['lint', 'nope'], "the file 'nope' is not there"],
    [['lints'], "unknown command 'dockerfile lints'; did you mean 'lint'?"],
  ])('%j makes no sense', async (words, message) => {
    const { code, out, err } = await breakwater(['dockerfile', ...words], having({}));
    expect([code, out, err.split('\n')[0]]).toEqual([2, '', `breakwater: ${message}`]);
  });

  it.each([
    ['it is empty', '', 'the file is no Dockerfile: it has no FROM'],
    ['it is something else', '{ "a": 1 }', 'the file is no Dockerfile: it has no FROM'],
    ['it is bytes', 'FROM a\0', 'the file is no text in UTF-8'],
    ['it is endless', `FROM a:1\n${'RUN a\n'.repeat(2_000)}`, 'the file has more than 2000 instructions'],
  ])('when %s, it could not be found out', async (_, text, message) => {
    const { code, findings } = await linted(['dockerfile', 'lint'], { Dockerfile: text });
    expect([code, findings.map((one) => [one.id, one.message, one.crashed])]).toEqual([
      3,
      [['dockerfile.unreadable', message, true]],
    ]);
  });

  it('never throws and always ends, whatever the text', async () => {
    const piece = fc.constantFrom(
      'FROM a',
      'FROM b:1 AS c\n',
      'RUN ',
      'COPY ',
      '--from=',
      'ONBUILD ',
      'HEALTHCHECK ',
      'USER ',
      '${',
      '}',
      ':-',
      '$A',
      '\\\n',
      '\\',
      '`',
      '\n',
      '# escape=`\n',
      '<<EOF',
      '<<-"X"',
      '\nEOF\n',
      '["',
      '"]',
      'ENV A=',
      '"',
      "'",
      ' ',
      '\t',
      '\r\n',
      'npm ci',
      'CMD ',
      'curl | sh',
      '. .',
      '\ufeff',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 60 }).map((all) => all.join('')),
    );
    await fc.assert(
      fc.asyncProperty(text, text, async (one, ignored) => {
        const { code, err } = await linted(['dockerfile', 'lint'], { Dockerfile: one, '.dockerignore': ignored });
        expect([err, [0, 1, 3].includes(code)]).toEqual(['', true]);
      }),
      { numRuns: runs(1_000) },
    );
  });

  it('a line out of a real file, taken away or said twice, ends as well', async () => {
    const lines = shipped('deploy/Dockerfile').split('\n');
    for (const [i, line] of lines.entries())
      for (const others of [[], [line, line]]) {
        const text = [...lines.slice(0, i), ...others, ...lines.slice(i + 1)].join('\n');
        expect([0, 1, 3]).toContain((await linted(['dockerfile', 'lint'], { Dockerfile: text })).code);
      }
  });
});
