import { inspectorOf } from '../../lint/node-flags.js';
import { programOf } from '../../lint/program.js';
import { execWords, type Instruction, wordsOf } from '../parse.js';
import { lastOf, type Rule, variablesAt } from '../stages.js';

/** What is made for development: watchers, servers that compile, and scripts that are called so. */
const DEVELOPMENT = [
  /(?:^|[\s/=])(?:ts-node(?:-dev)?|tsx|nodemon|webpack-dev-server)(?=\s|$)|(?:^|[\s=])(?:ts-node\/(?:register|esm)|tsx\/(?:esm|cjs))\b|\s--watch(?=[=\s]|$)/,
  /(?:^|[\s/])(?:(?:next|nuxt|nuxi|astro|remix|react-router)\s+dev|gatsby\s+develop|(?:ng|webpack|vue-cli-service)\s+serve|react-scripts\s+start|vite(?!\s+build))(?=\s|$)/,
  /(?:^|[\s/])(?:npm|pnpm|yarn|bun)(?:\s+run)?\s+(?:dev|develop|watch|start:dev)(?=[:\s]|$)/,
];

/** Whether the process that gets signals is the one that understands them. */
export const firstProcess: Rule = function* ({ final }) {
  const entry = lastOf(final, 'ENTRYPOINT');
  const command = lastOf(final, 'CMD');
  const first = entry ?? command;
  if (first === undefined) {
    yield {
      id: 'dockerfile.no-cmd',
      status: 'WARN',
      message: 'nothing says what the image runs: there is neither CMD nor ENTRYPOINT',
      hint: 'add CMD ["node", "dist/server.js"]',
      line: final.from.line,
    };
    return;
  }
  for (const one of [entry, command])
    if (one !== undefined && isShellForm(one))
      yield {
        id: 'dockerfile.shell-form',
        status: 'WARN',
        message: `${one.name} is a line for a shell: the shell is the first program, and passes no signal on`,
        hint: `write it as a list: ${one.name} ["node", "dist/server.js"]`,
        line: one.line,
      };
  const words = [...(entry === undefined ? [] : wordsOf(entry)), ...(command === undefined ? [] : wordsOf(command))];
  const { program, isBetween } = programOf(words);
  if (isBetween)
    yield {
      id: 'dockerfile.npm-start',
      status: 'WARN',
      message: `the first program is ${program}: signals may not reach the service, and its exit code may be lost`,
      hint: 'start node itself: CMD ["node", "dist/server.js"]',
      line: first.line,
    };
  const text = words.join(' ');
  const options = variablesAt(final).get('NODE_OPTIONS') ?? '';
  const inspector = inspectorOf(`${text} ${options}`);
  if (inspector !== 'none' || DEVELOPMENT.some((form) => form.test(text)))
    yield {
      id: 'dockerfile.development-command',
      // Whoever reaches a debugger runs what he likes.
      status: inspector === 'open' ? 'FAIL' : 'WARN',
      message: 'the image runs what is made for development: a watcher, a compiler or a debugger',
      hint: 'build in a stage of its own, and run the built files with node',
      line: (command ?? first).line,
    };
};

/** Whether only the last of them counts while there are several. */
export const oneOfEach: Rule = function* ({ stages }) {
  for (const { instructions } of stages)
    for (const name of ['CMD', 'ENTRYPOINT', 'HEALTHCHECK']) {
      const all = instructions.filter((one) => one.name === name);
      for (const one of all.slice(0, -1))
        yield {
          id: 'dockerfile.several',
          status: 'WARN',
          message: `this ${name} has no effect: another one of the same stage follows`,
          hint: 'leave one',
          line: one.line,
        };
    }
};

/** What stops the container. */
export const stopSignal: Rule = function* ({ final }) {
  const instruction = lastOf(final, 'STOPSIGNAL');
  if (instruction === undefined || /^(SIG)?(TERM|INT)$|^(15|2)$/.test(instruction.text)) return;
  yield {
    id: 'dockerfile.stop-signal',
    status: 'WARN',
    message: `the container is stopped by ${instruction.text.slice(0, 20)}, which the library does not wait for`,
    hint: 'leave STOPSIGNAL out: SIGTERM is the default',
    line: instruction.line,
  };
};

function isShellForm(instruction: Instruction): boolean {
  // A shell that replaces itself is gone.
  return execWords(instruction) === undefined && !/^exec\s+[^\s;&|]+[^;&|]*$/.test(instruction.text);
}
