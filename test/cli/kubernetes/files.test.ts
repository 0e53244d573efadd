import { describe, expect, it } from 'vitest';
import { changed, having, linted, shipped } from '../linting.js';
import { breakwater } from '../setup.js';

const ORDERS = shipped('deploy/kubernetes.yaml');
const ROOT = changed(ORDERS, 'runAsUser: 1000', 'runAsUser: 0');

describe('k8s lint of standard input', () => {
  const piped = (text: string | undefined, ...words: string[]) =>
    breakwater(['k8s', 'lint', '-', ...words], {
      ...having({ 'a.yaml': ORDERS }),
      readInput: (most) => Promise.resolve(most === 2 * 1024 * 1024 ? text : 'read without a bound'),
    });

  it('HLD-58: looks at what comes in, beside files', async () => {
    expect((await piped(ORDERS)).code).toBe(0);
    const { code, out } = await piped(ROOT, 'a.yaml');
    expect([code, out]).toEqual([1, expect.stringMatching(/may run as root \(<stdin>:\d+\)/)]);
    expect(out).toContain('2 files');
  });

  it.each([
    ['nothing', '', 'has no object of Kubernetes'],
    ['more than 2 MiB', undefined, 'is larger than 2 MiB'],
    ['bytes', 'a\0b', 'is no text in UTF-8'],
  ])('HLD-58: %s is no PASS', async (_, text, message) => {
    const { code, out } = await piped(text);
    expect([code, out]).toEqual([3, expect.stringContaining(message)]);
  });
});

describe('k8s lint of a folder', () => {
  const FILES = {
    'k/': '',
    'k/b.yml': ROOT,
    'k/a/': '',
    'k/a/c.yaml': ROOT,
    'k/README.md': '#',
    'k/.git/': '',
    'k/.git/d.yaml': 'a: [',
    'k/node_modules/': '',
    'k/node_modules/e.yaml': 'a: [',
  };

  it('HLD-58: looks at all manifests below it, in order, each once', async () => {
    for (const words of [['k'], ['k/'], ['k', 'k/b.yml'], ['k/b.yml', 'k/a', 'k']]) {
      const { code, findings } = await linted(['k8s', 'lint', ...words], FILES);
      expect([code, [...new Set(findings.map(({ place }) => place.file))].sort()]).toEqual([
        1,
        ['k/a/c.yaml', 'k/b.yml'],
      ]);
    }
  });

  it('HLD-58: tells how many files in it are none, and passes nothing by them alone', async () => {
    const lint = (files: Readonly<Record<string, string>>, ...more: string[]) =>
      breakwater(['k8s', 'lint', 'k', ...more], having({ 'k/': '', ...files }));
    const other = { 'k/compose.yaml': 'services: {}' };
    const { code, out } = await lint({ ...other, 'k/a.yaml': ORDERS });
    expect([code, out]).toEqual([
      0,
      expect.stringContaining('1 file, and 1 in folders without an object of Kubernetes,'),
    ]);
    expect((await lint(other)).code).toBe(3);
    expect((await lint({ ...other, 'k/a.yaml': ORDERS }, 'k/compose.yaml')).code).toBe(3);
    expect((await lint({ 'k/a.yaml': ORDERS, 'k/b.yaml': 'a: [' })).code).toBe(3);
  });

  it('HLD-58: of which nothing can be told is no PASS', async () => {
    const lint = (files: Readonly<Record<string, string>>, world = {}) =>
      breakwater(['k8s', 'lint', 'k'], { ...having(files), ...world });
    expect(await lint({ 'k/': '', 'k/README.md': '#' })).toMatchObject({ code: 2 });
    const closed = {
      list: () => {
        throw new Error('closed');
      },
    };
    expect(await lint(FILES, closed)).toMatchObject({
      code: 3,
      err: expect.stringContaining('cannot be read') as string,
    });
    const endless = { look: () => ({ kind: 'folder', bytes: 0 }), list: () => ['x'] };
    expect(await lint(FILES, endless)).toMatchObject({ code: 3, err: expect.stringContaining('too much') as string });
  });
});
