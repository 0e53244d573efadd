import { holdsPassword, holdsSecret, isSecret } from '../../lint/secret-text.js';
import { called, everyContainer, type FoundIn, type Rule } from '../cluster.js';
import { at, itemsAt, textAt, textsAt, type Tree, wordsAt } from '../tree.js';

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
export const secretObjects: Rule = function* ({ objects }) {
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
    if (object.kind === 'Secret') for (const field of ['stringData', 'data']) yield* literals(field, common);
  }
};

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
