import { holdsPassword, holdsSecret, isSecret } from '../../lint/secret-text.js';
import { called, everyContainer, type FoundIn, type Rule } from '../cluster.js';
import { at, itemsAt, textAt, textsAt, type Tree, wordsAt } from '../tree.js';

const HINT_OTHER = 'name a Secret that is made outside of the repository, and change it, since it was in a file';
const HINT = 'use valueFrom: { secretKeyRef: … }, and change the secret, since it was in a file';
/** Certificates are for everybody to see. */
const PUBLIC = /\.crt$/;

/** Whether a secret stands in a manifest, which goes into a repository. */
export const secrets: Rule = function* (cluster) {
  for (const { workload, container, who } of everyContainer(cluster)) {
    for (const variable of itemsAt(container.tree, 'env')) {
      const name = textAt(variable, 'name') ?? '';
      const value = textAt(variable, 'value') ?? '';
      if (!isSecret(name, value) && !holdsPassword(value)) continue;
      yield {
        of: workload,
        line: variable.line,
        id: 'k8s.secret-in-env',
        status: 'FAIL',
        message: `${who} has ${name} with its value in the manifest`,
        hint: HINT,
      };
    }
    const common = { of: workload, id: 'k8s.secret-in-manifest', status: 'FAIL' } as const;
    for (const [what, words] of commandsOf(container.tree))
      if (words !== undefined && holdsSecret(wordsAt(words).join(' ')))
        yield { ...common, line: words.line, message: `${who} has a secret in its ${what}`, hint: HINT };
    for (const [what, action] of actionsOf(container.tree))
      for (const header of itemsAt(action, 'httpGet', 'httpHeaders'))
        if (isSecret(textAt(header, 'name') ?? '', textAt(header, 'value') ?? ''))
          yield {
            ...common,
            line: header.line,
            message: `${who} has a secret in the headers of its ${what}`,
            hint: 'let what is asked by the kubelet answer without it, and change the secret, since it was in a file',
          };
  }
};

/** Whether an object for settings, or for secrets, holds secrets as they are. */
export const secretObjects: Rule = function* ({ objects, workloads }) {
  const pods = new Set(workloads.map(({ pod }) => pod));
  for (const object of objects) {
    const common = { of: object, id: 'k8s.secret-in-manifest', status: 'FAIL' } as const;
    if (object.kind === 'ConfigMap')
      for (const [name, value] of textsAt(object.tree, 'data')) {
        const isFile = value.includes('\n');
        if (isFile ? !holdsSecret(value, name) : !isSecret(name, value) && !holdsPassword(value)) continue;
        yield {
          ...common,
          line: at(object.tree, 'data', name)?.line ?? object.tree.line,
          message: `${called(object)} has a secret in ${name}`,
          hint: 'keep it in a Secret that is made outside of the repository, and change it, since it was in a file',
        };
      }
    else if (object.kind !== 'Secret' && object.kind !== 'CustomResourceDefinition')
      for (const [what, line] of hiddenIn(object.tree, pods))
        yield { ...common, line, message: `${called(object)} has a secret in ${what}`, hint: HINT_OTHER };
    if (object.kind === 'Secret') for (const field of ['stringData', 'data']) yield* literals(field, common);
  }
};

/** What a name alone says of a field whose object nobody knows: others, such as `secretKey`, are names of secrets. */
const PASSWORD_FIELD = /passw(?:or)?d$/i;

/** Secrets in whatever fields an object has, by their form: `NAME=value`, a variable with its value, a password, a URL. */
function* hiddenIn(root: Tree, seen: Set<Tree>): Iterable<readonly [string, number]> {
  const left: (readonly [string, Tree])[] = [['', root]];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const [name, tree] = next;
    // What is encrypted is in order, and so are labels that metrics are asked for; pods are looked at by themselves.
    if (seen.has(tree) || name === 'encryptedData' || name === 'expr') continue;
    seen.add(tree);
    if (typeof tree.scalar === 'string') {
      if (isHidden(name, tree.scalar)) yield [name === '' ? 'a list' : name, tree.line];
      continue;
    }
    const variable = textAt(tree, 'name') ?? '';
    const value = textAt(tree, 'value') ?? '';
    if (isSecret(variable, value)) yield [variable, tree.line];
    else left.push(...[...(tree.fields ?? [])].reverse());
    left.push(...(tree.items ?? []).map((item) => ['', item] as const).reverse());
  }
}

function isHidden(name: string, value: string): boolean {
  if (PASSWORD_FIELD.test(name) && isSecret(name, value)) return true;
  const [, variable = '', given = ''] = /^([\w.-]{1,64})=([^]+)$/.exec(value) ?? [];
  if (isSecret(variable, given) || holdsPassword(given)) return true;
  return /\s/.test(value) ? holdsSecret(value) : holdsPassword(value);
}

function* literals(field: string, common: Pick<FoundIn, 'of' | 'id' | 'status'>): Iterable<FoundIn> {
  const values = at(common.of.tree, field);
  const names = [...textsAt(values)].filter(([name, value]) => !PUBLIC.test(name) && isSecret('secret', value));
  if (names.length === 0) return;
  yield {
    ...common,
    line: values?.line ?? common.of.tree.line,
    message: `${called(common.of)} has values in its ${field}: who has the file has the secrets; base64 hides nothing`,
    hint: 'write an ExternalSecret or a SealedSecret, or make it outside of the repository, and change what was in a file',
  };
}

function* actionsOf(container: Tree): Iterable<readonly [string, Tree | undefined]> {
  for (const probe of ['readinessProbe', 'livenessProbe', 'startupProbe']) yield [probe, at(container, probe)];
  for (const hook of ['preStop', 'postStart']) yield [hook, at(container, 'lifecycle', hook)];
}

function* commandsOf(container: Tree): Iterable<readonly [string, Tree | undefined]> {
  for (const field of ['command', 'args']) yield [field, at(container, field)];
  for (const [what, action] of actionsOf(container)) yield [what, at(action, 'exec', 'command')];
}
