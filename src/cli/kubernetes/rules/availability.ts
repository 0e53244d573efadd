import { called, type Cluster, type KubeObject, type Rule, selects, type Workload } from '../cluster.js';
import { at, itemsAt, numberAt, textAt, type Tree } from '../tree.js';

/** Whether something is left while nodes and versions change. */
export const availability: Rule = function* (cluster) {
  for (const workload of cluster.workloads) {
    const { replicas } = workload;
    if (replicas === undefined || replicas === 0 || !workload.containers.some(({ serves }) => serves)) continue;
    const budgets = budgetsOf(cluster, workload);
    const about = { of: workload, line: at(workload.tree, 'spec', 'replicas')?.line ?? workload.tree.line } as const;
    if (replicas === 1 && budgets.length === 0)
      yield {
        ...about,
        id: 'k8s.single-replica-without-pdb',
        status: 'WARN',
        message: `${called(workload)} has one pod and nothing says that this is enough: each change of a node is an outage`,
        hint: 'make replicas 2 or more, or write a PodDisruptionBudget with maxUnavailable 1 to say that it may be away',
      };
    else if (budgets.length === 0)
      yield {
        ...about,
        id: 'k8s.no-pdb',
        status: 'WARN',
        message: `${called(workload)} has no PodDisruptionBudget: all of its pods may be taken away at once`,
        hint: 'write one with maxUnavailable 1 and the labels of its pods',
      };
    for (const budget of budgets)
      if (isBlocking(budget, replicas))
        yield {
          of: budget,
          line: at(budget.tree, 'spec')?.line ?? budget.tree.line,
          id: 'k8s.pdb-blocks-eviction',
          status: 'WARN',
          message: `${called(budget)} lets no pod of ${called(workload)} go: no node can be emptied`,
          hint: 'use maxUnavailable 1',
        };
    if (replicas > 1 && !isSpread(workload.pod))
      yield {
        of: workload,
        line: workload.pod.line,
        id: 'k8s.no-topology-spread',
        status: 'WARN',
        message: `${called(workload)} may have all of its pods on one node`,
        hint: 'add topologySpreadConstraints over kubernetes.io/hostname and topology.kubernetes.io/zone',
      };
    yield* rollout(workload, replicas);
  }
};

function* rollout(workload: Workload, replicas: number): ReturnType<Rule> {
  if (workload.kind !== 'Deployment') return;
  const strategy = at(workload.tree, 'spec', 'strategy');
  if (textAt(strategy, 'type') === 'Recreate') {
    yield {
      of: workload,
      line: strategy?.line ?? workload.tree.line,
      id: 'k8s.recreate',
      status: 'WARN',
      message: `${called(workload)} stops all of its pods before a new one starts`,
      hint: 'use RollingUpdate with maxUnavailable 0',
    };
    return;
  }
  const setting = at(strategy, 'rollingUpdate', 'maxUnavailable');
  const away = portion(setting, replicas, Math.floor) ?? Math.floor(replicas / 4);
  if (away > 0 && away * 2 >= replicas)
    yield {
      of: workload,
      line: setting?.line ?? workload.tree.line,
      id: 'k8s.max-unavailable',
      status: 'WARN',
      message: `${called(workload)} is without ${String(away)} of its ${String(replicas)} pods while a new version starts`,
      hint: 'make maxUnavailable 0 and maxSurge 1',
    };
}

function budgetsOf({ objects }: Cluster, { labels, namespace }: Workload): KubeObject[] {
  return objects.filter(
    (one) =>
      one.kind === 'PodDisruptionBudget' &&
      one.namespace === namespace &&
      at(one.tree, 'spec', 'selector') !== undefined &&
      selects(at(one.tree, 'spec', 'selector'), labels),
  );
}

/** Source: the documentation of PodDisruptionBudget; both percentages are rounded up. */
function isBlocking({ tree }: KubeObject, replicas: number): boolean {
  const most = portion(at(tree, 'spec', 'maxUnavailable'), replicas, Math.ceil);
  const least = portion(at(tree, 'spec', 'minAvailable'), replicas, Math.ceil);
  return most === 0 || (least !== undefined && least >= replicas);
}

/** A number, or a percentage of all. */
function portion(tree: Tree | undefined, all: number, round: (n: number) => number): number | undefined {
  const ratio = /^(\d{1,3})%$/.exec(textAt(tree) ?? '')?.[1];
  return ratio === undefined ? numberAt(tree) : round((Number(ratio) * all) / 100);
}

function isSpread(pod: Tree): boolean {
  const apart = at(pod, 'affinity', 'podAntiAffinity');
  return itemsAt(pod, 'topologySpreadConstraints').length > 0 || apart !== undefined;
}
