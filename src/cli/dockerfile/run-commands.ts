import { type Instruction, wordsOf } from './parse.js';

/** The commands of a RUN, one by one. */
export function commandsOf(run: Instruction): readonly string[] {
  if (run.name !== 'RUN') return [];
  return `${wordsOf(run).join(' ')}\n${run.here}`
    .split(/&&|\|\||[;\n|]/)
    .map((command) => command.trim())
    .filter((command) => command !== '');
}
