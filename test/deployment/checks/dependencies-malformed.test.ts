import { describe, expect, it } from 'vitest';
import { findingOf } from './run.js';
import { Project } from './project.js';

describe('a package.json that is not what npm writes', () => {
  it.each<[object, string]>([
    [{ dependencies: ['a'] }, 'dependencies'],
    [{ dependencies: { a: 1 } }, 'dependencies'],
    [{ dependencies: null }, 'dependencies'],
    [{ devDependencies: 'a' }, 'devDependencies'],
    [{ optionalDependencies: { '../a': '1' } }, 'optionalDependencies'],
    [{ version: 1 }, 'version'],
    [{ name: ['a'], peerDependencies: [] }, 'name, peerDependencies'],
    [{ engines: ['node >= 20'] }, 'engines'],
    [{ engines: { node: 20 } }, 'engines.node'],
    [{ overrides: 'a' }, 'overrides'],
  ])('HLD-58: with %j fails', async (fields, told) => {
    using project = new Project(fields);
    expect(await project.found()).toContain(
      `FAIL dependencies.manifest: package.json holds what cannot stand there, in ${told}`,
    );
  });

  it.each([{}, { private: true, engines: {} }, { overrides: { node: { a: '1' } }, dependencies: {} }])(
    'is another one than %j',
    async (fields) => {
      using project = new Project(fields);
      expect(await project.found()).toEqual([]);
    },
  );
});

describe('a lock file that is not what npm writes', () => {
  const notIts = 'package-lock.json is not what npm writes: it holds no packages, or what cannot be one';
  it.each([
    { lockfileVersion: 3 },
    { lockfileVersion: 2, dependencies: {} },
    { lockfileVersion: 3, packages: [] },
    {},
    { lockfileVersion: 3, packages: { 'node_modules/a': 'a' } },
    { lockfileVersion: 3, packages: { 'node_modules/a': { version: 1 } } },
    { lockfileVersion: 3, packages: { 'node_modules/a': { version: '1.0.0', name: {} } } },
  ])('HLD-58: as %j cannot be held against what is installed', async (lock) => {
    using project = new Project({ dependencies: { a: '1' } });
    project.add('a').json('package-lock.json', lock);
    expect(await project.found()).toEqual([`CRASHED dependencies.lock: ${notIts}`]);
  });

  it.each([
    { lockfileVersion: 1, dependencies: {} },
    { lockfileVersion: 1 },
    { dependencies: { a: { version: '1.0.0' } } },
  ])('is another one than an old one, such as %j', async (lock) => {
    using project = new Project({ dependencies: { a: '1' } });
    project.add('a').json('package-lock.json', lock);
    expect(await project.found()).toEqual([
      expect.stringMatching(/^WARN dependencies\.lock-format: package-lock\.json is of the first version/),
    ]);
  });

  it('HLD-58: that is larger than 16 MiB is not read, which leaves it unknown', async () => {
    using project = new Project({ dependencies: { a: '1' } });
    project.add('a').write('package-lock.json', ' '.repeat(16 * 1_024 ** 2 + 1));
    expect(findingOf(await project.report(), 'dependencies.lock')).toMatchObject({
      status: 'FAIL',
      crashed: true,
      message: 'package-lock.json is larger than 16777216 bytes, and was not read',
    });
  });
});

describe('a package.json with workspaces', () => {
  it('does not pass over workspaces in silence', async () => {
    using project = new Project({ workspaces: ['packages/*'] });
    project.writeLock();
    expect(await project.found()).toEqual([
      'WARN dependencies.workspaces: the project has workspaces, and nothing of its own: none of them was looked at',
    ]);
    using service = new Project({ workspaces: ['packages/*'], dependencies: { a: '1' } });
    service.add('a').writeLock();
    expect(await service.found()).toEqual([]);
  });
});
