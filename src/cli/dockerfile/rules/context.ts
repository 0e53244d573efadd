import { isIgnored } from '../ignore-file.js';
import { type Instruction, wordsOf } from '../parse.js';
import type { Rule } from '../stages.js';

/** What must not get into an image together with everything else. */
const UNWANTED = ['.env', '.git', 'node_modules'] as const;

/** Whether what is copied with everything else belongs into an image. */
export const buildContext: Rule = function* ({ instructions, ignored }) {
  const copy = instructions.find(copiesEverything);
  if (copy === undefined) return;
  if (ignored === undefined) {
    yield {
      id: 'dockerfile.no-dockerignore',
      status: 'FAIL',
      message: 'everything is copied, and there is no .dockerignore: .env, .git and node_modules get into the image',
      hint: `write a .dockerignore with at least: ${UNWANTED.join(', ')}`,
      line: copy.line,
    };
    return;
  }
  const missing = UNWANTED.filter((path) => !isIgnored(path, ignored));
  if (missing.length > 0)
    yield {
      id: 'dockerfile.dockerignore-gaps',
      status: 'WARN',
      message: `everything is copied, and .dockerignore does not keep ${missing.join(', ')} out`,
      hint: 'add them to .dockerignore',
      line: copy.line,
    };
};

function copiesEverything(instruction: Instruction): boolean {
  if (instruction.name !== 'COPY' && instruction.name !== 'ADD') return false;
  if (instruction.flags.some((flag) => flag.startsWith('--from='))) return false;
  return wordsOf(instruction)
    .slice(0, -1)
    .some((source) => /^(\.\/?|\/|\*|\.\/\*)$/.test(source));
}
