import { describe, expect, it } from 'vitest';
import { breakwater } from './setup.js';

describe('breakwater command', () => {
  it.each([[[]], [['help']], [['--help']], [['-h']]])('%j shows the help on standard output', async (argv) => {
    const { code, out, err } = await breakwater(argv);
    expect(code).toBe(0);
    expect(out).toContain('Usage: breakwater <command>');
    expect(out).toContain('version, --version, -v');
    for (const word of ['example', 'docs', 'check']) expect(out).toMatch(new RegExp(`^  env ${word} +\\w`, 'm'));
    expect(err).toBe('');
  });

  it.each(['version', '--version', '-v'])('%s prints the version and nothing else', async (word) => {
    expect(await breakwater([word])).toEqual({ code: 0, out: '1.2.3', err: '' });
  });

  it.each([
    ['verison', "unknown command 'verison'; did you mean 'version'?"],
    ['--hlep', "unknown option '--hlep'; did you mean '--help'?"],
    ['frobnicate', "unknown command 'frobnicate'\n"],
    ['', "unknown command ''\n"],
    ['constructor', "unknown command 'constructor'\n"],
  ])('%j is refused with exit code 2', async (word, message) => {
    const { code, out, err } = await breakwater([word]);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(`breakwater: ${message}`);
    expect(err).toContain("Run 'breakwater help'");
  });

  it.each([
    [['version', '--json'], "'version' takes nothing else, got '--json'"],
    [['help', 'version'], "'help' takes nothing else, got 'version'"],
    [['help', 'env', 'check'], "'help' takes nothing else, got 'check'"],
  ])('refuses words after a command that takes none: %j', async (argv, message) => {
    expect(await breakwater(argv)).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining(message) as string,
    });
  });

  it('says in one line, and masked, what went wrong in itself', async () => {
    const { code, out, err } = await breakwater(['version'], {
      version: () => {
        throw new Error('no\nmanifest\u001b[2J, password=hunter22');
      },
    });
    expect([code, out]).toEqual([3, '']);
    expect(err).toBe('breakwater: Error: no manifest?[2J, password=[secret]');
  });

  it('repeats an unknown word without control characters and not at length', async () => {
    const { code, err } = await breakwater([`\u001b[2J${'x'.repeat(500)}`]);
    expect(code).toBe(2);
    expect(err).not.toContain('\u001b');
    expect(err.length).toBeLessThan(200);
  });
});
