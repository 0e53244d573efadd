import { called, type Rule } from '../cluster.js';
import { at } from '../tree.js';

/** Versions that no release of Kubernetes since 1.26 serves for any kind. Source: its deprecated API migration guide. */
const REMOVED = /^(extensions|apps|policy|batch|autoscaling|networking\.k8s\.io)\/v\d(alpha|beta)\d$/;

/** Whether the cluster still knows these kinds. */
export const versions: Rule = function* ({ objects }) {
  for (const object of objects)
    if (REMOVED.test(object.apiVersion))
      yield {
        of: object,
        line: at(object.tree, 'apiVersion')?.line ?? object.tree.line,
        id: 'k8s.removed-api',
        status: 'FAIL',
        message: `${called(object)} has the apiVersion ${object.apiVersion}, which Kubernetes no longer serves`,
        hint: 'use apps/v1, batch/v1, policy/v1, autoscaling/v2 or networking.k8s.io/v1',
      };
};

/** Whether a job that hangs, or fails for ever, ends. */
export const jobs: Rule = function* ({ workloads }) {
  for (const workload of workloads) {
    if (!/^(Job|CronJob)$/.test(workload.kind)) continue;
    const path = workload.kind === 'CronJob' ? ['spec', 'jobTemplate', 'spec'] : ['spec'];
    if (at(workload.tree, ...path, 'activeDeadlineSeconds') !== undefined) continue;
    yield {
      of: workload,
      line: at(workload.tree, ...path)?.line ?? workload.tree.line,
      id: 'k8s.job-without-deadline',
      status: 'WARN',
      message: `${called(workload)} has no activeDeadlineSeconds: when it hangs, whoever waits for it waits for ever`,
      hint: 'set activeDeadlineSeconds to somewhat more than it takes',
    };
  }
};
