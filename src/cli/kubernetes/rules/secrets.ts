import { isSensitiveKey } from '../../../core/sensitive-names.js';
import { partsOf } from '../../../internal/secret-parts.js';
import { everyContainer, type Rule } from '../cluster.js';
import { itemsAt, textAt } from '../tree.js';

/** Whether a secret stands in a manifest, which goes into a repository. */
export const secrets: Rule = function* (cluster) {
  for (const { workload, container, who } of everyContainer(cluster))
    for (const variable of itemsAt(container.tree, 'env')) {
      const name = textAt(variable, 'name') ?? '';
      const value = textAt(variable, 'value') ?? '';
      // What refers to another variable, or names a file, is no secret itself.
      const tells = isSensitiveKey(name) || holdsPassword(value);
      if (!tells || value === '' || /^\$\([A-Za-z_]\w*\)$/.test(value) || /_(FILE|PATH)$/.test(name)) continue;
      yield {
        of: workload,
        line: variable.line,
        id: 'k8s.secret-in-env',
        status: 'FAIL',
        message: `${who} has ${name} with its value in the manifest`,
        hint: 'use valueFrom: { secretKeyRef: … }, and change the secret, since it was in a file',
      };
    }
};

/** Whether it is a URL, a connection string or the like with a password that does not refer to another variable. */
function holdsPassword(value: string): boolean {
  return [...partsOf(value, false)].some((part) => part !== '' && !/^\$\([A-Za-z_]\w*\)$/.test(part));
}
