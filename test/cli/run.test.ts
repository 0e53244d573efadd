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

  it.each(
    [
      ['@'],
      ['--@'],
      ['version', '@'],
      ['check', '@'],
      ['check', '--@'],
      ['check', '--format', '@'],
      ['check', '--config', '@'],
      ['check', '--config=./@/x.mjs'],
      ['check', '--timeout', '@'],
      ['check', '--dotenv', '@'],
      ['env', '@'],
      ['env', 'docs', '--config', '@'],
      ['env', 'check', '--dotenv', '@'],
      ['migrations', '@'],
      ['migrations', 'snapshot', '--out', '@'],
      ['migrations', 'diff', '--expected', '@'],
      ['probe', '@'],
      ['probe', 'http://127.0.0.1:1/x', '--timeout', '@'],
      ['doctor', '@'],
      ['doctor', 'http://127.0.0.1:1/x', '--token-env', '@'],
      ['k8s', 'lint', '@'],
      ['k8s', 'lint', 'x.yaml', '--stop-timeout', '@'],
      ['dockerfile', 'lint', '--context', '@'],
      ['bans', '@'],
      ['bans', 'unblock', '@', '@'],
    ].flatMap((argv) =>
      ['hq7Zr2-Yb9Lm4Xw', 'hq7Zr2Yb9Lm4Xw'.repeat(4), 'https://me:hq7Zr2Yb9@host.test/']
        .map((secret) => [argv.map((word) => word.replace('@', secret)), secret] as const)
        .filter(([[first = '']]) => !first.includes('//') || argv.length === 1),
    ),
  )('HLD-59: %j does not repeat a secret that a variable holds', async (argv, secret) => {
    const { code, out, err } = await breakwater(argv, { environment: () => ({ API_TOKEN: secret }) });
    expect(code).toBeGreaterThan(0);
    expect(out + err).not.toMatch(/hq7Zr2/);
  });

  it.each([
    `ghp_${'a1B2'.repeat(9)}`,
    `sk_live_${'a1B2'.repeat(6)}`,
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlc2ln',
  ])('does not repeat what is a secret by its form: %s', async (secret) => {
    const { code, err } = await breakwater(['check', '--config', secret]);
    expect(code).toBe(2);
    expect(err).toContain('[secret]');
    expect(err).not.toContain(secret.slice(0, 12));
  });

  it('repeats an unknown word without control characters and not at length', async () => {
    const { code, err } = await breakwater([`\u001b[2J${'x'.repeat(500)}`]);
    expect(code).toBe(2);
    expect(err).not.toContain('\u001b');
    expect(err.length).toBeLessThan(200);
  });
});
