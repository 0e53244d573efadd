import { called, type KubeObject, portsOf, type Rule, selects, type Workload } from '../cluster.js';
import { at, itemsAt, textAt, textsAt, type Tree } from '../tree.js';

/** Whether selectors choose what they are meant for, and ports lead somewhere. */
export const selectors: Rule = function* ({ objects, workloads }) {
  for (const workload of workloads) {
    const selector = at(workload.tree, 'spec', 'selector');
    if (workload.kind === 'Pod' || !workload.isLasting || selector === undefined) continue;
    if (
      selector.fields?.size === 0 ||
      (workload.kind !== 'ReplicationController' && !selects(selector, workload.labels))
    )
      yield {
        of: workload,
        line: selector.line,
        id: 'k8s.selector',
        status: 'FAIL',
        message: `${called(workload)} does not choose its own pods: its selector and the labels of its template differ`,
        hint: 'write the same labels in selector.matchLabels and in template.metadata.labels',
      };
  }
  if (workloads.length === 0) return;
  for (const object of objects) {
    const chosen = chosenBy(object, workloads);
    if (chosen === undefined) continue;
    if (chosen.pods.length === 0)
      yield {
        of: object,
        line: chosen.line,
        id: 'k8s.selects-nothing',
        status: 'WARN',
        message: `${called(object)} chooses none of the pods in these files`,
        hint: 'write labels that the pods have, or name the file with the pods too',
      };
    else if (object.kind === 'Service') yield* lostPorts(object, chosen.pods);
  }
};

function* lostPorts(service: KubeObject, pods: readonly Workload[]): ReturnType<Rule> {
  const ports = pods.flatMap(portsOf);
  const named = ports.map((port) => textAt(port, 'name'));
  const numbers = ports.map((port) => textAt(port, 'containerPort'));
  for (const port of itemsAt(service.tree, 'spec', 'ports')) {
    const target = textAt(port, 'targetPort') ?? textAt(port, 'port') ?? '';
    const isName = /[a-z]/i.test(target);
    if (isName ? named.includes(target) : ports.length === 0 || numbers.includes(target)) continue;
    yield {
      of: service,
      line: at(port, 'targetPort')?.line ?? port.line,
      id: 'k8s.service-port',
      // A container may listen where it does not say so.
      status: isName ? 'FAIL' : 'WARN',
      message: `${called(service)} sends to the port ${target}, which its pods do not have`,
      hint: 'name the port in the container, or correct targetPort',
    };
  }
}

/** The pods that an object chooses; `undefined` when it chooses none by design, or all. */
function chosenBy(
  { kind, tree, namespace }: KubeObject,
  workloads: readonly Workload[],
): { readonly pods: readonly Workload[]; readonly line: number } | undefined {
  const selector = selectorOf(kind, tree);
  if (selector === undefined || (selector.fields?.size ?? 0) === 0) return undefined;
  const own = workloads.filter((one) => one.namespace === namespace);
  if (kind !== 'Service') return { pods: own.filter(({ labels }) => selects(selector, labels)), line: selector.line };
  const wanted = [...textsAt(selector)];
  const pods = own.filter(({ labels }) => wanted.every(([name, value]) => labels.get(name) === value));
  return { pods, line: selector.line };
}

function selectorOf(kind: string, tree: Tree): Tree | undefined {
  switch (kind) {
    case 'Service':
    case 'PodDisruptionBudget':
      return at(tree, 'spec', 'selector');
    case 'NetworkPolicy':
      return at(tree, 'spec', 'podSelector');
    default:
      return undefined;
  }
}
