import { describe, expect, it } from 'vitest';
import { changed, linted, shipped } from '../linting.js';

const ORDERS = shipped('deploy/kubernetes.yaml');
const JOB = shipped('deploy/migrations.yaml');

async function told(manifest: string): Promise<string[]> {
  const { findings } = await linted(['k8s', 'lint', 'a.yaml'], { 'a.yaml': manifest });
  return findings.map(({ id, status }) => `${id} ${status}`).sort();
}

const INVALID = 'k8s.invalid-number FAIL';

describe('k8s lint: numbers', () => {
  it.each([
    ['terminationGracePeriodSeconds: 30', 'terminationGracePeriodSeconds: abc', []],
    ['terminationGracePeriodSeconds: 30', "terminationGracePeriodSeconds: '30'", []],
    ['terminationGracePeriodSeconds: 30', "terminationGracePeriodSeconds: '5'", ['k8s.grace-period-too-short FAIL']],
    ['terminationGracePeriodSeconds: 30', 'terminationGracePeriodSeconds: -1', ['k8s.grace-period-too-short FAIL']],
    ['terminationGracePeriodSeconds: 30', 'terminationGracePeriodSeconds: 30.5', []],
    ['terminationGracePeriodSeconds: 30', 'terminationGracePeriodSeconds: 30s', []],
    ['failureThreshold: 3\n', 'failureThreshold: 0\n', []],
    ['failureThreshold: 2\n', "failureThreshold: '7'\n", ['k8s.slow-readiness WARN']],
    ['periodSeconds: 10', "periodSeconds: '5'", ['k8s.hasty-liveness WARN']],
    ['periodSeconds: 5\n', 'periodSeconds: 0\n', []],
    [
      'timeoutSeconds: 2\n            failureThreshold: 2',
      'timeoutSeconds: 0\n            failureThreshold: 2',
      ['k8s.probe-timeout WARN'],
    ],
    ['replicas: 2', "replicas: '2'", []],
    ['replicas: 2', 'replicas: [2]', []],
    ['replicas: 2', 'replicas: 3000000000', []],
    ['runAsUser: 1000', "runAsUser: '0'", ['k8s.runs-as-root FAIL', 'k8s.runs-as-root FAIL']],
    ['containerPort: 3000', 'containerPort: 70000', []],
  ])('%s as %s is a FAIL, and is compared', async (from, to, others) => {
    expect(await told(changed(ORDERS, from, to))).toEqual([...others, INVALID].sort());
  });

  it('of a job, and of a container that runs first', async () => {
    expect(await told(changed(JOB, 'backoffLimit: 2', "backoffLimit: '2'"))).toEqual([INVALID]);
    expect(await told(changed(JOB, 'activeDeadlineSeconds: 300', 'activeDeadlineSeconds: 5m'))).toEqual([INVALID]);
  });

  it('what is left empty is no number', async () => {
    expect(await told(changed(ORDERS, 'replicas: 2', 'replicas:'))).toEqual([]);
  });
});

describe('k8s lint: capabilities', () => {
  it.each([
    ['[SYS_ADMIN, NET_ADMIN]', ['k8s.capabilities FAIL', 'k8s.capabilities FAIL']],
    ['[NET_BIND_SERVICE, CAP_SYS_PTRACE]', ['k8s.capabilities FAIL', 'k8s.capabilities FAIL']],
    ['[all]', ['k8s.capabilities FAIL', 'k8s.capabilities FAIL']],
    ['[CHOWN]', ['k8s.capabilities WARN', 'k8s.capabilities WARN']],
    ['[NET_BIND_SERVICE]', []],
    ['[]', []],
  ])('add: %s', async (add, found) => {
    expect(await told(changed(ORDERS, 'drop: [ALL]', `drop: [ALL], add: ${add}`))).toEqual(found);
  });
});
