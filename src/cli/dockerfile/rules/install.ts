import { commandsOf } from '../run-commands.js';
import { chainOf, type Dockerfile, type Rule, type Stage, stageOf, variablesAt } from '../stages.js';

/** Whether the same packages are installed as were tested. */
export const lockedInstall: Rule = function* ({ stages }) {
  for (const { instructions } of stages)
    for (const run of instructions)
      for (const command of commandsOf(run)) {
        if (!isUnlocked(command)) continue;
        yield {
          id: 'dockerfile.npm-install',
          status: 'WARN',
          message: 'packages are installed that the lock file does not hold to: the image is another one tomorrow',
          hint: 'use npm ci (pnpm install --frozen-lockfile, yarn install --immutable)',
          line: run.line,
        };
      }
};

/** Whether what only development needs is in the image. */
export const productionOnly: Rule = function* (file) {
  for (const stage of stagesWithModules(file)) {
    const chain = chainOf(stage);
    const commands = chain.map(commandsOf);
    const pruned = commands.map((all) => all.some(prunes)).lastIndexOf(true);
    for (const [i, run] of chain.entries())
      for (const command of commands[i] ?? []) {
        if (!/\bnpm\s+(ci|clean-install|install|i)\b/.test(command) || / -g\b| --global\b/.test(command)) continue;
        if (/--omit[= ]dev|--production\b|--only[= ]prod/.test(command)) continue;
        if (variablesAt(stage, run).get('NODE_ENV') === 'production' && !/--include[= ]dev/.test(command)) continue;
        if (pruned >= i) continue;
        yield {
          id: 'dockerfile.dev-dependencies',
          status: 'WARN',
          message: 'the image has the packages that only development needs',
          hint: 'install with npm ci --omit=dev in the stage that node_modules come from',
          line: run.line,
        };
      }
  }
};

/** Whether the libraries know that this is production. */
export const nodeEnv: Rule = function* ({ final }) {
  if (variablesAt(final).get('NODE_ENV') === 'production') return;
  yield {
    id: 'dockerfile.node-env',
    status: 'WARN',
    message: 'NODE_ENV is not production in the image: libraries show errors to clients, and are slower',
    hint: 'add ENV NODE_ENV=production to the last stage',
    line: final.from.line,
  };
};

/** A script that is fetched into a shell: behind a pipe, as its file, or as its text. */
const PIPED = [
  /\b(?:curl|wget)\b(?:[^;&\n]|&(?!&)){0,2000}\|\s*(?:(?:sudo|doas|env|exec|nohup)\s+(?:[^\s|]+\s+){0,6})?(?:[A-Z_]\w*=\S*\s+){0,8}(?:[\w./-]*\/)?(?:ba|da|a|z|k)?sh(?=[\s;&|"')]|$)/,
  /(?:\b(?:ba|da|a|z|k)?sh\s+(?:-\S+\s+)*|\bsource\s+|(?:^|[\s"'])\.\s+)(?:<\s+)?<\(\s*(?:curl|wget)\b/,
  /(?:\b(?:ba|da|a|z|k)?sh\s+(?:-\S+\s+)*|\beval\s+)(?:<<<\s*)?(?:\\?["'])?(?:\$\(|`)\s*(?:curl|wget)\b/,
];

/** Whether what the build runs comes from elsewhere unseen. */
export const foreignCode: Rule = function* ({ instructions }) {
  for (const instruction of instructions) {
    const { name, text, here, line, flags } = instruction;
    if (name === 'RUN' && PIPED.some((form) => form.test(`${text}\n${here}`)))
      yield {
        id: 'dockerfile.pipe-to-shell',
        status: 'WARN',
        message: 'a script is fetched and run unseen, and half of it when the connection breaks off',
        hint: 'install a package of a fixed version, or hold what was fetched against a checksum first',
        line,
      };
    if (name === 'ADD' && /(^|[\s"])https?:\/\//.test(text) && !flags.some((flag) => flag.startsWith('--checksum=')))
      yield {
        id: 'dockerfile.add-url',
        status: 'WARN',
        message: 'ADD fetches a file that nobody holds against a checksum',
        hint: 'add --checksum=sha256:…',
        line,
      };
  }
};

function prunes(command: string): boolean {
  return /\bnpm\s+prune\b/.test(command) && /--omit[= ]dev|--production/.test(command);
}

function isUnlocked(command: string): boolean {
  if (/\s(-g|--global)\b/.test(command)) return false;
  if (/\bnpm\s+(install|i|add)(\s|$)/.test(command)) return true;
  if (/\bpnpm\s+(install|i)(\s|$)/.test(command)) return !command.includes('--frozen-lockfile');
  return /\byarn(\s+install(\s|$)|\s*$)/.test(command) && !/--(frozen-lockfile|immutable)/.test(command);
}

/** The last stage, and those that its node_modules come from. */
function stagesWithModules({ final, stages }: Dockerfile): readonly Stage[] {
  const sources = chainOf(final).flatMap((copy): Stage[] => {
    if (copy.name !== 'COPY' || !copy.text.includes('node_modules')) return [];
    const from = copy.flags.find((flag) => flag.startsWith('--from='))?.slice('--from='.length);
    const stage = from === undefined ? undefined : stageOf(from, stages);
    return stage === undefined ? [] : [stage];
  });
  return [...new Set([final, ...sources])];
}
