import { called, type Rule, selects } from '../cluster.js';
import { at, flagAt, itemsAt, textAt } from '../tree.js';

/** Whether anybody may talk to the pods. */
export const network: Rule = function* ({ objects, workloads }) {
  const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy');
  for (const workload of workloads) {
    if (workload.isLasting && workload.containers.some(({ serves }) => serves)) {
      const isGuarded = policies.some(
        ({ namespace, tree }) =>
          namespace === workload.namespace && selects(at(tree, 'spec', 'podSelector'), workload.labels),
      );
      if (!isGuarded)
        yield {
          of: workload,
          line: workload.tree.line,
          id: 'k8s.no-network-policy',
          status: 'WARN',
          message: `${called(workload)} has no NetworkPolicy: every pod of the cluster may talk to it, past the ingress and its limits`,
          hint: 'write one that lets in the ingress and who scrapes metrics; name its file too',
        };
    }
    for (const field of ['hostNetwork', 'hostPID', 'hostIPC'])
      if (flagAt(workload.pod, field) === true)
        yield {
          of: workload,
          line: at(workload.pod, field)?.line ?? workload.pod.line,
          id: 'k8s.host-namespace',
          status: 'FAIL',
          message: `${called(workload)} has ${field}: it is not kept apart from its node`,
          hint: `take ${field} out`,
        };
    for (const volume of itemsAt(workload.pod, 'volumes'))
      if (at(volume, 'hostPath') !== undefined)
        yield {
          of: workload,
          line: volume.line,
          id: 'k8s.host-path',
          status: 'WARN',
          message: `${called(workload)} has the volume ${textAt(volume, 'name') ?? ''}, a path of its node`,
          hint: 'use emptyDir, a PersistentVolumeClaim or a ConfigMap',
        };
  }
};
