import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { run } from '../../src/cli/run.js';

function breakwater(...argv: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const code = run(argv, {
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    version: () => '1.2.3',
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

describe('breakwater command', () => {
  it.each([[[]], [['help']], [['--help']], [['-h']]])('%j shows the help on standard output', (argv) => {
    const { code, out, err } = breakwater(...argv);
    expect(code).toBe(0);
    expect(out).toContain('Usage: breakwater <command>');
    expect(out).toContain('version, --version, -v');
    expect(err).toBe('');
  });

  it.each(['version', '--version', '-v'])('%s prints the version and nothing else', (word) => {
    expect(breakwater(word)).toEqual({ code: 0, out: '1.2.3', err: '' });
  });

  it.each([
    ['verison', "unknown command 'verison'; did you mean 'version'?"],
    ['--hlep', "unknown option '--hlep'; did you mean '--help'?"],
    ['frobnicate', "unknown command 'frobnicate'\n"],
    ['', "unknown command ''\n"],
    ['constructor', "unknown command 'constructor'\n"],
  ])('%j is refused with exit code 2', (word, message) => {
    const { code, out, err } = breakwater(word);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(`breakwater: ${message}`);
    expect(err).toContain("Run 'breakwater help'");
  });

  it('refuses words after a command that takes none', () => {
    expect(breakwater('version', '--json')).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining("'version' takes nothing else, got '--json'") as string,
    });
  });

  it('repeats an unknown word without control characters and not at length', () => {
    const { code, err } = breakwater(`\u001b[2J${'x'.repeat(500)}`);
    expect(code).toBe(2);
    expect(err).not.toContain('\u001b');
    expect(err.length).toBeLessThan(200);
  });

  it('the real command runs from the source and finds the package version', async () => {
    const { execFile } = await import('node:child_process');
    const { promisify } = await import('node:util');
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    const call = (...argv: string[]) =>
      promisify(execFile)(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', ...argv]);
    expect((await call('--version')).stdout).toBe(`${version}\n`);
    await expect(call('chekc')).rejects.toMatchObject({ code: 2, stdout: '' });
  });

  it('the real command ends without a fuss when its reader closes the pipe first', async () => {
    const { spawn } = await import('node:child_process');
    const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', 'help'], { stdio: 'pipe' });
    child.stdout.destroy();
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    expect([code, err]).toEqual([0, '']);
  });
});
