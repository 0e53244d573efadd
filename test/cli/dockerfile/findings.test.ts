import { describe, expect, it } from 'vitest';
import { changed, linted, shipped } from '../linting.js';

const IMAGE = shipped('deploy/Dockerfile');
const IGNORED = shipped('deploy/Dockerfile.dockerignore');
const CMD = 'CMD ["node", "dist/server.js"]';
const PASSWORD = 'Zx81Spectrum48k';

async function told(text: string, files: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const { findings } = await linted(['dockerfile', 'lint'], { Dockerfile: text, '.dockerignore': IGNORED, ...files });
  expect(JSON.stringify(findings)).not.toContain(PASSWORD);
  return findings.map(({ id, status }) => `${id} ${status}`);
}

const added = (lines: string, files = {}) => told(changed(IMAGE, 'EXPOSE', `${lines}\nEXPOSE`), files);

describe('dockerfile lint: what stays in an image', () => {
  it.each([`LABEL a=ghp_${'a1B2c3'.repeat(6)}`, `LABEL a=postgres://shop:${PASSWORD}@db/shop`])(
    'HLD-59: %s does',
    async (line) => expect(await added(line)).toEqual(['dockerfile.secret-in-env FAIL']),
  );

  it('HLD-59: a label of any other kind is none', async () => {
    expect(await added('LABEL org.opencontainers.image.source="https://a.example/shop" maintainer=shop')).toEqual([]);
  });

  /** With a stage in front that only files are taken from. */
  const behind = (line: string) => {
    const from = `FROM docker.io/library/node:20.20.2-bookworm-slim AS b\n${line}\n\nFROM `;
    return told(changed(changed(IMAGE, /^FROM /m, from), 'EXPOSE', 'COPY --from=b /x /x\nEXPOSE'));
  };

  it.each([
    ['ENV DATABASE_URL=postgres://dummy:dummy@localhost:5432/dummy', []],
    [`ENV DATABASE_URL=postgres://shop:${PASSWORD}@127.0.0.1:5432/shop`, []],
    ['ENV API_TOKEN=changeme', []],
    [`ENV API_TOKEN=${PASSWORD}`, ['dockerfile.secret-in-env WARN']],
    [`ENV DATABASE_URL=postgres://shop:${PASSWORD}@db.example.com/shop`, ['dockerfile.secret-in-env WARN']],
  ])('HLD-59: of a stage that is left behind, %s: %j', async (line, found) => {
    expect(await behind(line)).toEqual(found);
  });

  it('HLD-59: of a stage that the last one is built on, everything does', async () => {
    const text = `${IMAGE}\nENV API_TOKEN=${PASSWORD}\nFROM service AS last\nRUN true\n`;
    expect(await told(text)).toEqual(['dockerfile.secret-in-env FAIL']);
  });

  const PUBLIC = '-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n';
  const PRIVATE = '-----BEGIN EC PRIVATE KEY-----\nabc\n-----END EC PRIVATE KEY-----\n';

  it.each([
    ['a.pem', PUBLIC, []],
    ['a.key', '-----BEGIN PUBLIC KEY-----\nabc\n-----END PUBLIC KEY-----\n', []],
    ['ca.pem', PRIVATE, ['dockerfile.secret-file FAIL']],
    ['a.pem', PUBLIC + PRIVATE, ['dockerfile.secret-file FAIL']],
    ['a.key', 'c0ffee', ['dockerfile.secret-file FAIL']],
    ['a.key', undefined, ['dockerfile.secret-file FAIL']],
    ['certs/ca.pem', undefined, []],
    ['global-bundle.pem', undefined, []],
    ['public.key', undefined, []],
    ['ca-key.pem', undefined, ['dockerfile.secret-file FAIL']],
    ['cert.key', undefined, ['dockerfile.secret-file FAIL']],
    ['tls.crt', undefined, []],
    ['id_ed25519.pub', undefined, []],
  ])('HLD-59: copies %s with %j: %j', async (path, text, found) => {
    expect(await added(`COPY ${path} ./`, text === undefined ? {} : { [path]: text })).toEqual(found);
  });
});

describe('dockerfile lint: what an image runs', () => {
  const DEVELOPMENT = 'dockerfile.development-command WARN';

  it.each([
    ['["next", "dev"]', [DEVELOPMENT]],
    ['["vite"]', [DEVELOPMENT]],
    ['["ng", "serve"]', [DEVELOPMENT]],
    ['["node", "node_modules/.bin/vite", "dev"]', [DEVELOPMENT]],
    ['["node", "-r", "ts-node/register", "s.ts"]', [DEVELOPMENT]],
    ['["node", "--import=tsx", "s.ts"]', [DEVELOPMENT]],
    ['["npm", "run", "dev"]', [DEVELOPMENT, 'dockerfile.npm-start WARN']],
    ['["yarn", "dev"]', [DEVELOPMENT, 'dockerfile.npm-start WARN']],
    ['["pnpm", "dev"]', [DEVELOPMENT, 'dockerfile.npm-start WARN']],
    ['["next", "start"]', []],
    ['["node", "dist/dev.js", "dev"]', []],
    ['["node", "vite/server.js"]', []],
    ['["npm", "run", "developer-portal"]', ['dockerfile.npm-start WARN']],
  ])('HLD-55: %s: %j', async (command, found) => {
    expect(await told(changed(IMAGE, CMD, `CMD ${command}`))).toEqual(found);
  });

  const NEEDS = ['dockerfile.healthcheck-needs-program WARN'];

  it.each([
    ['node:20.20.2-alpine', 'wget', []],
    ['node:20.20.2-alpine3.21', 'wget', []],
    ['node:20.20.2-alpine', 'curl', NEEDS],
    ['node:20.20.2', 'curl', []],
    ['docker.io/library/node:20.20.2-bookworm', 'wget', []],
    ['node:20.20.2-bookworm-slim', 'curl', NEEDS],
    ['node:20.20.2-slim', 'wget', NEEDS],
    ['debian:12.1', 'curl', NEEDS],
  ])('on %s a health check by %s: %j', async (image, program, found) => {
    const text = changed(IMAGE, /NODE_IMAGE=\S+/, `NODE_IMAGE=${image}`);
    const command = `CMD ${program} http://127.0.0.1:3000/`;
    expect(await told(changed(text, /CMD \["node", "node_mod.*/, command))).toEqual(found);
  });
});

describe('dockerfile lint: where files are taken from', () => {
  it.each([
    ['COPY --from=buidl /a /a', ['dockerfile.unpinned FAIL']],
    ['COPY --from=node:latest /a /a', ['dockerfile.unpinned FAIL']],
    ['COPY --from=docker.io/library/node /a /a', ['dockerfile.unpinned FAIL']],
    ['COPY --from=node:lts-slim /a /a', ['dockerfile.unpinned WARN']],
    ['RUN --mount=type=bind,from=busybox,target=/x true', ['dockerfile.unpinned FAIL']],
    ['RUN --mount=type=secret,id=npm true', []],
    ['COPY --from=node:20.20.2-slim /a /a', []],
    ['COPY --from=0 /a /a', []],
  ])('%s: %j', async (line, found) => expect(await added(line)).toEqual(found));

  it('says that there is no stage of that name', async () => {
    const text = changed(IMAGE, 'EXPOSE', 'COPY --from=buidl /a /a\nEXPOSE');
    const { findings } = await linted(['dockerfile', 'lint'], { Dockerfile: text, '.dockerignore': IGNORED });
    expect(findings[0]?.message).toContain('there is no stage of that name');
  });
});

it('a path is shown as it is, however it was written', async () => {
  const files = { 'df/Dockerfile': changed(IMAGE, 'USER 1000:1000', 'USER root'), '.dockerignore': IGNORED };
  const { findings } = await linted(['dockerfile', 'lint', 'df//Dockerfile', './df/./Dockerfile'], files);
  expect(findings.map(({ place }) => place.file)).toEqual(['df/Dockerfile']);
});
