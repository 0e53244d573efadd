import { describe, expect, it } from 'vitest';
import { changed, linted, shipped } from '../linting.js';

const ORDERS = shipped('deploy/kubernetes.yaml');
const PASSWORD = 'Zx81Spectrum48k';

function lint(manifest: string) {
  return linted(['k8s', 'lint', 'a.yaml'], { 'a.yaml': manifest });
}

/** The manifests of this package with a field more in the container. */
function withField(field: string) {
  return lint(changed(ORDERS, '          ports:\n', `          ${field}\n          ports:\n`));
}

function withVariable(name: string, value: string) {
  return lint(changed(ORDERS, 'API_HOST, value: 0.0.0.0', `${name}, value: '${value}'`));
}

function object(kind: string, fields: string, comment = ''): string {
  return `${ORDERS}---\napiVersion: v1\nkind: ${kind}\nmetadata: { name: settings }\n${comment}${fields}\n`;
}

describe('k8s lint looks for secrets outside of env', () => {
  it.each([
    ['a password', 'ConfigMap', 'data: { DB_PASSWORD: hunter2hunter2 }'],
    ['a URL', 'ConfigMap', `data: { DATABASE_URL: 'postgres://shop:${PASSWORD}@db.example.com/shop' }`],
    ['a file', 'ConfigMap', `data:\n  app.yaml: |\n    db:\n      host: db\n      password: ${PASSWORD}`],
    ['a word in settings', 'ConfigMap', 'data:\n  app.json: |\n    {\n      "db.password": "developer"\n    }'],
    ['JSON', 'ConfigMap', `data:\n  app.json: |\n    {\n      "apiKey": "${PASSWORD}"\n    }`],
    ['an .npmrc', 'ConfigMap', `data:\n  .npmrc: |\n    save-exact=true\n    //a.example/:_authToken=${PASSWORD}`],
    ['a URL in a file', 'ConfigMap', `data:\n  app.env: |\n    A=b\n    DB=postgres://shop:${PASSWORD}@db/shop`],
    ['a key', 'ConfigMap', 'data:\n  a: |\n    -----BEGIN PRIVATE KEY-----\n    abc\n    -----END PRIVATE KEY-----'],
    ['text', 'Secret', 'stringData: { user: shop }'],
    ['base64', 'Secret', 'data: { password: WngwMVNwZWN0cnVt }'],
  ])('%s in a %s', async (_, kind, fields) => {
    const { code, findings } = await lint(object(kind, fields));
    expect([code, findings.map((one) => `${one.id} ${one.status}`)]).toEqual([1, ['k8s.secret-in-manifest FAIL']]);
    expect(JSON.stringify(findings)).not.toMatch(/Zx81|hunter2|WngwM/);
  });

  it('a comment silences the values of a Secret', async () => {
    const comment = '# breakwater-silence: k8s.secret-in-manifest until=2999-01-31 for the machine of a developer\n';
    const { code, findings } = await lint(object('Secret', 'stringData: { user: shop }', comment));
    expect([code, findings.map(({ status }) => status)]).toEqual([0, ['WARN']]);
  });

  it.each([
    ['ConfigMap', 'data: { DATABASE_URL: postgres://db/shop, PASSWORD_MIN_LENGTH: "12", TOKEN_FILE: /run/secrets/t }'],
    ['ConfigMap', `data: { DATABASE_URL: 'postgres://shop:$(DB_PASSWORD)@db/shop', DB_PASSWORD: '\${DB_PASSWORD}' }`],
    ['ConfigMap', 'data:\n  app.yaml: |\n    password:\n    passwordPolicy: strong\n    db_password: ${DB_PASSWORD}\n'],
    ['ConfigMap', 'data:\n  app.js: |\n    const token = request.headers.token1;\n    check(token);'],
    ['ConfigMap', 'data:\n  app.yaml: |\n    password: ${DB_PASSWORD_1}\n    tokenFile: /run/secrets/token1'],
    ['ConfigMap', 'data:\n  a.conf: |\n    proxy_set_header Authorization "";\n    proxy_pass http://orders:3000/@a;'],
    ['Secret', "data: { 'tls.crt': LS0tLS1CRUdJTg== }"],
    ['Secret', "stringData: { password: '<path:secret/data/orders#password>', other: '${OTHER}' }"],
    ['Secret', "stringData: { password: 'ENC[AES256_GCM,data:abc,type:str]' }"],
    ['SealedSecret', 'spec: { encryptedData: { password: AgBy8hCi8 } }'],
  ])('nothing is wrong with the %s %s', async (kind, fields) => {
    expect((await lint(object(kind, fields))).ids).toEqual([]);
  });

  it.each([
    [`args: ['--db=postgres://shop:${PASSWORD}@db/shop']`],
    [`args: [--api-token=${PASSWORD}]`],
    ['args: [--api-token=swordfish]'],
    [`args: [--api-token, ${PASSWORD}]`],
    [`command: [node, server.js, '--redis', 'redis://:${PASSWORD}@r:6379']`],
    [`lifecycle: { preStop: { sleep: { seconds: 1 } }, postStart: { exec: { command: [a, --token=${PASSWORD}] } } }`],
  ])('%s', async (field) => {
    const { code, findings } = await withField(field);
    expect([code, findings.map((one) => `${one.id} ${one.status}`)]).toEqual([1, ['k8s.secret-in-manifest FAIL']]);
    expect(JSON.stringify(findings)).not.toContain(PASSWORD);
  });

  it.each([
    ["args: ['--db=postgres://shop:$(DB_PASSWORD)@db/shop', '--api-token=$(API_TOKEN)']"],
    ['args: [--api-token-file=/run/secrets/token, --tls-private-key=/tls/tls.key, --cookie-secure=true]'],
    ['command: [node, server.js, --port, "3000"]'],
  ])('nothing is wrong with %s', async (field) => expect((await withField(field)).ids).toEqual([]));

  it('the headers of a probe', async () => {
    const having = (header: string) =>
      lint(changed(ORDERS, '/health/ready, port: http', `/health/ready, port: http, httpHeaders: [${header}]`));
    const { findings } = await having(`{ name: Authorization, value: 'Bearer ${PASSWORD}' }`);
    expect(findings.map((one) => `${one.id} ${one.status}`)).toEqual(['k8s.secret-in-manifest FAIL']);
    expect(JSON.stringify(findings)).not.toContain(PASSWORD);
    expect((await having('{ name: X-Probe, value: kubelet }')).ids).toEqual([]);
  });

  it.each([
    ['GOOGLE_APPLICATION_CREDENTIALS', '/var/secrets/google/key.json'],
    ['PASSWORD_MIN_LENGTH', '12'],
    ['API_TOKEN', '$(TOKEN)'],
    ['DATABASE_URL', 'postgres://$(U):$(P)@db/x?contact=a@example.com'],
  ])('the variable %s may be %s', async (name, value) => expect((await withVariable(name, value)).ids).toEqual([]));
});

describe('k8s lint looks at how Node is started', () => {
  it.each([
    ['NODE_TLS_REJECT_UNAUTHORIZED', '0', ['k8s.tls-verification FAIL']],
    ['NODE_TLS_REJECT_UNAUTHORIZED', '1', []],
    ['NODE_OPTIONS', '--inspect', ['k8s.inspector WARN']],
    ['NODE_OPTIONS', '--inspect-brk=localhost:9229', ['k8s.inspector WARN']],
    ['NODE_OPTIONS', '--inspect=9229', ['k8s.inspector WARN']],
    ['NODE_OPTIONS', '--enable-source-maps --inspect=0.0.0.0:9229', ['k8s.inspector FAIL']],
    ['NODE_OPTIONS', '--inspect-port=0.0.0.0', ['k8s.inspector FAIL']],
    ['NODE_OPTIONS', '--inspect-port=9230', []],
    ['NODE_OPTIONS', '--inspect-publish-uid=http', []],
  ])('%s=%s', async (name, value, found) => {
    const told = ({ findings }: Awaited<ReturnType<typeof lint>>) =>
      findings.map(({ id, status }) => `${id} ${status}`);
    expect(told(await withVariable(name, value))).toEqual(found);
    expect(told(await lint(object('ConfigMap', `data: { ${name}: '${value}' }`)))).toEqual(found);
  });

  it('also in its command', async () => {
    expect((await withField('command: [node, --inspect=0.0.0.0, a.js]')).ids).toEqual(['k8s.inspector']);
    expect((await withField("command: [env, 'NODE_TLS_REJECT_UNAUTHORIZED=0', node, a.js]")).ids).toEqual([
      'k8s.tls-verification',
    ]);
  });
});
