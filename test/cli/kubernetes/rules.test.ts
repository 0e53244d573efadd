import { describe, expect, it } from 'vitest';
import { changed, linted, shipped } from '../linting.js';

const ORDERS = shipped('deploy/kubernetes.yaml');
const JOB = shipped('deploy/migrations.yaml');

function lint(manifest: string, ...words: string[]) {
  return linted(['k8s', 'lint', 'a.yaml', ...words], { 'a.yaml': manifest });
}

/** The line of the first text that fits, from 1. */
function lineOf(text: string, part: string): number {
  return text.slice(0, text.indexOf(part)).split('\n').length;
}

const READINESS = /readinessProbe:\n.*\n.*\n.*\n.*failureThreshold: 2\n/;
const without = (block: RegExp): [RegExp, string] => [block, ''];

describe('k8s lint', () => {
  it('finds nothing in the manifests of this package', async () => {
    const files = { 'a.yaml': ORDERS, 'b.yaml': JOB };
    expect(await linted(['k8s', 'lint', 'a.yaml', 'b.yaml', '--fail-on', 'warn'], files)).toEqual({
      code: 0,
      err: '',
      findings: [],
      ids: [],
    });
  });

  it.each<[id: string, status: string, from: string | RegExp, to: string, at?: string]>([
    ['k8s.no-readiness-probe', 'FAIL', ...without(READINESS), '- name: orders\n          image'],
    ['k8s.no-liveness-probe', 'WARN', ...without(/livenessProbe:\n.*\n.*\n.*\n.*failureThreshold: 3\n/)],
    ['k8s.same-probes', 'FAIL', '/health/ready', '/health/live', 'livenessProbe:'],
    ['k8s.liveness-asks-readiness', 'FAIL', 'path: /health/live', 'path: /readyz', 'livenessProbe:'],
    [
      'k8s.no-startup-probe',
      'WARN',
      ...without(/ +startupProbe:\n.*\n.*\n.*\n.*failureThreshold: 30\n/),
      'livenessProbe:',
    ],
    ['k8s.startup-asks-readiness', 'WARN', /live(, port: http \}\n\s+periodSeconds: 2)/, 'ready$1', 'startupProbe:'],
    [
      'k8s.probe-asks-nothing',
      'FAIL',
      'httpGet: { path: /health/ready, port: http }',
      'successThreshold: 1',
      'readinessProbe:',
    ],
    [
      'k8s.exec-probe',
      'WARN',
      'httpGet: { path: /health/ready, port: http }',
      'exec: { command: [node, probe.js] }',
      'readinessProbe:',
    ],
    ['k8s.probe-port', 'FAIL', '/health/ready, port: http', '/health/ready, port: htp', 'readinessProbe:'],
    [
      'k8s.probe-longer-than-period',
      'WARN',
      'timeoutSeconds: 2\n            failureThreshold: 2',
      'timeoutSeconds: 6\n            failureThreshold: 2',
      'readinessProbe:',
    ],
    [
      'k8s.probe-timeout',
      'WARN',
      'timeoutSeconds: 2\n            failureThreshold: 2',
      'failureThreshold: 2',
      'readinessProbe:',
    ],
    ['k8s.slow-readiness', 'WARN', 'failureThreshold: 2', 'failureThreshold: 6', 'readinessProbe:'],
    ['k8s.hasty-liveness', 'WARN', 'periodSeconds: 10', 'periodSeconds: 5', 'livenessProbe:'],
    [
      'k8s.grace-period-too-short',
      'FAIL',
      'terminationGracePeriodSeconds: 30',
      'terminationGracePeriodSeconds: 26',
      'terminationGracePeriodSeconds',
    ],
    [
      'k8s.pre-stop-unknown',
      'WARN',
      'livenessProbe:',
      'lifecycle: { preStop: { exec: { command: [./leave.sh] } } }\n          livenessProbe:',
      'lifecycle:',
    ],
    [
      'k8s.single-replica-without-pdb',
      'WARN',
      /replicas: 2([^]*)kind: PodDisruptionBudget/,
      'replicas: 1$1kind: Other',
      'replicas:',
    ],
    ['k8s.no-pdb', 'WARN', 'kind: PodDisruptionBudget', 'kind: Other', 'replicas:'],
    ['k8s.pdb-blocks-eviction', 'WARN', 'maxUnavailable: 1\n', 'minAvailable: 100%\n', 'spec:\n  minAvailable'],
    ['k8s.no-topology-spread', 'WARN', 'topologySpreadConstraints:', 'others:', 'spec:\n      # The budget'],
    ['k8s.recreate', 'WARN', 'type: RollingUpdate', 'type: Recreate', 'strategy:'],
    ['k8s.max-unavailable', 'WARN', 'maxUnavailable: 0', 'maxUnavailable: 50%', 'rollingUpdate:'],
    [
      'k8s.selector',
      'FAIL',
      'matchLabels: { app: orders }\n  template',
      'matchLabels: { app: order }\n  template',
      'selector:',
    ],
    [
      'k8s.selects-nothing',
      'WARN',
      'selector: { app: orders }',
      'selector: { app: order }',
      'selector: { app: order }',
    ],
    ['k8s.service-port', 'FAIL', 'targetPort: http', 'targetPort: web', '- { name: http, port: 80'],
    ['k8s.no-network-policy', 'WARN', 'kind: NetworkPolicy', 'kind: Other'],
    ['k8s.host-namespace', 'FAIL', 'enableServiceLinks: false', 'hostNetwork: true', 'hostNetwork'],
    [
      'k8s.host-path',
      'WARN',
      'emptyDir: { sizeLimit: 64Mi }',
      'hostPath: { path: /tmp }',
      '- name: tmp\n          hostPath',
    ],
    ['k8s.runs-as-root', 'FAIL', 'runAsUser: 1000', 'runAsUser: 0'],
    ['k8s.runs-as-root', 'FAIL', /runAsNonRoot: true\n\s+runAsUser: 1000/, 'runAsNonRoot: false'],
    [
      'k8s.privileged',
      'FAIL',
      'allowPrivilegeEscalation: false',
      'allowPrivilegeEscalation: false\n            privileged: yes',
    ],
    ['k8s.privilege-escalation', 'WARN', 'allowPrivilegeEscalation: false', 'allowPrivilegeEscalation: true'],
    ['k8s.writable-root', 'WARN', 'readOnlyRootFilesystem: true', 'readOnlyRootFilesystem: false'],
    ['k8s.capabilities', 'WARN', 'drop: [ALL]', 'drop: [NET_RAW]'],
    ['k8s.no-seccomp', 'WARN', 'type: RuntimeDefault', 'type: Unconfined'],
    ['k8s.service-account-token', 'WARN', 'automountServiceAccountToken: false', 'automountServiceAccountToken: true'],
    ['k8s.secret-in-env', 'FAIL', 'API_HOST, value: 0.0.0.0', 'SECRET_KEY, value: hunter22', '- { name: SECRET_KEY'],
    [
      'k8s.secret-in-env',
      'FAIL',
      'API_HOST, value: 0.0.0.0',
      "DATABASE_URL, value: 'postgres://u:hunter2pw@db/x'",
      '- { name: DATABASE_URL',
    ],
    [
      'k8s.secret-in-env',
      'FAIL',
      'API_HOST, value: 0.0.0.0',
      "ODBC, value: 'Server=db;User Id=sa;Password=hunter2pw;'",
      '- { name: ODBC',
    ],
    [
      'k8s.latest-tag',
      'FAIL',
      'orders:1.0.0\n          ports',
      'orders:latest\n          ports',
      'image: registry.invalid/orders:latest',
    ],
    [
      'k8s.latest-tag',
      'FAIL',
      'registry.invalid/orders:1.0.0\n          ports',
      'registry.invalid:5000/orders\n          ports',
    ],
    [
      'k8s.no-resources',
      'FAIL',
      'limits: { memory: 256Mi, ',
      'limits: { ',
      'resources:\n            requests: { cpu: 250m',
    ],
    ['k8s.no-resources', 'WARN', 'cpu: 250m, ', ''],
    ['k8s.no-ephemeral-storage', 'WARN', ', ephemeral-storage: 256Mi', ''],
    [
      'k8s.heap-above-limit',
      'FAIL',
      'space-size=192',
      'space-size=256',
      'resources:\n            requests: { cpu: 250m',
    ],
    ['k8s.removed-api', 'FAIL', 'policy/v1', 'policy/v1beta1', 'apiVersion: policy'],
    ['k8s.key-twice', 'FAIL', 'replicas: 2\n', 'replicas: 2\n  replicas: 3\n', 'replicas: 3'],
  ])('%s is a %s', async (id, status, from, to, place) => {
    const manifest = changed(ORDERS, from, to);
    const { findings, code } = await lint(manifest);
    expect([...new Set(findings.map((one) => `${one.id} ${one.status}`))]).toEqual([`${id} ${status}`]);
    expect(code).toBe(status === 'FAIL' ? 1 : 0);
    const [{ hint, place: where } = { hint: '', place: undefined }] = findings;
    expect(hint).not.toBe('');
    expect(where).toMatchObject({ file: 'a.yaml', line: expect.any(Number) as number });
    if (place !== undefined) expect(where?.line).toBe(lineOf(manifest, place));
  });

  it('k8s.job-without-deadline is a WARN', async () => {
    expect((await lint(changed(JOB, /activeDeadlineSeconds.*/, ''))).ids).toEqual(['k8s.job-without-deadline']);
  });

  it('HLD-55 warns when the first process is npm or a shell', async () => {
    const started = (command: string) =>
      lint(
        changed(
          ORDERS,
          'ports:\n            - { name: http',
          `command: ${command}\n          ports:\n            - { name: http`,
        ),
      );
    for (const command of [
      '[npm, start]',
      '[/bin/sh, -c, node server.js]',
      '[tini, -g, --, npx, orders]',
      '[sh, -c, "exec a; b"]',
    ]) {
      const { findings } = await started(command);
      expect([command, findings.map(({ id, status }) => `${id} ${status}`)]).toEqual([command, ['k8s.npm-start WARN']]);
    }
    for (const command of ['[node, server.js]', '[tini, --, node, server.js]', '[sh, -c, exec node server.js]'])
      expect((await started(command)).ids).toEqual([]);
  });

  it.each([
    ['25000', '--budget-ms', true],
    ['28000', '--budget-ms', true],
    ['28001', '--budget-ms', false],
  ])('HLD-53 a stop of %s ms within 30 s: %#', async (ms, option, fits) => {
    const { ids } = await lint(ORDERS, option, ms);
    expect(ids.includes('k8s.grace-period-too-short')).toBe(!fits);
  });

  it.each([
    ['sleep: { seconds: 3 }', true],
    ['sleep: { seconds: 4 }', false],
    ['exec: { command: [sleep, "3"] }', true],
    ['exec: { command: [/bin/sh, -c, sleep 4] }', false],
  ])('HLD-53 counts the preStop hook %s', async (hook, fits) => {
    const manifest = changed(ORDERS, 'livenessProbe:', `lifecycle: { preStop: { ${hook} } }\n          livenessProbe:`);
    expect((await lint(manifest)).ids).toEqual(fits ? [] : ['k8s.grace-period-too-short']);
  });

  it('takes the 30 s of Kubernetes where nothing is said', async () => {
    const manifest = changed(ORDERS, /terminationGracePeriodSeconds: 30/, 'x: 1');
    expect((await lint(manifest)).ids).toEqual([]);
    expect((await lint(manifest, '--budget-ms', '28001')).ids).toEqual(['k8s.grace-period-too-short']);
  });

  it('holds the drain and the health checks against the numbers that it is given', async () => {
    expect((await lint(ORDERS, '--drain-delay-ms', '2000')).ids).toEqual([]);
    expect((await lint(ORDERS, '--drain-delay-ms', '1999')).ids).toEqual(['k8s.no-drain']);
    expect((await lint(ORDERS, '--health-timeout-ms', '2001')).ids).toEqual(['k8s.probe-timeout']);
  });

  it('wants no probe of what does not listen, and no second pod', async () => {
    const worker = changed(ORDERS.split('---')[0] ?? '', / +ports:\n.*\n/, '');
    const { ids } = await lint(changed(worker, 'replicas: 2', 'replicas: 1'));
    expect(ids).toEqual([]);
  });

  it('looks for what belongs together in all files', async () => {
    const [first = '', ...rest] = ORDERS.split('---\n');
    const files = { 'a.yaml': first, 'b.yaml': rest.join('---\n') };
    expect((await linted(['k8s', 'lint', 'a.yaml', 'b.yaml'], files)).ids).toEqual([]);
    expect((await linted(['k8s', 'lint', 'a.yaml'], files)).ids).toEqual(['k8s.no-network-policy', 'k8s.no-pdb']);
  });

  it('reads lists, JSON and merged keys', async () => {
    const list = {
      apiVersion: 'v1',
      kind: 'List',
      items: [{ apiVersion: 'policy/v1beta1', kind: 'Other', metadata: { name: 'a' } }],
    };
    expect((await lint(JSON.stringify(list))).ids).toEqual(['k8s.removed-api']);
    const merged = 'apiVersion: v1\nkind: Pod\nx: &x { hostPID: yes }\nspec: { <<: *x, containers: [] }';
    expect((await lint(merged)).ids).toContain('k8s.host-namespace');
  });

  it('lets a scaler decide how many pods there are', async () => {
    const scaler =
      '---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: orders }\nspec: { scaleTargetRef: { kind: Deployment, name: orders } }\n';
    const manifest = changed(ORDERS, /replicas: 2([^]*)kind: PodDisruptionBudget/, 'replicas: 1$1kind: Other');
    expect((await lint(manifest + scaler)).ids).toEqual([]);
  });

  it('HLD-59 prints no value of a secret', async () => {
    const files = { 'a.yaml': changed(ORDERS, 'API_HOST, value: 0.0.0.0', 'SECRET_KEY, value: hunter22') };
    expect(JSON.stringify(await linted(['k8s', 'lint', 'a.yaml'], files))).not.toContain('hunter22');
  });
});
