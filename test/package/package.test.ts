import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entryPoints, readJson, specifier } from '../../scripts/entry-points.js';
import { exportsMap } from '../../scripts/sync-exports.js';

const ROOT = join(import.meta.dirname, '../..');
/** A public name in an API report. */
const REPORTED =
  /(?<!^\/\/ @internal.*\n)^export (?:declare )?(?:abstract )?(?:class|function|const|interface|type) (\w+)/gm;
const NAMES = entryPoints.map(specifier);
let consumer = '';

interface Manifest {
  readonly exports: unknown;
  readonly dependencies: object;
  readonly bin: object;
}

function node(script: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...args, '-e', script], {
    cwd: consumer,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

function compile(name: string, files: Record<string, string>, options: object, { type = 'module', version = '' } = {}) {
  const folder = join(consumer, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, type }));
  const base = {
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    target: 'es2022',
    lib: ['es2022'],
    types: [],
    exactOptionalPropertyTypes: true,
  };
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { ...base, ...options }, include: ['*'] }),
  );
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  const own = [process.execPath, join(ROOT, 'node_modules/typescript/bin/tsc')];
  // Another version comes from npm: beside ours in the project, the two would be one command.
  const other = ['npm', 'exec', '--yes', `--package=typescript@${version}`, '--', 'tsc'];
  const [command = '', ...words] = version === '' ? own : other;
  const { status, stdout } = spawnSync(command, [...words, '-p', folder], { encoding: 'utf8' });
  return { status, stdout };
}

/** Uses the types of every entry point, in a project that knows neither Node's nor the browser's. */
/** Parts of the platform that an entry point may reach, beside the one that all have for what must not be guessed. */
function builtInsOf(name: string): RegExp {
  if (name === 'config') return /^(node:)?(fs|path|crypto)$/;
  // What runtime metrics read, and how a scrape gives way.
  if (['metrics', 'http', 'koa', 'node-http', 'fetch'].includes(name))
    return /^(node:)?(crypto|perf_hooks|process|timers\/promises)$/;
  // Where its routers publish what they do.
  if (name === 'express') return /^(node:)?(crypto|perf_hooks|process|timers\/promises|diagnostics_channel)$/;
  return /^(node:)?crypto$/;
}

const TYPED = `
${NAMES.map((name, i) => `import * as part${String(i)} from '${name}';`).join('\n')}
import { CircuitBreaker } from 'breakwater/circuit-breaker';
import { createClusterStore } from 'breakwater/cluster';
import { APIConfig, ApplicationConfig, ConfigValidator, LiveConfig, startupCheck, tcpProbe } from 'breakwater/config';
import { DDoSProtection } from 'breakwater/ddos-protection';
import { harden as hardenFetch } from 'breakwater/fetch';
import { createHardening } from 'breakwater/http';
import { harden, hardenUpgrade, type NodeRequest, type NodeResponse } from 'breakwater/node-http';
import { StructuredLogger } from 'breakwater/logger';
import { MetricsCollector, observe } from 'breakwater/metrics';
import { ManualClock } from 'breakwater/testing';
const breaker = new CircuitBreaker({ clock: new ManualClock(), failureThreshold: 3 });
const answer: Promise<number> = breaker.execute(({ signal, attempt }) => (signal.aborted ? 0 : attempt));
createHardening({ ddos: new DDoSProtection(), components: [breaker], identify: (request) => request.header('x-id') });
const logger = new StructuredLogger({ service: 'orders' });
createHardening({ logger });
observe([breaker, logger], { logger, metrics: new MetricsCollector() })();
const shop = new ConfigValidator().register('MODE', 'enum', { choices: ['a', 'b'], default: 'a' });
const config = new ApplicationConfig({ api: APIConfig, shop });
const mode: 'a' | 'b' = new LiveConfig(config).values.shop.MODE;
const own = { name: 'own', run: ({ shop: { MODE } }: { readonly shop: { readonly MODE: 'a' | 'b' } }) => MODE };
export const started = startupCheck({
  config,
  probes: [tcpProbe('API_HOST'), own, { name: 'port', run: ({ api }, { signal }) => api.API_PORT > 0 && !signal.aborted }],
});
export const port = started.then(({ values }): number | undefined => values.api.API_PORT);
export const closed: Promise<void> = createClusterStore({ maxKeys: 9, clock: new ManualClock() }).close();
// @ts-expect-error an unknown option
new CircuitBreaker({ failureTreshold: 3 });
interface Asked { method: string; url: string; headers: { forEach(fn: (value: string, name: string) => void): void } }
interface Answered { status: number; statusText: string; headers: Asked['headers']; body: object | null; bodyUsed: boolean }
declare const respond: (asked: Asked, env: { peer: string }) => Promise<Answered>;
export const handler: (asked: Asked, env: { peer: string }) => Promise<Answered> = hardenFetch(respond, { ddos: false }, { address: (_, env) => env.peer });
export const listener: (request: NodeRequest, response: NodeResponse) => void = harden((_, response) => response.end(), createHardening());
hardenUpgrade((request, socket) => socket.destroyed || request.url).dispose();
// @ts-expect-error no handler of requests
hardenFetch((asked: Asked) => asked.url);
export const all = [answer, mode, ${NAMES.map((_, i) => `part${String(i)}`).join(', ')}];
`;

beforeAll(() => {
  // What is published, and nothing else: packed, unpacked into an empty project, with what it depends on beside it.
  consumer = mkdtempSync(join(tmpdir(), 'breakwater-consumer-'));
  const packed = spawnSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', consumer], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const tarball = packed.stdout.trim().split('\n').at(-1) ?? '';
  const target = join(consumer, 'node_modules', 'breakwater');
  mkdirSync(target, { recursive: true });
  const unpacked = spawnSync('tar', ['-xzf', join(consumer, tarball), '--strip-components=1', '-C', target]);
  expect([packed.status, unpacked.status]).toEqual([0, 0]);
  for (const name of ['pino', 'semver', 'express', 'koa'])
    symlinkSync(join(ROOT, 'node_modules', name), join(consumer, 'node_modules', name));
});

afterAll(() => {
  if (consumer !== '') rmSync(consumer, { recursive: true, force: true });
});

describe('the table of entry points', () => {
  const manifest = readJson('package.json') as Manifest;

  it('is what the exports map says', () => {
    expect(manifest.exports).toEqual(exportsMap(entryPoints));
  });

  it('is what is built, documented and reported', () => {
    const typedoc = readJson('typedoc.json') as { entryPoints: string[] };
    expect(typedoc.entryPoints).toEqual(entryPoints.map(({ source }) => source));
    for (const { name, source } of entryPoints) {
      expect(existsSync(join(ROOT, source)), source).toBe(true);
      for (const ending of ['js', 'cjs', 'd.ts', 'd.cts'])
        expect(existsSync(join(ROOT, 'dist', `${name}.${ending}`)), `${name}.${ending}`).toBe(true);
    }
    expect(readdirSync(join(ROOT, 'etc')).sort()).toEqual(entryPoints.map(({ name }) => `${name}.api.md`).sort());
  });

  it('loads few files for each, what is shared being in two', () => {
    const dist = join(ROOT, 'dist');
    const loaded = (file: string, known: Set<string>): Set<string> => {
      if (known.has(file)) return known;
      known.add(file);
      const imports = readFileSync(join(dist, file), 'utf8').matchAll(/(?:\bfrom|^import) "\.\/([\w-]+\.js)"/gm);
      for (const [, next = ''] of imports) loaded(next, known);
      return known;
    };
    const files = entryPoints.map(({ name }) => [name, loaded(`${name}.js`, new Set())] as const);

    // The root has all domains.
    const most = (name: string): number => (name === 'index' ? 28 : 20);
    expect(files.filter(([name, { size }]) => size > most(name)).map(([name]) => name)).toEqual([]);
    expect([...(files.find(([name]) => name === 'core')?.[1] ?? [])]).toEqual(['core.js', 'chunk-core.js']);
    expect(files.some(([, all]) => all.has('chunk-shared.js'))).toBe(true);
  });

  it('the root lists every public name of the domains, one by one', () => {
    const names = (name: string): string[] =>
      [...readFileSync(join(ROOT, 'etc', `${name}.api.md`), 'utf8').matchAll(REPORTED)].map(([, found = '']) => found);
    const root = new Set(names('index'));
    const rooms = entryPoints.filter(
      ({ path, source }) => path !== '.' && !/^src\/(adapters|testing|resilience\/presets)\//.test(source),
    );
    const missing = rooms.flatMap(({ name }) => names(name).filter((found) => !root.has(found)));
    expect([root.size > 100, missing]).toEqual([true, []]);
  });

  it('depends on pino and semver alone', () => {
    expect(Object.keys(manifest.dependencies).sort()).toEqual(['pino', 'semver']);
  });
});

describe('the packed package', () => {
  it('holds the build and its papers, nothing else', () => {
    const files = readdirSync(join(consumer, 'node_modules', 'breakwater')).sort();
    expect(files).toEqual([
      ...['CHANGELOG.md', 'CONTRIBUTING.md', 'LICENSE', 'README.md', 'SECURITY.md'],
      ...['deploy', 'dist', 'docs', 'examples', 'package.json'],
    ]);
  });

  it('loads by import and by require from an empty project, as one copy', () => {
    const script = `
      const names = ${JSON.stringify(NAMES)};
      Promise.all(names.map((name) => import(name))).then((imported) => {
        for (const [i, name] of names.entries()) {
          const required = require(name);
          for (const key of Object.keys(required)) if (typeof required[key] === 'function' && required[key] !== imported[i][key]) throw new Error(name + ' ' + key);
        }
        console.log('same');
      });`;
    expect(node(script)).toEqual({ status: 0, stdout: 'same\n', stderr: '' });
  });

  it('has its CommonJS files in order too, and its errors are known across copies', () => {
    const script = `
      const cjs = require('./node_modules/breakwater/dist/circuit-breaker.cjs');
      import('breakwater/core').then(async ({ isBreakwaterError, BreakwaterError }) => {
        const breaker = new cjs.CircuitBreaker({ failureThreshold: 1 });
        await breaker.execute(() => { throw new Error('down'); }).catch(() => {});
        const error = await breaker.execute(() => 1).catch((caught) => caught);
        console.log(isBreakwaterError(error, 'BREAKWATER_CIRCUIT_OPEN'), error instanceof BreakwaterError);
      });`;
    expect(node(script).stdout).toBe('true false\n');
    for (const { name } of entryPoints)
      expect(node(`require('./node_modules/breakwater/dist/${name}.cjs')`).status, name).toBe(0);
  });

  it.each([
    'circuit-breaker',
    'rate-limiter',
    'abuse-detector',
    'ddos-protection',
    'metrics',
    'config',
    'health',
    'http',
    'express',
    'koa',
    'node-http',
    'fetch',
    'cluster',
  ])('%s loads neither pino nor a framework', (name) => {
    const script = `
      import('breakwater/${name}').then(() => {
        const loaded = Object.keys(require.cache).filter((file) => /node_modules.(pino|express|koa)\\b/.test(file));
        console.log(loaded.length);
      });`;
    expect(node(script)).toEqual({ status: 0, stdout: '0\n', stderr: '' });
    const dist = join(ROOT, 'dist', `${name}.js`);
    const reached = new Set([dist]);
    for (const file of reached) {
      for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*["']([^"']+)["']/g)) {
        if (path.startsWith('.')) reached.add(join(ROOT, 'dist', path));
        else expect(path, file).toMatch(builtInsOf(name));
      }
    }
  });

  it('keeps no process alive', () => {
    const script = `
      import('breakwater').then(({ CircuitBreaker, PerUserRateLimiter, DDoSProtection, HealthCheckService, createHardening, MetricsCollector, observe, StructuredLogger }) => {
        new CircuitBreaker({ failureThreshold: 1 }).execute(() => Promise.reject(new Error('x'))).catch(() => {});
        new PerUserRateLimiter({ capacity: 1, refillPerSecond: 1 }).check('a');
        new DDoSProtection().check('203.0.113.5');
        new HealthCheckService().register('a', () => true);
        const logger = new StructuredLogger({ destination: { write() {} } });
        createHardening({ logger });
        const metrics = new MetricsCollector({ runtime: true });
        observe(new CircuitBreaker(), { logger, metrics });
        metrics.render('prometheus');
        logger.startOperation('never ends');
        console.log('done');
      });`;
    expect(node(script)).toEqual({ status: 0, stdout: 'done\n', stderr: '' });
  });

  it.each([
    ['nodenext, ES modules', { module: 'nodenext' }, {}],
    ['nodenext, CommonJS', { module: 'nodenext' }, { type: 'commonjs' }],
    ['a bundler', { module: 'preserve', moduleResolution: 'bundler' }, {}],
    ['TypeScript 5, nodenext', { module: 'nodenext' }, { version: '5.9.3' }],
  ])('its types compile for %s, without the types of any platform', (name, options, how) => {
    expect(compile(name.replace(/\W+/g, '-'), { 'use.ts': TYPED }, options, how)).toEqual({ status: 0, stdout: '' });
  });

  it('its declarations promise no class that it does not export', () => {
    const dist = join(consumer, 'node_modules/breakwater/dist');
    const declared = readdirSync(dist)
      .filter((file) => file.endsWith('.d.ts'))
      .map((file) => readFileSync(join(dist, file), 'utf8'));
    const classes = new Set(
      declared.flatMap((text) => [...text.matchAll(/^declare (?:abstract )?class (\w+)/gm)].map(([, name]) => name)),
    );
    expect(classes.size).toBeGreaterThan(30);
    for (const { name } of entryPoints) {
      const [, list = ''] = /^export \{([^}]*)\}/m.exec(readFileSync(join(dist, `${name}.d.ts`), 'utf8')) ?? [];
      const promised = list.split(',').map((one) => one.trim().split(' as ').at(-1) ?? '');
      const script = `console.log(Object.keys(require(${JSON.stringify(join(dist, `${name}.cjs`))})).join())`;
      const exported = node(script).stdout.trim().split(',');
      expect(
        promised.filter((one) => classes.has(one) && !exported.includes(one)),
        name,
      ).toEqual([]);
    }
  });

  it('its types notice a mistake', () => {
    const { status } = compile(
      'mistake',
      { 'use.ts': TYPED.replace('ManualClock(), failureThreshold: 3', "ManualClock(), failureThreshold: 'three'") },
      { module: 'nodenext' },
    );
    expect(status).not.toBe(0);
  });

  it('its adapters take the applications of Express and Koa, with their own types', () => {
    for (const name of ['@types', 'undici-types']) {
      cpSync(join(ROOT, 'node_modules', name), join(consumer, 'node_modules', name), {
        recursive: true,
        dereference: true,
      });
    }
    const use = `
      import express from 'express';
      import Koa from 'koa';
      import { rateLimitMiddleware, setupMiddleware } from 'breakwater/express';
      import { healthRoutes, setupMiddleware as setupKoa } from 'breakwater/koa';
      import { harden as hardenFetch } from 'breakwater/fetch';
      import { harden, hardenUpgrade } from 'breakwater/node-http';
      import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
      import { createServer as createServer2, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
      const app = express();
      setupMiddleware(app, { ddos: false }).dispose();
      app.use(rateLimitMiddleware());
      const koa = new Koa();
      setupKoa(koa);
      koa.use(healthRoutes());
      const server = createServer(harden((request: IncomingMessage, response: ServerResponse) => response.end(request.httpVersion)));
      createServer(harden((_, response) => response.end('hello')));
      createServer2(harden((request: Http2ServerRequest, response: Http2ServerResponse) => response.end(request.authority)));
      server.on('request', harden((request, response) => response.writeHead(200, { etag: request.httpVersion }).end()));
      server.on('upgrade', hardenUpgrade((request, socket, head) => socket.write(request.httpVersion) && socket.end(head)));
      export const handler: (request: Request, env: { a: 1 }) => Promise<Response> = hardenFetch(
        (request: Request, _env: { a: 1 }) => (request.bodyUsed ? new Response() : fetch(request)),
        {},
        { address: (request) => request.headers.get('x-address') },
      );`;
    const options = {
      module: 'nodenext',
      types: ['node'],
      lib: ['es2022', 'esnext.disposable'],
      skipLibCheck: true,
      esModuleInterop: true,
    };
    expect(compile('adapters', { 'use.ts': use }, options)).toEqual({ status: 0, stdout: '' });
  });

  it('its command line answers', () => {
    const cli = join(consumer, 'node_modules/breakwater/dist/cli.js');
    const run = (...args: string[]) => spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8' });
    const { version } = readJson('package.json') as { version: string };
    expect(run('--version')).toMatchObject({ status: 0, stdout: expect.stringContaining(version) as string });
    expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('breakwater') as string });
    const unknown = run('chekc');
    expect(unknown.status).toBe(2);
    expect(unknown.stderr).not.toContain('    at ');
  });

  it.each([
    ['mjs', "import { ConfigValidator } from 'breakwater/config'; export const config ="],
    ['cjs', "const { ConfigValidator } = require('breakwater/config'); exports.config ="],
    // The built CommonJS file is a second copy of the package.
    ['cjs', "const { ConfigValidator } = require('../node_modules/breakwater/dist/config.cjs'); module.exports ="],
  ])('its command line reads a configuration of the project: %s, %s', (ending, beginning) => {
    const folder = mkdtempSync(join(consumer, 'configured-'));
    const registered = "new ConfigValidator({ name: 'shop' }).register('SHOP_KEY', 'str', { minLength: 32 });";
    writeFileSync(join(folder, `breakwater.config.${ending}`), `${beginning} ${registered}`);
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [join(consumer, 'node_modules/breakwater/dist/cli.js'), 'env', ...args], {
        cwd: folder,
        encoding: 'utf8',
        env: { ...process.env, SHOP_KEY: 'hunter22' },
      });
    expect(run('example')).toMatchObject({
      status: 0,
      stderr: '',
      stdout: expect.stringContaining('SHOP_KEY=') as string,
    });
    const { status, stdout, stderr } = run('check', '--format', 'json');
    expect([status, stderr, (JSON.parse(stdout) as { ok: boolean }).ok]).toEqual([1, '', false]);
    expect(stdout).not.toContain('hunter22');
  });
});
