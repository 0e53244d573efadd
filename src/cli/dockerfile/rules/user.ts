import { unquoted } from '../parse.js';
import { fill, lastOf, rootOf, type Rule, variablesAt } from '../stages.js';

/** Who the process is. */
export const user: Rule = function* ({ final }) {
  const instruction = lastOf(final, 'USER');
  const hint = 'add USER 1000:1000 before CMD; in images of Node that is the user node';
  if (instruction === undefined) {
    // The tags of some images without a shell say that they have a user of their own.
    if (/nonroot/.test(rootOf(final).image)) return;
    yield {
      id: 'dockerfile.root',
      status: 'FAIL',
      message: 'the process runs as root: there is no USER',
      hint,
      line: final.from.line,
    };
    return;
  }
  const [name = ''] = unquoted(fill(instruction.text, variablesAt(final, instruction))).split(':');
  const common = { id: 'dockerfile.root', status: 'FAIL', line: instruction.line, hint } as const;
  if (name.includes('$'))
    yield {
      ...common,
      crashed: true,
      message: 'who the process is cannot be told: the variable of USER has no value here',
    };
  else if (name === 'root' || name === '' || /^[+-]?0+$/.test(name))
    yield { ...common, message: 'the process runs as root' };
  else if (!/^\d+$/.test(name))
    yield {
      id: 'dockerfile.user-name',
      status: 'WARN',
      message: `USER is the name ${name}: Kubernetes starts no pod with runAsNonRoot when it cannot see that it is not root`,
      hint: 'write the number: USER 1000:1000',
      line: instruction.line,
    };
};
