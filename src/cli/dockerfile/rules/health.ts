import { commandsOf } from '../run-commands.js';
import { chainOf, lastOf, rootOf, type Rule } from '../stages.js';

/** Whether Docker notices that the service cannot answer. */
export const healthcheck: Rule = function* ({ final }) {
  const instruction = lastOf(final, 'HEALTHCHECK');
  const hint =
    'add HEALTHCHECK CMD ["node", "node_modules/breakwater/dist/cli.js", "probe", "http://127.0.0.1:3000/health/ready"]';
  if (instruction === undefined) {
    yield {
      id: 'dockerfile.no-healthcheck',
      status: 'WARN',
      message: 'there is no HEALTHCHECK: Docker and compose do not notice that the service cannot answer',
      hint: `${hint}, or HEALTHCHECK NONE where only Kubernetes runs it`,
      line: final.from.line,
    };
    return;
  }
  const program = /\b(curl|wget)\b/.exec(instruction.text)?.[1];
  if (program === undefined || comesWith(rootOf(final).image, program)) return;
  if (chainOf(final).some((one) => commandsOf(one).some((command) => installs(command, program)))) return;
  yield {
    id: 'dockerfile.healthcheck-needs-program',
    status: 'WARN',
    message: `HEALTHCHECK needs ${program}, which small images of Node do not have`,
    hint,
    line: instruction.line,
  };
};

/** Alpine has the wget of busybox; images of Node that are not slim are built on buildpack-deps, which has both. */
function comesWith(image: string, program: string): boolean {
  return image.includes('alpine') ? program === 'wget' : /(?:^|\/)node:(?!.*slim)/.test(image);
}

function installs(command: string, program: string): boolean {
  const words = command.split(/\s+/);
  return (words.includes('install') || words.includes('add')) && words.includes(program);
}
