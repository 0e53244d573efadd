import { describe, expect, it } from 'vitest';
import { changed, having, linted, shipped } from '../linting.js';
import { breakwater } from '../setup.js';

const ORDERS = shipped('deploy/kubernetes.yaml');
const PASSWORD = 'Zx81Spectrum48k';

async function told(manifest: string): Promise<string[]> {
  const { findings } = await linted(['k8s', 'lint', 'a.yaml'], { 'a.yaml': manifest });
  expect(JSON.stringify(findings)).not.toContain(PASSWORD);
  return findings.map(({ id, status }) => `${id} ${status}`);
}

const object = (apiVersion: string, kind: string, fields: string) =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: a }\n${fields}\n`;
const pod = (container: string) => `spec: { template: { spec: { containers: [{ name: web, ${container} }] } } }`;
const kustomization = (literal: string) =>
  object(
    'kustomize.config.k8s.io/v1beta1',
    'Kustomization',
    `secretGenerator: [{ name: a, literals: ['${literal}'] }]`,
  );
const MONITOR = object('monitoring.coreos.com/v1', 'ServiceMonitor', 'spec: { endpoints: [{ port: http }] }');

describe('k8s lint: kinds that it does not know', () => {
  it.each([
    ['serving.knative.dev/v1', 'Service'],
    ['argoproj.io/v1alpha1', 'Rollout'],
  ])('HLD-59: looks at the pods of a %s %s', async (apiVersion, kind) => {
    const container = `image: acme/web, env: [{ name: DB_PASSWORD, value: ${PASSWORD} }], securityContext: { privileged: true }`;
    const found = await told(object(apiVersion, kind, pod(container)));
    for (const id of ['k8s.latest-tag', 'k8s.secret-in-env', 'k8s.privileged', 'k8s.runs-as-root', 'k8s.no-resources'])
      expect(found).toContain(`${id} FAIL`);
    expect(found).not.toContain('k8s.unknown-kind FAIL');
  });

  it('holds a Rollout to what a Deployment is held to, but for how a Deployment is updated', async () => {
    const rollout = changed(
      changed(ORDERS, 'apiVersion: apps/v1\nkind: Deployment', 'apiVersion: argoproj.io/v1alpha1\nkind: Rollout'),
      'maxUnavailable: 0',
      'maxUnavailable: 2',
    );
    expect(await told(rollout)).toEqual([]);
    expect(await told(changed(rollout, 'kind: PodDisruptionBudget', 'kind: Other'))).toEqual(['k8s.no-pdb WARN']);
  });

  it.each([
    ['a literal', kustomization(`password=${PASSWORD}`)],
    ['a literal of words', kustomization('DB_PASSWORD=correct horse')],
    ['a literal with a URL', kustomization(`url=postgres://shop:${PASSWORD}@db/shop`)],
    ['a password', object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', `spec: { values: { dbPassword: ${PASSWORD} } }`)],
    ['a variable', object('a.example/v1', 'Worker', `spec: { env: [{ name: API_TOKEN, value: ${PASSWORD} }] }`)],
    ['a script', object('a.example/v1', 'Worker', `spec:\n  run: |\n    set -e\n    API_TOKEN=${PASSWORD} node a.js`)],
    ['an annotation', object('v1', 'Service', `spec: { x: 'https://bot:${PASSWORD}@a.example' }`)],
  ])('HLD-59: finds %s of any kind', async (_, manifest) => {
    expect(await told(`${ORDERS}---\n${manifest}`)).toEqual(['k8s.secret-in-manifest FAIL']);
  });

  it.each([
    [kustomization('MAX_TOKENS=4096')],
    [kustomization('password=${PASSWORD}')],
    [MONITOR],
    [object('a.io/v1', 'ExternalSecret', 'spec: { data: [{ secretKey: password, remoteRef: { key: orders } }] }')],
    [object('a.io/v1', 'Worker', 'spec: { passwordSecret: orders, auth: { existingSecret: orders, key: tls.key } }')],
    [object('a.io/v1', 'SealedSecret', 'spec: { encryptedData: { password: AgBy8hCi8 } }')],
    [object('a.io/v1', 'Application', 'spec: { parameters: [{ name: auth.existingSecret, value: orders }] }')],
    [object('a.io/v1', 'PrometheusRule', `spec: { expr: 'rate(a{token="a1b2c3d4e5"}[5m]) > 1' }`)],
    [object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', "spec: { d: 'password=swordfish1' }")],
    [object('networking.k8s.io/v1', 'Ingress', 'spec: { tls: [{ secretName: orders-tls }] }')],
  ])('HLD-59: nothing is wrong with %j beside what is known', async (manifest) => {
    expect(await told(`${ORDERS}---\n${manifest}`)).toEqual([]);
  });

  it('HLD-58: says of which kinds it looked for secrets alone', async () => {
    const { code, out } = await breakwater(['k8s', 'lint', 'a.yaml'], having({ 'a.yaml': `${ORDERS}---\n${MONITOR}` }));
    expect([code, out]).toEqual([
      0,
      expect.stringContaining('5 objects, 1 of them looked at for secrets alone (ServiceMonitor): nothing is wrong'),
    ]);
  });

  it('HLD-58: nothing that is known is no PASS', async () => {
    for (const manifest of [MONITOR, kustomization('a=b')]) {
      const { code, findings } = await linted(['k8s', 'lint', 'a.yaml'], { 'a.yaml': manifest });
      expect([code, findings.map(({ id, crashed }) => [id, crashed])]).toEqual([3, [['k8s.unknown-kind', true]]]);
    }
    const files = { 'a.yaml': ORDERS, 'b.yaml': MONITOR };
    expect((await linted(['k8s', 'lint', 'a.yaml', 'b.yaml'], files)).ids).toEqual([]);
  });
});

describe('k8s lint: what is still to be filled in', () => {
  const withImage = (image: string) =>
    told(changed(ORDERS, 'registry.invalid/orders:1.0.0\n          ports', `"${image}"\n          ports`));

  it.each([
    'acme/web:$TAG',
    'acme/web:$(TAG)',
    'acme/web:<tag>',
    'acme/web:__TAG__',
    'Web:1',
    'ACME/web:1',
    'acme/Web:1',
    'a b:1',
  ])('HLD-58: the image %s has no name', async (image) =>
    expect(await withImage(image)).toEqual(['k8s.image-name FAIL']),
  );

  it.each([
    'acme/web:1',
    'web:1.0_a-B',
    'Registry.Example.com:5000/a/b__c/d-e.f:1',
    'localhost/web:1',
    'localhost:5000/web:1',
    `web@sha256:${'a'.repeat(64)}`,
    `reg.example/web:1@sha256:${'a'.repeat(64)}`,
    '123456789012.dkr.ecr.eu-central-1.amazonaws.com/web:1',
  ])('the image %s has one', async (image) => expect(await withImage(image)).toEqual([]));

  it.each(['acme/web:${TAG}', '${IMAGE}'])('HLD-58: %s is a template', async (image) =>
    expect(await withImage(image)).toEqual(['k8s.template FAIL']),
  );

  it.each([
    ['API_HOST, value: 0.0.0.0', 'API_HOST, value: "${API_HOST}"', ['k8s.template FAIL']],
    ['API_HOST, value: 0.0.0.0', 'API_HOST, value: "at ${HOST} now"', []],
    ['replicas: 2', 'replicas: ${REPLICAS}', ['k8s.template FAIL']],
    ['          ports:\n', '          args: ["--a=${A}", "$(B)"]\n          ports:\n', []],
    ['          ports:\n', '          command: [node, a.js, "$${A} ${B}"]\n          ports:\n', []],
    [
      'kind: PodDisruptionBudget\nmetadata:\n',
      'kind: PodDisruptionBudget\nmetadata:\n  annotations: { a: "${b}" }\n',
      [],
    ],
  ])('HLD-58: %s as %s', async (from, to, found) => {
    const all = await told(changed(ORDERS, from, to));
    expect(all.filter((one) => /template|invalid/.test(one)).sort()).toEqual(found);
  });
});

describe('k8s lint: ports and memory', () => {
  it.each([
    ['targetPort: http', 'targetPort: 3000', []],
    ['targetPort: http', 'targetPort: 8080', ['k8s.service-port WARN']],
    [', targetPort: http', '', ['k8s.service-port WARN']],
    ['/health/ready, port: http', '/health/ready, port: 3000', []],
    ['/health/ready, port: http', '/health/ready, port: 9999', ['k8s.probe-port WARN']],
    ['cpu: 250m, memory: ', 'cpu: 250m, memory: 300Mi, x: ', ['k8s.request-above-limit FAIL']],
    ['limits: { memory: 256Mi', 'limits: { cpu: 100m, memory: 256Mi', ['k8s.request-above-limit FAIL']],
    ['limits: { memory: 256Mi', 'limits: { memory: 512m', ['k8s.tiny-memory FAIL']],
    ['limits: { memory: 256Mi', 'limits: { memory: 512', ['k8s.tiny-memory FAIL']],
  ])('%s as %s', async (from, to, found) => expect(await told(changed(ORDERS, from, to))).toEqual(found));
});

describe('k8s lint: a silence counts for its item', () => {
  const COMMENT = '# breakwater-silence: k8s.secret-in-env until=2999-01-31 for the machine of a developer';
  const item = (...lines: string[]) =>
    changed(ORDERS, /^( +)- \{ name: API_HOST.*$/m, lines.map((line) => `$1${line}`).join('\n'));

  it.each([
    [[COMMENT, '- name: API_TOKEN', `  value: ${PASSWORD}`]],
    [[`- name: API_TOKEN ${COMMENT}`, `  value: ${PASSWORD}`]],
    [['- name: API_TOKEN', `  ${COMMENT}`, `  value: ${PASSWORD}`]],
    [['- name: API_TOKEN', `  value: ${PASSWORD} ${COMMENT}`]],
  ])('%j', async (lines) => expect(await told(item(...lines))).toEqual(['k8s.secret-in-env WARN']));

  it('and not for the one before', async () => {
    const lines = ['- name: API_TOKEN', `  value: ${PASSWORD}`, `- name: A ${COMMENT}`, '  value: b'];
    expect(await told(item(...lines))).toEqual(['k8s.secret-in-env FAIL']);
  });
});
