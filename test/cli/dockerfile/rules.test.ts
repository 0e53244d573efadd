import { describe, expect, it } from 'vitest';
import { changed, linted, shipped } from '../linting.js';

const IMAGE = shipped('deploy/Dockerfile');
const IGNORED = shipped('deploy/Dockerfile.dockerignore');
const FILES = { Dockerfile: IMAGE, '.dockerignore': IGNORED };
const CMD = 'CMD ["node", "dist/server.js"]';

function lint(text: string, ignored: string | undefined = IGNORED) {
  return linted(['dockerfile', 'lint'], { Dockerfile: text, ...(ignored === '' ? {} : { '.dockerignore': ignored }) });
}

function lineOf(text: string, part: string): number {
  return text.slice(0, text.indexOf(part)).split('\n').length;
}

describe('dockerfile lint', () => {
  it('finds nothing in the Dockerfile of this package', async () => {
    expect(await linted(['dockerfile', 'lint', '--fail-on', 'warn'], FILES)).toEqual({
      code: 0,
      err: '',
      findings: [],
      ids: [],
    });
  });

  it.each<[id: string, status: string, from: string | RegExp, to: string, at: string]>([
    ['dockerfile.root', 'FAIL', 'USER 1000:1000', '', 'FROM ${NODE_IMAGE} AS service'],
    ['dockerfile.root', 'FAIL', 'USER 1000:1000', 'USER 0:1000', 'USER'],
    ['dockerfile.root', 'FAIL', 'USER 1000:1000', 'USER 1000\nUSER root', 'USER root'],
    ['dockerfile.root', 'FAIL', 'USER 1000:1000', 'ARG WHO=root\nUSER ${WHO}', 'USER'],
    ...['"0"', '"root"', "'root'", '+0', '-0', '00', '0:0', '"0:0"', '"0":"1000"'].map(
      (who): [string, string, string, string, string] => [
        'dockerfile.root',
        'FAIL',
        'USER 1000:1000',
        `USER ${who}`,
        'USER',
      ],
    ),
    ['dockerfile.user-name', 'WARN', 'USER 1000:1000', 'USER node', 'USER'],
    ['dockerfile.no-cmd', 'WARN', CMD, '', 'FROM ${NODE_IMAGE} AS service'],
    ['dockerfile.shell-form', 'WARN', CMD, 'CMD node dist/server.js', 'CMD node'],
    ['dockerfile.shell-form', 'WARN', CMD, `ENTRYPOINT node dist/server.js`, 'ENTRYPOINT'],
    [
      'dockerfile.development-command',
      'FAIL',
      CMD,
      'CMD ["node", "--inspect=0.0.0.0", "dist/server.js"]',
      'CMD ["node", "--i',
    ],
    ['dockerfile.several', 'WARN', CMD, `CMD ["node", "one.js"]\n${CMD}`, 'CMD ["node", "one'],
    ['dockerfile.stop-signal', 'WARN', CMD, `STOPSIGNAL SIGQUIT\n${CMD}`, 'STOPSIGNAL'],
    ['dockerfile.no-healthcheck', 'WARN', /HEALTHCHECK.*\n.*\n/, '', 'FROM ${NODE_IMAGE} AS service'],
    [
      'dockerfile.healthcheck-needs-program',
      'WARN',
      /CMD \["node", "node_mod.*/,
      'CMD curl -f http://127.0.0.1:3000/',
      'HEALTHCHECK',
    ],
    ['dockerfile.unpinned', 'FAIL', 'node:20.20.2-bookworm-slim\n\n', 'node:latest\n\n', 'FROM'],
    ['dockerfile.unpinned', 'FAIL', 'node:20.20.2-bookworm-slim\n\n', 'node\n\n', 'FROM'],
    ['dockerfile.unpinned', 'WARN', 'node:20.20.2-bookworm-slim\n\n', 'node:lts-slim\n\n', 'FROM'],
    [
      'dockerfile.unpinned',
      'FAIL',
      'ARG NODE_IMAGE=docker.io/library/node:20.20.2-bookworm-slim',
      'ARG NODE_IMAGE',
      'FROM',
    ],
    ['dockerfile.unknown-instruction', 'FAIL', 'EXPOSE 3000', 'EXPOSES 3000', 'EXPOSES'],
    ['dockerfile.secret-in-env', 'FAIL', 'NODE_ENV=production', 'NODE_ENV=production SECRET_KEY="hunter22 x"', 'ENV'],
    ['dockerfile.secret-in-env', 'FAIL', 'EXPOSE', 'ENV API_TOKEN hunter22\nEXPOSE', 'ENV API'],
    ['dockerfile.secret-in-env', 'FAIL', 'EXPOSE', 'ARG API_TOKEN=hunter22\nEXPOSE', 'ARG API'],
    ['dockerfile.secret-in-env', 'WARN', 'RUN npm ci', 'ARG NPM_TOKEN\nRUN npm ci', 'ARG NPM'],
    ['dockerfile.secret-file', 'FAIL', 'package-lock.json ./', 'package-lock.json .npmrc ./', 'COPY package'],
    ['dockerfile.secret-file', 'FAIL', 'package-lock.json ./', 'package-lock.json certs/tls.key ./', 'COPY package'],
    ['dockerfile.npm-install', 'WARN', 'npm ci', 'npm install', 'RUN npm'],
    ['dockerfile.npm-install', 'WARN', 'npm ci --no', 'pnpm install --no', 'RUN pnpm'],
    ['dockerfile.npm-install', 'WARN', /RUN npm ci.*/, 'RUN <<EOF\nset -e\nyarn install\nEOF', 'RUN <<EOF'],
    ['dockerfile.dev-dependencies', 'WARN', ' && npm prune --omit=dev', '', 'RUN npm ci'],
    ['dockerfile.node-env', 'WARN', 'NODE_ENV=production', 'NODE_ENV=development', 'FROM ${NODE_IMAGE} AS service'],
    ['dockerfile.pipe-to-shell', 'WARN', 'EXPOSE', 'RUN curl -fsSL https://a.example/x | bash -\nEXPOSE', 'RUN curl'],
    ['dockerfile.add-url', 'WARN', 'EXPOSE', 'ADD https://a.example/x /x\nEXPOSE', 'ADD'],
  ])('%s is a %s (%#)', async (id, status, from, to, place) => {
    const text = changed(IMAGE, from, to);
    const { findings, code } = await lint(text);
    expect([...new Set(findings.map((one) => `${one.id} ${one.status}`))]).toEqual([`${id} ${status}`]);
    expect(code).toBe(status === 'WARN' ? 0 : findings.every((one) => one.crashed === true) ? 3 : 1);
    expect(findings[0]?.hint).not.toBe('');
    expect(findings[0]?.place).toEqual({ file: 'Dockerfile', line: lineOf(text, place) });
    expect(JSON.stringify(findings)).not.toContain('hunter22');
  });

  it.each([
    ['CMD ["npm", "start"]', ['dockerfile.npm-start']],
    ['CMD npm start', ['dockerfile.npm-start', 'dockerfile.shell-form']],
    ['CMD ["sh", "-c", "node a.js; echo done"]', ['dockerfile.npm-start']],
    ['ENTRYPOINT ["tini", "--"]\nCMD ["npm", "start"]', ['dockerfile.npm-start']],
    ['ENTRYPOINT ["/usr/bin/dumb-init", "--"]\nCMD ["node", "a.js"]', []],
    ['CMD ["sh", "-c", "exec node a.js"]', []],
    ['CMD exec node a.js', []],
  ])('HLD-55 %j', async (command, ids) => {
    const { findings } = await lint(changed(IMAGE, CMD, command));
    expect(findings.map(({ id }) => id)).toEqual(ids);
    expect(findings.every(({ status }) => status === 'WARN')).toBe(true);
  });

  it.each([
    ['', ['dockerfile.no-dockerignore'], 1],
    ['.git\nnode_modules\n', ['dockerfile.dockerignore-gaps'], 0],
    ['*\n!src\n!package*.json', [], 0],
    ['**\n!.env', ['dockerfile.dockerignore-gaps'], 0],
    ['/.git/\n.env*\n**/node_modules/**', [], 0],
    ['*.env\n.g?t\nnode_*', [], 0],
  ])('with the .dockerignore %j', async (ignored, ids, code) => {
    expect(await lint(IMAGE, ignored)).toMatchObject({ ids, code });
  });

  it('looks for .dockerignore beside the file under its name, and in the folder of the context', async () => {
    const files = { 'deploy/Dockerfile': IMAGE, 'web/': '' };
    const words = ['dockerfile', 'lint', 'deploy/Dockerfile'];
    expect((await linted(words, files)).ids).toEqual(['dockerfile.no-dockerignore']);
    for (const place of ['deploy/Dockerfile.dockerignore', 'deploy/.dockerignore', '.dockerignore'])
      expect((await linted(words, { ...files, [place]: IGNORED })).ids).toEqual([]);
    const inContext = [...words, '--context', 'web'];
    expect((await linted(inContext, { ...files, '.dockerignore': IGNORED })).ids).toEqual([
      'dockerfile.no-dockerignore',
    ]);
    expect((await linted(inContext, { ...files, 'web/.dockerignore': IGNORED })).ids).toEqual([]);
  });

  it('counts what a stage inherits, and nothing of one that is left behind', async () => {
    const inherited = `${IMAGE}\nFROM service AS last\nRUN true\n`;
    expect((await lint(inherited)).ids).toEqual([]);
    const other = `${IMAGE}\nFROM docker.io/library/node:20.20.2\nCOPY --from=service /app /app\nCMD ["node", "a.js"]\n`;
    expect((await lint(other)).ids).toEqual(['dockerfile.no-healthcheck', 'dockerfile.node-env', 'dockerfile.root']);
  });

  it('knows images that say that they have a user of their own', async () => {
    const text = changed(
      changed(IMAGE, 'USER 1000:1000', ''),
      'FROM ${NODE_IMAGE} AS service',
      'FROM gcr.io/distroless/nodejs20-debian12:nonroot-amd64 AS service',
    );
    expect((await lint(text)).ids).toEqual([]);
  });

  it('does not ask for a program that the image installs, nor for a health check that somebody decided against', async () => {
    const curl = changed(IMAGE, /CMD \["node", "node_mod.*/, 'CMD curl -f http://127.0.0.1:3000/');
    const installs = 'RUN apt-get update && apt-get install -y --no-install-recommends \\\n    curl\nUSER 1000:1000';
    expect((await lint(changed(curl, 'USER 1000:1000', installs))).ids).toEqual([]);
    expect((await lint(changed(IMAGE, /HEALTHCHECK.*\n.*\n/, 'HEALTHCHECK NONE\n'))).ids).toEqual([]);
  });
});

describe('secrets in an image', () => {
  const PASSWORD = 'Zx81Spectrum48k';
  const added = (lines: string) => lint(changed(IMAGE, 'EXPOSE', `${lines}\nEXPOSE`));

  it.each([
    ['dockerfile.secret-in-env', `ENV DATABASE_URL=postgres://shop:${PASSWORD}@db.example.com/shop`],
    ['dockerfile.secret-in-env', `ENV REDIS_URL redis://:${PASSWORD}@r:6379`],
    ['dockerfile.secret-in-env', `ARG DATABASE_URL="postgres://shop:${PASSWORD}@db.example.com/shop"`],
    ['dockerfile.secret-in-env', 'ENV NPM_TOKEN=${GIVEN}'],
    ['dockerfile.secret-in-env', 'ENV NPM_TOKEN $GIVEN'],
    ['dockerfile.secret-in-command', `RUN API_TOKEN=${PASSWORD} node build.js`],
    ['dockerfile.secret-in-command', `RUN export API_TOKEN="${PASSWORD}" && \\\n  node build.js`],
    ['dockerfile.secret-in-command', `RUN echo "//registry.npmjs.org/:_authToken=npm_${PASSWORD}" > .npmrc`],
    ['dockerfile.secret-in-command', `RUN npm config set //registry.npmjs.org/:_authToken npm_${PASSWORD}`],
    ['dockerfile.secret-in-command', `RUN git clone https://bot:${PASSWORD}@git.example.com/shop.git`],
    ['dockerfile.secret-in-command', `RUN curl -H "Authorization: Bearer ${PASSWORD}" -o x https://a.example/x`],
    ['dockerfile.secret-in-command', `RUN ["node", "build.js", "--api-token", "${PASSWORD}"]`],
    ['dockerfile.secret-in-command', `RUN <<EOF\nset -e\nAPI_TOKEN=${PASSWORD} node build.js\nEOF`],
    ['dockerfile.secret-in-command', `COPY <<EOF /app/.npmrc\n//registry.npmjs.org/:_authToken=npm_${PASSWORD}\nEOF`],
    ['dockerfile.secret-in-command', `ADD --checksum=sha256:0 https://bot:${PASSWORD}@a.example/x /x`],
    ['dockerfile.tls-verification', 'ENV NODE_TLS_REJECT_UNAUTHORIZED=0'],
    ['dockerfile.tls-verification', 'ENV NODE_TLS_REJECT_UNAUTHORIZED "0"'],
    ['dockerfile.tls-verification', 'ARG NODE_TLS_REJECT_UNAUTHORIZED=0'],
    ['dockerfile.tls-verification', 'RUN NODE_TLS_REJECT_UNAUTHORIZED=0 node build.js'],
    ['dockerfile.development-command', 'ENV NODE_OPTIONS=--inspect=0.0.0.0:9229'],
    ['dockerfile.development-command', 'ENV NODE_OPTIONS="--inspect-port 0.0.0.0 --inspect"'],
  ])('%s is a FAIL for %s', async (id, line) => {
    const { findings, code } = await added(line);
    expect([code, findings.map((one) => `${one.id} ${one.status}`)]).toEqual([1, [`${id} FAIL`]]);
    expect(JSON.stringify(findings)).not.toContain(PASSWORD);
  });

  it.each([
    'ENV DATABASE_URL=postgres://db.example.com/shop REDIS_URL=redis://cache:6379',
    'ENV GOOGLE_APPLICATION_CREDENTIALS=/run/secrets/google.json PASSWORD_MIN_LENGTH=12',
    'ENV TOKEN_FILE=/run/secrets/token',
    'RUN --mount=type=secret,id=npm NPM_TOKEN=$(cat /run/secrets/npm) node build.js',
    'RUN --mount=type=secret,id=npm NPM_TOKEN="$(cat /run/secrets/npm1)" node build.js',
    'RUN echo "//registry.npmjs.org/:_authToken=${NPM_TOKEN}" > .npmrc',
    'RUN git clone https://bot:${GIT_PASSWORD}@git.example.com/shop.git',
    'RUN curl -H "Authorization: Bearer ${TOKEN_1}" -o x https://a.example/x',
    'RUN adduser --system --disabled-password --gecos "" app1',
    'RUN NEXTAUTH_SECRET=dummy node build.js',
    `RUN node -e "const token = request.headers.token; fetch('/', { credentials: 'include' })"`,
    'RUN curl -o x https://a.example:8443/@scope/x',
    'ENV NODE_TLS_REJECT_UNAUTHORIZED=1',
    'ENV NODE_OPTIONS=--enable-source-maps',
  ])('nothing is wrong with %s', async (line) => expect((await added(line)).ids).toEqual([]));

  it('a debugger for this machine alone is a WARN', async () => {
    const { findings } = await added('ENV NODE_OPTIONS=--inspect=127.0.0.1');
    expect(findings.map((one) => `${one.id} ${one.status}`)).toEqual(['dockerfile.development-command WARN']);
  });
});

describe('scripts that are run unseen', () => {
  it.each([
    'curl -sL https://x.example/i.sh | sudo -E bash -',
    'curl -sL "https://x.example/i.sh?a=1&b=2" | sh',
    'curl -sL https://x.example/i.sh | sudo -u app bash',
    'curl -sL https://x.example/i.sh | env X=y sh',
    'curl -sL https://x.example/i.sh 2>&1 | /bin/sh -s -- --yes',
    "curl --proto '=https' -sSf https://x.example/i.sh | X_Y=1 X_Z=1.2 sh",
    'wget -O- https://x.example/i.sh | sh',
    'wget -qO - https://x.example/i.sh|bash',
    'bash <(curl -s https://x.example/i.sh)',
    'bash -e < <(wget -qO- https://x.example/i.sh)',
    '. <(curl -s https://x.example/i.sh)',
    'sh -c "$(curl -fsSL https://x.example/i.sh)"',
    'bash -c "`wget -qO- https://x.example/i.sh`"',
    'eval "$(curl -fsSL https://x.example/i.sh)"',
    'bash <<< "$(curl -fsSL https://x.example/i.sh)"',
  ])('%s', async (command) => {
    for (const run of [
      `RUN ${command}`,
      `RUN ${JSON.stringify(['bash', '-c', command])}`,
      `RUN <<EOF\n${command}\nEOF`,
    ])
      expect((await lint(changed(IMAGE, 'EXPOSE', `${run}\nEXPOSE`))).ids).toEqual(['dockerfile.pipe-to-shell']);
  });

  it.each([
    'curl -sL https://x.example/key | gpg --dearmor -o /usr/share/keyrings/x.gpg',
    'curl -sL https://x.example/a | sudo tee /etc/profile.d/x.sh',
    'curl -sL https://x.example/a | tar xz && sh ./a/install.sh',
    'curl -fsSLo i.sh https://x.example/i.sh && echo "abc  i.sh" | sha256sum -c && sh i.sh',
    'VERSION="$(curl -s https://x.example/version)" sh build.sh',
  ])('nothing is wrong with %s', async (command) => {
    expect((await lint(changed(IMAGE, 'EXPOSE', `RUN ${command}\nEXPOSE`))).ids).toEqual([]);
  });

  it('comes to an end with lines that go on for ever', async () => {
    const words = ['curl |', 'sh -', '--token=', 'a://', '|sudo ', '"\'', '-- '].map((word) => word.repeat(20_000));
    const text = changed(IMAGE, 'EXPOSE', `${words.map((word) => `RUN ${word}`).join('\n')}\nEXPOSE`);
    expect([0, 1]).toContain((await lint(text)).code);
  });
});

describe('silences', () => {
  const silenced = (comment: string) =>
    linted(['dockerfile', 'lint'], { ...FILES, Dockerfile: changed(IMAGE, 'USER 1000:1000', `${comment}\nUSER root`) });

  it('a comment above silences with a reason and an end', async () => {
    const { code, findings } = await silenced(
      '# breakwater-silence: dockerfile.root until=2999-01-31 the volume belongs to root',
    );
    expect([code, findings]).toMatchObject([
      0,
      [
        {
          id: 'dockerfile.root',
          status: 'WARN',
          silenced: { status: 'FAIL', reason: 'the volume belongs to root', until: '2999-02-01T00:00:00.000Z' },
        },
      ],
    ]);
  });

  it.each([
    [
      'that has ended',
      '# breakwater-silence: dockerfile.root until=2020-01-31 why',
      'the silence of dockerfile.root ended on 2020-01-31',
    ],
    ['without a reason', '# breakwater-silence: dockerfile.root until=2999-01-31', 'this comment silences nothing'],
    ['without an end', '# breakwater-silence: dockerfile.root because', 'this comment silences nothing'],
    ['until no day', '# breakwater-silence: dockerfile.root until=2999-02-31 why', 'this comment silences nothing'],
  ])('a comment %s silences nothing, and is told of', async (_, comment, message) => {
    const { code, findings } = await silenced(comment);
    expect(code).toBe(1);
    expect(findings.map((one) => one.id)).toEqual(['lint.silence', 'dockerfile.root']);
    expect(findings[0]?.message).toBe(message);
  });

  it('a comment about something else silences nothing', async () => {
    const { code } = await silenced('# breakwater-silence: dockerfile.node-env until=2999-01-31 why');
    expect(code).toBe(1);
  });
});
