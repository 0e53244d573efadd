import fc from 'fast-check';
import * as yaml from 'yaml';
import { describe, expect, it } from 'vitest';
import { loadYaml, readYaml } from '../../../src/cli/kubernetes/yaml.js';
import { runs } from '../../runs.js';
import { changed, having, linted, shipped } from '../linting.js';
import { breakwater } from '../setup.js';

const ORDERS = shipped('deploy/kubernetes.yaml');

describe('breakwater k8s lint', () => {
  it.each([[['k8s', '--help']], [['help', 'k8s']], [['k8s', 'lint', '--help']]])('%j teaches', async (argv) => {
    const { code, out, err } = await breakwater(argv);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('--budget-ms MS');
    expect(out).toContain('--fail-on fail|warn');
  });

  it.each([
    [['lint'], "'k8s lint' needs files, such as deploy/kubernetes.yaml"],
    [['lnt'], "unknown command 'k8s lnt'; did you mean 'lint'?"],
    [['--budget-ms'], "'k8s' takes a command first, got '--budget-ms'"],
    [['lint', 'a.yaml', '--budget-ms', '25s'], "'--budget-ms' takes whole milliseconds, such as 25000, got '25s'"],
    [['lint', 'a.yaml', '--buget-ms', '1'], "unknown option '--buget-ms'; did you mean '--budget-ms'?"],
    [['lint', ''], 'a file has no name'],
  ])('%j makes no sense', async (words, message) => {
    const { code, out, err } = await breakwater(['k8s', ...words], having({ 'a.yaml': ORDERS }));
    expect([code, out, err.split('\n')[0]]).toEqual([2, '', `breakwater: ${message}`]);
  });

  it('shows each file, what it found, where, and what to do', async () => {
    const files = having({ 'a.yaml': changed(ORDERS, 'orders:1.0.0\n          ports', 'orders\n          ports') });
    const { code, out } = await breakwater(['k8s', 'lint', 'a.yaml'], files);
    expect(code).toBe(1);
    expect(out.split('\n')).toEqual([
      'breakwater k8s lint: 1 file, a stop of up to 25000 ms',
      '',
      '  FAIL      a.yaml  4 objects: 1 wrong',
      expect.stringMatching(
        /^ {12}FAIL Deployment orders, container orders runs whatever image is the newest \(a\.yaml:\d+\) \[k8s\.latest-tag\]$/,
      ),
      '              -> name a version, or a digest: registry.example/orders:1.0.0',
      '',
      '0 of 1 checks passed, 1 failed',
    ]);
  });

  it.each([
    ['bytes', 'apiVersion: v1\0', 'k8s.unreadable', 'is no text in UTF-8'],
    ['other text', 'a: [b', 'k8s.unreadable', 'is not valid YAML'],
    ['nothing', '', 'k8s.no-objects', 'has no object of Kubernetes'],
    ['comments', '# one\n---\n# two\n', 'k8s.no-objects', 'has no object of Kubernetes'],
    ['another document', 'services: { a: { image: b } }', 'k8s.no-objects', 'has no object of Kubernetes'],
    ['a template', 'apiVersion: v1\nkind: {{ .Values.kind }}', 'k8s.template', 'is a template'],
    [
      'a template of lines',
      '{{- if .Values.on }}\napiVersion: v1\nkind: Pod\n{{- end }}',
      'k8s.template',
      'is a template',
    ],
    [
      'text of a template',
      'apiVersion: v1\nkind: Pod\nspec: { hostname: "{{ .Release.Name }}" }',
      'k8s.template',
      'still to be filled in',
    ],
    [
      'an alias to nowhere',
      'apiVersion: v1\nkind: Pod\nspec: *nowhere',
      'k8s.unreadable',
      'an alias that leads nowhere',
    ],
    ['2 MiB and more', `# ${'x'.repeat(2 ** 21)}`, 'k8s.unreadable', 'larger than 2 MiB'],
    ['what nests too deep', `${'{a: '.repeat(150)}1${'}'.repeat(150)}`, 'k8s.unreadable', 'nests too deep'],
  ])('%s could not be found out', async (_, text, id, message) => {
    const { code, findings } = await linted(['k8s', 'lint', 'a.yaml'], { 'a.yaml': text });
    const crashed = findings.filter((one) => one.crashed === true);
    expect([code, crashed.length > 0 ? crashed[0]?.id : undefined]).toEqual([
      findings.length > crashed.length ? expect.any(Number) : 3,
      id,
    ]);
    expect(crashed[0]?.message).toContain(message);
  });

  it.each([
    [['gone.yaml'], "the file 'gone.yaml' is not there"],
    [['a.yaml', 'gone.yaml'], "the file 'gone.yaml' is not there"],
    [['deploy'], "the folder 'deploy' has no .yaml, .yml or .json files"],
    [['-x'], "unknown option '-x'"],
  ])('%j is usage: it is no file', async (files, message) => {
    const { code, out, err } = await breakwater(['k8s', 'lint', ...files], having({ 'a.yaml': ORDERS, 'deploy/': '' }));
    expect([code, out, err.split('\n')[0]]).toEqual([2, '', `breakwater: ${message}`]);
  });

  it('what is wrong with one file hides nothing of another', async () => {
    const { code, ids } = await linted(['k8s', 'lint', 'odd.yaml', 'a.yaml'], {
      'odd.yaml': 'a: [b',
      'a.yaml': changed(ORDERS, 'policy/v1', 'policy/v1beta1'),
    });
    expect([code, ids]).toEqual([1, ['k8s.unreadable', 'k8s.removed-api']]);
  });

  it('texts for other programs are no templates', async () => {
    const rules = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { a: "{{ $labels.pod }}" }';
    expect((await linted(['k8s', 'lint', 'a.yaml'], { 'a.yaml': rules })).code).toBe(0);
  });

  it('HLD-59 an error shows nothing of the file', async () => {
    const { findings } = await linted(['k8s', 'lint', 'a.yaml'], { 'a.yaml': 'password: "hunter22\n  - [' });
    expect(findings).toMatchObject([{ message: 'the file is not valid YAML' }]);
  });

  it('without the package yaml it says what to install', async () => {
    const missing = Object.assign(new Error('gone'), { code: 'ERR_MODULE_NOT_FOUND' });
    await expect(loadYaml(() => Promise.reject(missing))).rejects.toThrow(
      'manifests cannot be read, since the package yaml is not installed: npm install --save-dev yaml',
    );
  });
});

describe('reading', () => {
  it('aliases that multiply cost no more than they are', () => {
    const rows = [
      'a0: &a0 [x, x]',
      ...Array.from({ length: 40 }, (_, i) => `a${String(i + 1)}: &a${String(i + 1)} [*a${String(i)}, *a${String(i)}]`),
    ];
    const { documents, faults } = readYaml(rows.join('\n'), yaml);
    expect([documents.length, faults]).toEqual([1, []]);
  });

  it('merged keys that multiply come to an end', () => {
    const wide = Array.from({ length: 2_000 }, (_, i) => `k${String(i)}: 1`).join(', ');
    const rows = [`a: &a { ${wide} }`, ...Array.from({ length: 200 }, (_, i) => `m${String(i)}: { <<: *a }`)];
    expect(readYaml(rows.join('\n'), yaml).faults).toEqual([
      { what: 'has more than 200000 values', line: expect.any(Number) as number },
    ]);
  });

  it('never throws, whatever the text', async () => {
    const piece = fc.constantFrom(
      'a: ',
      '- ',
      '&x ',
      '*x',
      '<<: ',
      '{{ ',
      '[',
      ']',
      '{',
      '}',
      '\n',
      '  ',
      '---\n',
      '? ',
      '"',
      "'",
      '| \n',
      '!!set ',
      'apiVersion: v1\n',
      'kind: Pod\n',
      'spec:\n',
      ' containers:\n',
      '1',
      '~',
      '#',
      ':',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 40 }).map((all) => all.join('')),
    );
    await fc.assert(
      fc.asyncProperty(text, async (one) => {
        const { code, err } = await linted(['k8s', 'lint', 'a.yaml'], { 'a.yaml': one });
        expect([err, [0, 1, 3].includes(code)]).toEqual(['', true]);
      }),
      { numRuns: runs(300) },
    );
  });

  it('never throws, whatever stands where in a manifest', async () => {
    const lines = ORDERS.split('\n');
    const odd = fc.constantFrom(
      '',
      ' ~',
      ' 1',
      ' []',
      ' {}',
      ' [[]]',
      ' "x"',
      ' yes',
      ' [~, 1, {}]',
      ' 2026-01-01',
      ' { a: { b: 1 } }',
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(lines.length - 1), odd, async (i, value) => {
        const text = lines.map((line, n) => (n === i ? line.replace(/:( .*)?$/, `:${value}`) : line)).join('\n');
        const { code, err } = await linted(['k8s', 'lint', 'a.yaml'], { 'a.yaml': text });
        expect([err, [0, 1, 3].includes(code)]).toEqual(['', true]);
      }),
      { numRuns: runs(300) },
    );
  });
});
