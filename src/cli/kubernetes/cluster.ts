import type { Found } from '../lint/found.js';
import { at, itemsAt, numberAt, textAt, textsAt, type Tree } from './tree.js';

/** One object of Kubernetes. */
export interface KubeObject {
  readonly file: string;
  readonly kind: string;
  readonly apiVersion: string;
  readonly name: string;
  readonly namespace: string;
  readonly tree: Tree;
}

/** An object that makes pods. */
export interface Workload extends KubeObject {
  /** The pod's `spec`. */
  readonly pod: Tree;
  readonly labels: ReadonlyMap<string, string>;
  readonly containers: readonly Container[];
  /** Containers that run before these, and to their end. */
  readonly initContainers: readonly Container[];
  /** Whether it goes on for ever; a job ends. */
  readonly isLasting: boolean;
  /** How many pods there are; `undefined` when nodes or a scaler decide. */
  readonly replicas: number | undefined;
}

/** A container of a pod. */
export interface Container {
  readonly name: string;
  readonly tree: Tree;
  /** Whether it listens. */
  readonly serves: boolean;
}

/** What the application says of itself. */
export interface Numbers {
  /** Longest stop, in ms. */
  readonly budgetMs: number;
  /** How long a stop goes on accepting, in ms. */
  readonly drainDelayMs: number;
  /** Longest health check, in ms. */
  readonly healthTimeoutMs: number;
}

/** Everything that rules look at: rules also hold files against each other. */
export interface Cluster {
  readonly objects: readonly KubeObject[];
  readonly workloads: readonly Workload[];
  readonly numbers: Numbers;
}

/** What a rule found, and in which object. */
export interface FoundIn extends Found {
  readonly of: KubeObject;
}

/** A rule is given everything, and answers with what it found. */
export type Rule = (cluster: Cluster) => Iterable<FoundIn>;

const TEMPLATES: Readonly<Record<string, readonly string[]>> = /* @__PURE__ */ Object.freeze({
  Pod: [],
  Deployment: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  ReplicationController: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
});
const ENDING = /^(Job|CronJob)$/;
const SCALED = /^(Deployment|StatefulSet|ReplicaSet|ReplicationController)$/;
/** Groups of Kubernetes itself. */
const OWN_GROUP =
  /^(?:(?:(?:apps|batch|autoscaling|policy|extensions|(?:networking|rbac\.authorization|storage|scheduling|coordination|discovery|node|admissionregistration|apiextensions|certificates|events|flowcontrol\.apiserver|resource)\.k8s\.io)\/)?v\d\w*|apiregistration\.k8s\.io\/v\d\w*)$/;

/** The objects of a document: itself, or the items of a list. */
export function objectsOf(tree: Tree, file: string): KubeObject[] {
  const kind = textAt(tree, 'kind');
  const apiVersion = textAt(tree, 'apiVersion');
  if (kind === undefined || apiVersion === undefined) return [];
  if (kind.endsWith('List') && at(tree, 'items') !== undefined)
    return itemsAt(tree, 'items').flatMap((item) => objectsOf(item, file));
  const name = textAt(tree, 'metadata', 'name') ?? 'without a name';
  return [{ file, kind, apiVersion, name, namespace: textAt(tree, 'metadata', 'namespace') ?? '', tree }];
}

/** Whether Kubernetes itself has such objects. */
export function isKnownKind({ apiVersion }: KubeObject): boolean {
  return OWN_GROUP.test(apiVersion);
}

/** Whether an object makes pods. */
export function isWorkload(object: KubeObject): boolean {
  return at(templateOf(object), 'spec') !== undefined;
}

/** What its pods are made from. Whatever kind has such a template, such as a Rollout, makes pods of it. */
function templateOf({ kind, tree }: KubeObject): Tree | undefined {
  const path = Object.hasOwn(TEMPLATES, kind) ? TEMPLATES[kind] : undefined;
  if (path !== undefined) return at(tree, ...path);
  const template = at(tree, 'spec', 'template');
  return at(template, 'spec', 'containers') === undefined ? undefined : template;
}

/** What rules look at. */
export function clusterOf(objects: readonly KubeObject[], numbers: Numbers): Cluster {
  const scaled = new Set(
    objects
      .filter(({ kind }) => kind === 'HorizontalPodAutoscaler')
      .map(
        ({ tree }) =>
          `${textAt(tree, 'spec', 'scaleTargetRef', 'kind') ?? ''} ${textAt(tree, 'spec', 'scaleTargetRef', 'name') ?? ''}`,
      ),
  );
  const workloads = objects.flatMap((object): Workload[] => {
    const template = templateOf(object);
    const pod = at(template, 'spec');
    if (pod === undefined) return [];
    const replicas = numberAt(object.tree, 'spec', 'replicas');
    const isOwn = Object.hasOwn(TEMPLATES, object.kind);
    const isScaled =
      (isOwn ? SCALED.test(object.kind) : replicas !== undefined) && !scaled.has(`${object.kind} ${object.name}`);
    const ends = ENDING.test(object.kind) || (!isOwn && /^(Never|OnFailure)$/.test(textAt(pod, 'restartPolicy') ?? ''));
    return [
      {
        ...object,
        pod,
        labels: textsAt(template, 'metadata', 'labels'),
        containers: containersOf(pod, 'containers'),
        initContainers: containersOf(pod, 'initContainers'),
        isLasting: !ends,
        replicas: isScaled ? (replicas ?? 1) : undefined,
      },
    ];
  });
  return { objects, workloads, numbers };
}

function containersOf(pod: Tree, field: string): Container[] {
  return itemsAt(pod, field).map((tree) => ({
    name: textAt(tree, 'name') ?? 'without a name',
    tree,
    serves: itemsAt(tree, 'ports').length > 0,
  }));
}

/** The ports that the containers of a pod declare, also of those that run beside it from the start on. */
export function portsOf({ containers, initContainers }: Workload): Tree[] {
  return [...initContainers, ...containers].flatMap(({ tree }) => [...itemsAt(tree, 'ports')]);
}

/** Whether a selector chooses pods with these labels. An empty one chooses all. */
export function selects(selector: Tree | undefined, labels: ReadonlyMap<string, string>): boolean {
  const isOf = [...textsAt(selector, 'matchLabels')].every(([name, value]) => labels.get(name) === value);
  return isOf && itemsAt(selector, 'matchExpressions').every((one) => fits(one, labels));
}

function fits(expression: Tree, labels: ReadonlyMap<string, string>): boolean {
  const label = labels.get(textAt(expression, 'key') ?? '');
  const values = itemsAt(expression, 'values').map((one) => textAt(one));
  switch (textAt(expression, 'operator')) {
    case 'In':
      return label !== undefined && values.includes(label);
    case 'NotIn':
      return label === undefined || !values.includes(label);
    case 'Exists':
      return label !== undefined;
    default:
      return label === undefined;
  }
}

/** An object as it is called in a message. */
export function called({ kind, name }: KubeObject): string {
  return `${kind} ${name}`;
}

/** Every container of lasting workloads that listens. */
export function* serving({ workloads }: Cluster): Iterable<{ workload: Workload; container: Container; who: string }> {
  for (const workload of workloads)
    if (workload.isLasting)
      for (const container of workload.containers)
        if (container.serves) yield { workload, container, who: `${called(workload)}, container ${container.name}` };
}

/** Every container of every workload, also those that run first. */
export function* everyContainer({
  workloads,
}: Cluster): Iterable<{ workload: Workload; container: Container; who: string }> {
  for (const workload of workloads)
    for (const container of [...workload.initContainers, ...workload.containers])
      yield { workload, container, who: `${called(workload)}, container ${container.name}` };
}
