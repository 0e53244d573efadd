import { called, everyContainer, type FoundIn, type KubeObject, type Rule } from '../cluster.js';
import { isTemplate } from '../template.js';
import { at, itemsAt, type Tree } from '../tree.js';

/** Fields and their smallest number. Source: the API reference of Kubernetes. */
type Fields = Readonly<Record<string, number>>;

const LARGEST = 2_147_483_647;
const LARGEST_PORT = 65_535;
const OF_WORKLOAD: Fields = {
  replicas: 0,
  minReadySeconds: 0,
  revisionHistoryLimit: 0,
  progressDeadlineSeconds: 1,
  parallelism: 0,
  completions: 0,
  backoffLimit: 0,
  activeDeadlineSeconds: 0,
  ttlSecondsAfterFinished: 0,
};
const OF_POD: Fields = { terminationGracePeriodSeconds: 0, activeDeadlineSeconds: 1 };
const OF_CONTEXT: Fields = { runAsUser: 0, runAsGroup: 0, fsGroup: 0 };
const OF_PROBE: Fields = {
  initialDelaySeconds: 0,
  periodSeconds: 1,
  timeoutSeconds: 1,
  failureThreshold: 1,
  successThreshold: 1,
  terminationGracePeriodSeconds: 1,
};
const OF_PORT: Fields = { containerPort: 1, hostPort: 1 };

/** Whether numbers are numbers that Kubernetes takes. */
export const numbers: Rule = function* (cluster) {
  for (const workload of cluster.workloads) {
    const who = called(workload);
    const specs = workload.kind === 'Pod' ? [] : [['spec'], ['spec', 'jobTemplate', 'spec']];
    for (const path of specs) yield* wrong(workload, who, at(workload.tree, ...path), OF_WORKLOAD);
    yield* wrong(workload, who, workload.pod, OF_POD);
    yield* wrong(workload, who, at(workload.pod, 'securityContext'), OF_CONTEXT);
  }
  for (const { workload, container, who } of everyContainer(cluster)) {
    yield* wrong(workload, who, at(container.tree, 'securityContext'), OF_CONTEXT);
    yield* wrong(workload, who, at(container.tree, 'lifecycle', 'preStop', 'sleep'), { seconds: 0 });
    for (const kind of ['readinessProbe', 'livenessProbe', 'startupProbe'])
      yield* wrong(workload, `${who}, ${kind}`, at(container.tree, kind), OF_PROBE);
    for (const port of itemsAt(container.tree, 'ports')) yield* wrong(workload, who, port, OF_PORT, LARGEST_PORT);
  }
};

function* wrong(
  of: KubeObject,
  who: string,
  tree: Tree | undefined,
  fields: Fields,
  most = LARGEST,
): Iterable<FoundIn> {
  for (const [name, least] of Object.entries(fields)) {
    const field = at(tree, name);
    if (field === undefined || field.scalar === null) continue;
    const value = field.scalar;
    // What is still to be filled in is told as that.
    if (typeof value === 'string' && isTemplate(value)) continue;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) continue;
    yield {
      of,
      line: field.line,
      id: 'k8s.invalid-number',
      status: 'FAIL',
      message: `${who} has ${name}, which is no whole number from ${String(least)} to ${String(most)}: Kubernetes refuses it, or takes another`,
      hint: 'write it as a number, without quotes',
    };
  }
}
