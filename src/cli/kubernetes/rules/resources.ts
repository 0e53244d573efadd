import { everyContainer, type FoundIn, type Rule } from '../cluster.js';
import { quantityOf } from '../quantity.js';
import { at, itemsAt, textAt, type Tree, wordsAt } from '../tree.js';

/** No container starts with less. */
const LEAST_MEMORY = 2 ** 20;

type Common = Pick<FoundIn, 'of' | 'line'>;

/** Whether a pod gets what it needs, and takes no more. */
export const resources: Rule = function* (cluster) {
  for (const { workload, container, who } of everyContainer(cluster)) {
    const asked = at(container.tree, 'resources');
    const has = (...path: string[]): boolean => quantityOf(textAt(asked, ...path)) !== undefined;
    const common = { of: workload, line: asked?.line ?? container.tree.line } as const;
    const missing = [
      ...(has('requests', 'cpu') ? [] : ['requests.cpu']),
      ...(has('requests', 'memory') || has('limits', 'memory') ? [] : ['requests.memory']),
      ...(has('limits', 'memory') ? [] : ['limits.memory']),
    ];
    if (missing.length > 0)
      yield {
        ...common,
        id: 'k8s.no-resources',
        status: missing.includes('limits.memory') ? 'FAIL' : 'WARN',
        message: `${who} has no ${missing.join(', ')}: it gets what is left, or takes what others need`,
        hint: 'ask for what it uses under load, and limit memory; a limit of CPU slows it down and is not needed',
      };
    if (!has('requests', 'ephemeral-storage') || !has('limits', 'ephemeral-storage'))
      yield {
        ...common,
        id: 'k8s.no-ephemeral-storage',
        status: 'WARN',
        message: `${who} may fill the disk of its node: ephemeral-storage has no request or no limit`,
        hint: 'set requests and limits of ephemeral-storage, such as 64Mi and 256Mi',
      };
    yield* refused(asked, common, who);
    const limit = quantityOf(textAt(asked, 'limits', 'memory'));
    const heap = heapOf(container.tree);
    if (limit !== undefined && limit >= LEAST_MEMORY && heap !== undefined && heap >= limit)
      yield {
        ...common,
        id: 'k8s.heap-above-limit',
        status: 'FAIL',
        message: `${who} may grow its heap to ${String(heap / 2 ** 20)} MiB, and is killed before, without a word`,
        hint: 'make --max-old-space-size about three quarters of limits.memory',
      };
  }
};

/** More asked for than allowed, which the cluster refuses, and memory in which nothing runs. */
function* refused(asked: Tree | undefined, common: Common, who: string): Iterable<FoundIn> {
  for (const field of ['cpu', 'memory', 'ephemeral-storage']) {
    const [request, limit] = ['requests', 'limits'].map((kind) => quantityOf(textAt(asked, kind, field)));
    const line = at(asked, 'limits', field)?.line ?? common.line;
    if (field === 'memory' && limit !== undefined && limit < LEAST_MEMORY)
      yield {
        ...common,
        line,
        id: 'k8s.tiny-memory',
        status: 'FAIL',
        message: `${who} may have ${String(limit)} bytes of memory, in which nothing starts: without a unit it is bytes, and m is a thousandth`,
        hint: 'write Mi or Gi: limits.memory 512Mi',
      };
    else if (request !== undefined && limit !== undefined && request > limit)
      yield {
        ...common,
        line,
        id: 'k8s.request-above-limit',
        status: 'FAIL',
        message: `${who} asks for more ${field} than its limit: Kubernetes refuses it`,
        hint: `make requests.${field} at most limits.${field}`,
      };
  }
}

/** The largest heap that the process was allowed, in bytes. */
function heapOf(container: Tree): number | undefined {
  const options = itemsAt(container, 'env').find((one) => textAt(one, 'name') === 'NODE_OPTIONS');
  const words = [textAt(options, 'value') ?? '', ...wordsAt(container, 'command'), ...wordsAt(container, 'args')];
  const mib = /--max[-_]old[-_]space[-_]size[= ](\d{1,7})/.exec(words.join(' '))?.[1];
  return mib === undefined ? undefined : Number(mib) * 2 ** 20;
}
