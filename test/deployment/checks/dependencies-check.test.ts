import { InvalidOptionsError } from 'breakwater/core';
import { dependenciesCheck } from 'breakwater/deployment';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lines, run } from './run.js';
import { type PackageFields, Project } from './project.js';

const ROOT = join(import.meta.dirname, '../../..');

describe('dependenciesCheck', () => {
  it('finds nothing in what is as it should be', async () => {
    using project = new Project({ dependencies: { a: '^1.0.0', '@x/b': '1.x' } });
    project
      .add('a', { dependencies: { c: '~1.0.0' } })
      .add('@x/b')
      .add('c')
      .writeLock();
    expect(await project.report()).toEqual({
      findings: [],
      message: 'looked at 3 packages and package-lock.json: in order',
      metadata: { packages: 3, lockFile: 'package-lock.json' },
    });
  });

  it('finds nothing in this very project, which npm installed', async () => {
    const report = await run(dependenciesCheck({ root: ROOT, omitDev: false, nodeVersion: '24.0.0' }));
    expect(lines(report)).toEqual([]);
    expect(report.metadata?.['packages']).toBeGreaterThan(400);
  });

  it('says what is missing, and who needs it', async () => {
    using project = new Project({ dependencies: { a: '1', b: '1' } });
    project
      .add('a', { dependencies: { '@x/c': '1' } })
      .lock('b', { version: '1.0.0' })
      .lock('@x/c', { version: '1.0.0' });
    expect(await project.writeLock().found()).toEqual([
      'FAIL dependencies.missing.b: b is not installed',
      'FAIL dependencies.missing.x-c: @x/c is not installed, and a needs it',
    ]);
  });

  it('says it once when nothing at all is installed', async () => {
    using project = new Project({ dependencies: { a: '1', b: '1' } });
    expect(await project.lock('a', { version: '1.0.0' }).writeLock().found()).toEqual([
      'FAIL dependencies.not-installed: there is no node_modules, neither here nor above',
    ]);
  });

  it('says so when there is nothing to install', async () => {
    using project = new Project({ name: 'p', devDependencies: {} });
    expect(await project.report()).toMatchObject({ findings: [], message: 'looked at 0 packages: in order' });
  });

  it.each<[string, PackageFields, string[]]>([
    ['^1.0.0', { version: '1.9.9' }, []],
    [
      '^1.0.0',
      { version: '2.0.0' },
      ['FAIL dependencies.version.a: a 2.0.0 is installed, and package.json asks for ^1.0.0'],
    ],
    [
      '^1.0.0',
      { version: '1.1.0-rc.1' },
      ['FAIL dependencies.version.a: a 1.1.0-rc.1 is installed, and package.json asks for ^1.0.0'],
    ],
    ['*', { version: '1.1.0-rc.1' }, []],
    ['', { version: '9.0.0' }, []],
    ['latest', { version: '9.0.0' }, []],
    ['npm:b@^1', { name: 'b', version: '1.0.0' }, []],
    [
      'npm:@x/b@^2',
      { name: '@x/b', version: '1.0.0' },
      ['FAIL dependencies.version.a: a 1.0.0 is installed, and package.json asks for ^2'],
    ],
    ['npm:b', { version: '1.0.0' }, ['FAIL dependencies.version.a: another package is installed under the name a']],
    [
      '^1.0.0',
      { name: 'b', version: '1.0.0' },
      ['FAIL dependencies.version.a: another package is installed under the name a'],
    ],
    ['^1.0.0', { version: 'hidden' }, ['FAIL dependencies.version.a: a is installed without a version']],
    [
      'workspace:^2.0.0',
      { version: '1.0.0' },
      ['FAIL dependencies.version.a: a 1.0.0 is installed, and package.json asks for ^2.0.0'],
    ],
    ['workspace:*', { version: '1.0.0' }, []],
    ['file:../a', { version: '0.0.0' }, []],
    ['git+https://user:hidden@host/a.git', { version: '0.0.0' }, []],
    [
      'git+https://user:hidden@host/a.git#semver:^2',
      { version: '1.0.0' },
      ['FAIL dependencies.version.a: a 1.0.0 is installed, and package.json asks for ^2'],
    ],
    ['owner/a', { version: '0.0.0' }, []],
    ['https://host/a.tgz', { version: '0.0.0' }, []],
  ])('asked for %j, of %j it says %j', async (spec, fields, expected) => {
    using project = new Project({ dependencies: { a: spec } });
    const name = fields.name === undefined ? {} : { name: fields.name };
    expect(await project.add('a', fields, name).writeLock().found()).toEqual(expected);
  });

  it('judges what packages ask of each other, from where each of them is', async () => {
    using project = new Project({ dependencies: { a: '1', b: '1', c: '1' } });
    project
      .add('a', { dependencies: { c: '^2' } })
      .add('a > c', { version: '2.0.0' })
      .add('b', { dependencies: { c: '^2' } });
    expect(await project.add('c').writeLock().found()).toEqual([
      'FAIL dependencies.version.b.c: c 1.0.0 is installed, and b asks for ^2',
    ]);
  });

  it('leaves out what the project overrides', async () => {
    for (const overrides of [{ c: '1' }, { 'c@^2': '1' }, { b: { c: '1' } }]) {
      using project = new Project({ dependencies: { b: '1' }, overrides });
      project
        .add('b', { dependencies: { c: '^2' } })
        .add('c')
        .writeLock();
      expect(await project.found()).toEqual([]);
    }
    using project = new Project({ dependencies: { b: '1' }, overrides: { d: '1' } });
    expect(
      await project
        .add('b', { dependencies: { c: '^2' } })
        .add('c')
        .writeLock()
        .found(),
    ).toHaveLength(1);
  });

  it('lets optional ones be missing, and warns of them when they are wrong', async () => {
    const manifest = { dependencies: { a: '1', o: '1' }, optionalDependencies: { o: '1', p: '^2' } };
    using project = new Project(manifest);
    project.add('a').lock('o', { version: '1.0.0', optional: true }).add('p', {}, { optional: true }).writeLock();
    expect(await project.found()).toEqual([
      'WARN dependencies.version.p: p 1.0.0 is installed, and package.json asks for ^2',
    ]);
  });

  it('warns of the peers of packages, and fails for those of the project', async () => {
    const peers = { peerDependencies: { p: '1', q: '1' }, peerDependenciesMeta: { q: { optional: true } } };
    using project = new Project({ dependencies: { a: '1' } });
    expect(await project.add('a', peers).writeLock().found()).toEqual([
      'WARN dependencies.missing.p: p is not installed, and a needs it',
    ]);
    expect(await project.add('p', { version: '3.0.0' }, { peer: true }).writeLock().found()).toEqual([
      'WARN dependencies.version.a.p: p 3.0.0 is installed, and a asks for 1',
    ]);
    using own = new Project({ dependencies: { a: '1' }, ...peers });
    expect(await own.add('a').writeLock().found()).toEqual(['FAIL dependencies.missing.p: p is not installed']);
  });

  it('lets development dependencies be missing, unless they are wanted', async () => {
    using project = new Project({ dependencies: { a: '1' }, devDependencies: { d: '1' } });
    project.add('a').lock('d', { version: '1.0.0', dev: true }).writeLock();
    expect(await project.found()).toEqual([]);
    expect(await project.found({ omitDev: false })).toEqual(['FAIL dependencies.missing.d: d is not installed']);
    project.install('d', { name: 'd', version: '1.5.0' });
    expect(await project.found()).toEqual([]);
    expect(await project.found({ omitDev: false })).toEqual([
      'FAIL dependencies.lock.d: d 1.5.0 is installed, and package-lock.json says 1.0.0',
    ]);
  });

  it('says which package is not the one of the lock file', async () => {
    using project = new Project({ dependencies: { a: '*', b: '*' } });
    project.add('a', { dependencies: { c: '*' } }, { version: '1.0.1' }).add('a > c', {}, { version: 'hidden' });
    project.add('b', {}, { name: 'z' }).lock('e', { version: '1.0.0' }).writeLock();
    expect(await project.found()).toEqual([
      'FAIL dependencies.lock.a: a 1.0.0 is installed, and package-lock.json says 1.0.1',
      'FAIL dependencies.lock.a-c: a > c 1.0.0 is installed, and package-lock.json says a version that is none',
      'FAIL dependencies.lock.b: another package is installed as b than package-lock.json says',
      'FAIL dependencies.missing.e: e is in package-lock.json and not installed',
    ]);
  });

  it('warns of packages that the lock file does not know, and not of what is no package', async () => {
    using project = new Project({ dependencies: { a: '1' } });
    project.add('a').install('x', { name: 'x' }).install('@x/y', { name: '@x/y' }).writeLock();
    mkdirSync(project.at('node_modules/.bin'));
    project.write('node_modules/.package-lock.json', '{}');
    expect(await project.found()).toEqual([
      'WARN dependencies.extraneous.x-y: @x/y is installed, and package-lock.json does not know it',
      'WARN dependencies.extraneous.x: x is installed, and package-lock.json does not know it',
    ]);
  });

  it('warns of a lock file that was made of another package.json', async () => {
    using project = new Project({ dependencies: { a: '^1.0.0' }, devDependencies: { d: '1' } });
    project.add('a').lock('', { dependencies: { a: '^1.0.0', b: '2' }, devDependencies: { d: '2' } });
    project.json('package-lock.json', {
      lockfileVersion: 3,
      packages: { '': { dependencies: { a: '1', b: '2' } }, 'node_modules/a': { version: '1.0.0' } },
    });
    expect(await project.found()).toEqual([
      'WARN dependencies.lock-outdated: package-lock.json was made of another package.json: they differ in a, b',
    ]);
  });

  it('prefers the lock file that is published, and reads both versions that name packages', async () => {
    using project = new Project({ dependencies: { a: '*' } });
    project.add('a').writeLock('package-lock.json').lock('a', { version: '2.0.0' });
    project.writeLock('npm-shrinkwrap.json', { lockfileVersion: 2 });
    expect(await project.found()).toEqual([
      'FAIL dependencies.lock.a: a 1.0.0 is installed, and npm-shrinkwrap.json says 2.0.0',
    ]);
  });

  it.each<[string, string | undefined, string]>([
    [
      'no lock file',
      undefined,
      'WARN dependencies.lock-missing: there is no lock file: what is installed depends on the day',
    ],
    [
      'pnpm-lock.yaml',
      'x',
      'WARN dependencies.lock-format: pnpm-lock.yaml is not read: what is installed was held against package.json alone',
    ],
    [
      'yarn.lock',
      'x',
      'WARN dependencies.lock-format: yarn.lock is not read: what is installed was held against package.json alone',
    ],
    [
      'package-lock.json',
      '{"lockfileVersion":1,"dependencies":{}}',
      'WARN dependencies.lock-format: package-lock.json is of the first version, which is not read: what is installed was held against package.json alone',
    ],
    [
      'package-lock.json',
      '{"hidden":\n',
      'CRASHED dependencies.lock: package-lock.json is not valid JSON (line 2, column 1)',
    ],
  ])('with %s (%j) it says so', async (file, content, line) => {
    using project = new Project({ dependencies: { a: '1' } });
    project.add('a');
    if (content !== undefined) project.write(file, content);
    expect(await project.found()).toEqual([line]);
  });

  it('reads the lock file of the whole where the project is a workspace of it, and its overrides', async () => {
    using project = new Project({ dependencies: {}, overrides: { b: '1' } });
    const workspace = { name: 'w', dependencies: { a: '*', v: '*' } };
    project.json('packages/w/package.json', workspace);
    project.json('packages/v/package.json', { name: 'v', version: '1.0.0' });
    project
      .lock('packages/w/node_modules/../..', {})
      .add('a', { dependencies: { b: '2' } })
      .add('b');
    project.link('node_modules/v', '../packages/v');
    const packages = { 'packages/w': workspace, 'packages/v': { version: '1.0.0' } };
    const lock = (a: string) =>
      project.json('package-lock.json', {
        lockfileVersion: 3,
        packages: {
          ...packages,
          'node_modules/a': { version: a },
          'node_modules/b': { version: '1.0.0' },
          'node_modules/v': { link: true },
          // Something of another workspace, which need not be there.
          'node_modules/other': { version: '1.0.0' },
        },
      });
    lock('1.0.0');
    expect(await project.report({ root: project.at('packages/w') })).toEqual({
      findings: [],
      message: 'looked at 3 packages and package-lock.json: in order',
      metadata: { packages: 3, lockFile: 'package-lock.json' },
    });
    lock('1.0.1');
    expect(await project.found({ root: project.at('packages/w') })).toHaveLength(1);
  });

  it('says what cannot be read of a package, once', async () => {
    using project = new Project({ dependencies: { a: '1', b: '1', c: '1' } });
    project
      .add('a')
      .add('b')
      .add('c', { dependencies: { a: '1' } })
      .writeLock();
    rmSync(project.at('node_modules/a/package.json'));
    project.write('node_modules/b/package.json', '{"name": hidden');
    expect(await project.found()).toEqual([
      'FAIL dependencies.broken.a: a is there, and has no package.json',
      'FAIL dependencies.broken.b: b is there, and has a package.json that is not valid JSON (line 1, column 10)',
    ]);
  });

  it.each([
    ['>=20', [], []],
    [
      '>=22',
      ['FAIL dependencies.engine: the project asks for Node >=22, and this is 20.19.0'],
      ['WARN dependencies.engines.a: a asks for Node >=22, and this is 20.19.0'],
    ],
    [
      'hidden!',
      ['WARN dependencies.engine: engines.node of package.json is no range of versions'],
      ['WARN dependencies.engines.a: a asks for Node a version that cannot be read, and this is 20.19.0'],
    ],
  ])('judges engines.node %j of the project and of packages', async (node, own, packages) => {
    using project = new Project({ engines: { node }, dependencies: {} });
    expect(await project.found()).toEqual(own);
    using other = new Project({ dependencies: { a: '1' } });
    expect(await other.add('a', { engines: { node } }).writeLock().found()).toEqual(packages);
  });

  it('HLD-58: says that packages that lie nowhere cannot be verified', async () => {
    using project = new Project({ dependencies: { a: '1' } });
    project.write('.pnp.cjs', '');
    expect(await project.found()).toEqual([
      'CRASHED dependencies.plug-and-play: packages are where .pnp.cjs says, which is not read',
    ]);
  });

  it.each([
    [undefined, 'FAIL dependencies.manifest: there is no package.json'],
    ['{"name": hidden}', 'FAIL dependencies.manifest: package.json is not valid JSON (line 1, column 10)'],
    ['[]', 'FAIL dependencies.manifest: package.json holds no object'],
    [
      '{"dependencies":{"../../x":"1"}}',
      'FAIL dependencies.manifest: package.json holds what cannot stand there, in dependencies',
    ],
  ])('with the package.json %j it says so', async (content, line) => {
    using project = new Project();
    if (content === undefined) rmSync(project.at('package.json'));
    else project.write('package.json', content);
    expect(await project.found()).toEqual([line]);
  });

  it('follows no path of a lock file out of its folder', async () => {
    using project = new Project({ dependencies: {} });
    project.json('outside/package.json', { name: 'outside', version: '9.9.9' });
    project.json('in/package.json', { name: 'in', dependencies: {} });
    project.json('in/package-lock.json', {
      lockfileVersion: 3,
      packages: {
        '': {},
        'node_modules/../../outside': { version: '1.0.0' },
        '../node_modules/x': { version: '1.0.0' },
      },
    });
    expect(await project.found({ root: project.at('in') })).toEqual([]);
  });

  it('lists a hundred findings at most, the worst first', async () => {
    const names = Array.from({ length: 150 }, (_, i) => `p${String(i)}`);
    using project = new Project({ dependencies: Object.fromEntries(names.map((name) => [name, '1'])) });
    project.add('p0', { engines: { node: '1' } }).writeLock();
    const report = await project.report();
    expect(report.findings).toHaveLength(100);
    expect(report.findings.at(-1)).toMatchObject({
      id: 'dependencies.more',
      status: 'FAIL',
      message: 'there are 51 further findings',
    });
    expect(report.message).toBe('looked at 1 package and package-lock.json: 149 findings fail, 1 warning');
  });

  it('looks at 1,500 packages in well under a second', async () => {
    const names = Array.from({ length: 1_500 }, (_, i) => `p${String(i)}`);
    using project = new Project({ dependencies: { p0: '1' } });
    names.forEach((name, i) => {
      const needs = [1, 2, 3, 5, 8].map((step) => names[i + step]).filter((other) => other !== undefined);
      project.add(name, { dependencies: Object.fromEntries(needs.map((other) => [other, '^1.0.0'])) });
    });
    project.writeLock();
    await project.report();
    const started = performance.now();
    const report = await project.report();
    const took = performance.now() - started;
    expect(report.message).toBe('looked at 1500 packages and package-lock.json: in order');
    expect(took).toBeLessThan(5_000);
  });

  it('stops when it is no longer wanted', async () => {
    using project = new Project({ dependencies: { a: '1' } });
    project.add('a').writeLock();
    const controller = new AbortController();
    controller.abort(new Error('too late'));
    const answer = dependenciesCheck({ root: project.path }).run({ signal: controller.signal, profile: 'production' });
    await expect(answer).rejects.toThrow('too late');
  });

  it.each<[object, string]>([
    [{ nodeVersion: 'hidden' }, "nodeVersion must be a version such as '24.1.0', got a string"],
    [{ omitDevs: true }, 'omitDevs is not an option; did you mean omitDev?'],
    [{ root: 3 }, 'root must be the path of a file or folder, got 3'],
  ])('refuses %j', (options, message) => {
    expect(() => dependenciesCheck(options)).toThrow(InvalidOptionsError);
    expect(() => dependenciesCheck(options)).toThrow(message);
  });
});
