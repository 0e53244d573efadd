import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

function filesIn(folder: string, ending: RegExp): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name) && !entry.parentPath.includes('node_modules'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}

const sources = filesIn('src', /\.ts$/);
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** Code without comments, and with the text of strings emptied. */
export function bare(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g, (found) =>
    found.startsWith('/') ? '' : "''",
  );
}

/** Files in which `pattern` occurs outside comments and texts, but for those that may. */
function offenders(pattern: RegExp, allowed: RegExp): string[] {
  return sources.filter((file) => !allowed.test(file) && pattern.test(bare(read(file))));
}

describe('the house', () => {
  it('has sources to look at', () => {
    expect(sources.length).toBeGreaterThan(80);
  });

  it.each([
    [
      'a clock or a timer',
      /\bDate\.now\b|\bnew Date\(\)|\bDate\(\)|\bperformance\b(?!\()|\bset(Timeout|Interval|Immediate)\b|\bAbortSignal\.timeout\b/,
      /^src\/(cli\/main|core\/clock|health\/liveness\/worker-source|testing\/manual-clock|observability\/metrics\/loop-turn|lifecycle\/host)\.ts$/,
    ],
    ['chance', /\bMath\.random\b/, /^src\/core\/random\.ts$/],
    ['the console', /\bconsole\b/, /^$/],
    [
      'the process',
      /\bprocess\b/,
      /^src\/(adapters\/(cluster\/host|express\/settle)|cli\/(main|watchdog-thread)|core\/reporter|config\/environment|(deployment|lifecycle)\/host|health\/(checks\/runtime|liveness\/(platform|worker-source))|observability\/metrics\/runtime-probe)\.ts$/,
    ],
    ['any', /[:<(,|&=]\s*any\b|\bas any\b/, /^$/],
    ['a default export', /\bexport default\b/, /^$/],
    ['everything at once', /\bexport \*/, /^$/],
    ['an enum or a namespace', /\b(enum|namespace) \w+ \{/, /^$/],
    ['a static block', /\bstatic \{/, /^$/],
    ['a silenced type error', /@ts-(ignore|expect-error|nocheck)/, /^$/],
  ])('uses %s only where it belongs', (_, pattern, allowed) => {
    expect(offenders(pattern, allowed)).toEqual([]);
  });

  it('finds what it looks for', () => {
    expect(/\bMath\.random\b/.test(bare('const x = Math.random(); // fine'))).toBe(true);
    expect(/\bMath\.random\b/.test(bare("/* Math.random */ const x = 'Math.random'; // Math.random"))).toBe(false);
  });

  it('keeps module-level state out of every room', () => {
    const stateful = sources.filter(
      (file) =>
        /^(let|var) /m.test(bare(read(file))) ||
        /^(export )?const \w+ = new (Map|Set|WeakMap|WeakSet|Array)\b/m.test(bare(read(file))),
    );
    expect(stateful).toEqual([]);
  });

  it('has no file of more than 400 lines', () => {
    const files = [
      ...sources,
      ...filesIn('test', /\.ts$/),
      ...filesIn('scripts', /\.ts$/),
      ...filesIn('examples', /\.ts$/),
      ...filesIn('bench', /\.js$/),
    ];
    // The root's list of names is long, and nothing else.
    const long = files.filter(
      (file) => read(file).split('\n').length > 400 && !file.endsWith('matrix.test.ts') && file !== 'src/index.ts',
    );
    expect(long).toEqual([]);
  });

  it('points its imports the right way', () => {
    const { status, stdout } = spawnSync(
      process.execPath,
      ['node_modules/dependency-cruiser/bin/dependency-cruise.mjs', 'src'],
      { cwd: ROOT, encoding: 'utf8' },
    );
    expect([status, stdout]).toEqual([0, expect.stringContaining('no dependency violations found')]);
  });

  it('speaks only of itself', () => {
    const listed = spawnSync('git', ['ls-files', '-co', '--exclude-standard'], {
      cwd: ROOT,
      encoding: 'utf8',
    }).stdout.split('\n');
    const texts = listed.filter(
      (file) =>
        /\.(ts|js|cjs|json|md|sh|yml)$|^\.ci\//.test(file) &&
        !file.endsWith('package-lock.json') &&
        !file.startsWith('test/architecture/'),
    );
    const strange = texts.filter((file) =>
      /(^|[^\w.])\/(work|farm)\/|https?:\/\/registry\.|\b(FIXME|XXX|HACK)\b|\bTODO\b/m.test(read(file)),
    );
    expect(strange).toEqual([]);
  });

  it('leaves no test out and shuts none out', () => {
    const tests = filesIn('test', /\.ts$/).filter((file) => !file.startsWith('test/architecture/'));
    expect(tests.filter((file) => /\b(it|describe|test)\.(only|todo|skip)\b/.test(bare(read(file))))).toEqual([]);
  });
});
