import { inspectorOf, UNVERIFIED_TLS } from '../../lint/node-flags.js';
import { called, everyContainer, type FoundIn, type KubeObject, type Rule } from '../cluster.js';
import { at, itemsAt, textAt, textsAt, wordsAt } from '../tree.js';

const INSPECTOR_HINT = 'take --inspect out; for an hour of looking, use kubectl debug and a port-forward';

/** Whether Node is started with what takes protection away. */
export const nodeFlags: Rule = function* (cluster) {
  for (const { workload, container, who } of everyContainer(cluster)) {
    for (const variable of itemsAt(container.tree, 'env'))
      yield* ofVariable(workload, who, textAt(variable, 'name'), textAt(variable, 'value') ?? '', variable.line);
    const words = [...wordsAt(container.tree, 'command'), ...wordsAt(container.tree, 'args')].join(' ');
    const line = (at(container.tree, 'command') ?? at(container.tree, 'args') ?? container.tree).line;
    if (UNVERIFIED_TLS.test(words)) yield unverified(workload, who, line);
    yield* inspected(workload, who, words, line);
  }
  for (const object of cluster.objects)
    if (object.kind === 'ConfigMap')
      for (const [name, value] of textsAt(object.tree, 'data'))
        yield* ofVariable(object, called(object), name, value, at(object.tree, 'data', name)?.line ?? object.tree.line);
};

function* ofVariable(of: KubeObject, who: string, name: string | undefined, value: string, line: number) {
  if (name === 'NODE_TLS_REJECT_UNAUTHORIZED' && value.trim() === '0') yield unverified(of, who, line);
  if (name === 'NODE_OPTIONS') yield* inspected(of, who, value, line);
}

function unverified(of: KubeObject, who: string, line: number): FoundIn {
  return {
    of,
    line,
    id: 'k8s.tls-verification',
    status: 'FAIL',
    message: `${who} has NODE_TLS_REJECT_UNAUTHORIZED, which turns off that certificates are verified`,
    hint: 'take it out, and name your own authority with NODE_EXTRA_CA_CERTS',
  };
}

function* inspected(of: KubeObject, who: string, words: string, line: number): Iterable<FoundIn> {
  const inspector = inspectorOf(words);
  if (inspector === 'none') return;
  yield {
    of,
    line,
    id: 'k8s.inspector',
    status: inspector === 'open' ? 'FAIL' : 'WARN',
    message: `${who} starts Node with an inspector${inspector === 'open' ? ' that others can reach' : ''}: whoever reaches it can run anything`,
    hint: INSPECTOR_HINT,
  };
}
