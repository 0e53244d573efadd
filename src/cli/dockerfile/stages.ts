import type { Found } from '../lint/found.js';
import { type Instruction, pairsOf, parseDockerfile } from './parse.js';

/** What begins with a FROM. */
export interface Stage {
  readonly name: string;
  /** The image that it begins with, with its variables filled in. */
  readonly image: string;
  /** The stage that it begins with. */
  readonly base: Stage | undefined;
  readonly from: Instruction;
  readonly instructions: readonly Instruction[];
}

/** A Dockerfile by its stages. */
export interface Dockerfile {
  readonly instructions: readonly Instruction[];
  readonly stages: readonly Stage[];
  /** The stage that becomes the image. */
  readonly final: Stage;
  /** What does not reach the image: paths that its .dockerignore names; `undefined` without one. */
  readonly ignored: readonly string[] | undefined;
  /** The text of a file in the context; `undefined` where there is none. */
  readonly textOf: (path: string) => string | undefined;
}

/** A rule is given the whole, and answers with what it found. */
export type Rule = (file: Dockerfile) => Iterable<Found>;

/** Reads a Dockerfile; `undefined` when it has no FROM. */
export function readDockerfile(
  text: string,
  ignored: readonly string[] | undefined,
  textOf: Dockerfile['textOf'] = () => undefined,
): Dockerfile | undefined {
  const { instructions } = parseDockerfile(text);
  const globals = new Map<string, string>();
  const stages: Stage[] = [];
  let current: Instruction[] = [];
  for (const instruction of instructions) {
    if (instruction.name === 'FROM') {
      current = [];
      const [image = '', as, name] = instruction.text.split(/\s+/);
      const filled = fill(image, globals);
      stages.push({
        name: as?.toLowerCase() === 'as' ? (name ?? '').toLowerCase() : '',
        image: filled,
        base: stageOf(filled, stages),
        from: instruction,
        instructions: current,
      });
    } else {
      current.push(instruction);
      if (stages.length === 0 && instruction.name === 'ARG') setAll(instruction, globals);
    }
  }
  const final = stages.at(-1);
  return final === undefined ? undefined : { instructions, stages, final, ignored, textOf };
}

/** A stage by its name or number. */
export function stageOf(name: string, stages: readonly Stage[]): Stage | undefined {
  return (
    stages.find((stage) => stage.name !== '' && stage.name === name.toLowerCase()) ??
    stages[/^\d{1,4}$/.test(name) ? Number(name) : -1]
  );
}

/** Everything that a stage is made of, with what it inherits first. */
export function chainOf(stage: Stage): readonly Instruction[] {
  const chain: Instruction[] = [];
  for (let one: Stage | undefined = stage; one !== undefined; one = one.base) chain.unshift(...one.instructions);
  return chain;
}

/** The last instruction of a name: the only one that counts. */
export function lastOf(stage: Stage, name: string): Instruction | undefined {
  return chainOf(stage)
    .filter((one) => one.name === name)
    .at(-1);
}

/** The image that a stage is built on in the end. */
export function rootOf(stage: Stage): Stage {
  let root = stage;
  while (root.base !== undefined) root = root.base;
  return root;
}

/** What ENV and ARG say before an instruction. */
export function variablesAt(stage: Stage, until?: Instruction): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  for (const instruction of chainOf(stage)) {
    if (instruction === until) break;
    if (instruction.name === 'ENV' || instruction.name === 'ARG') setAll(instruction, variables);
  }
  return variables;
}

/** Text with its variables filled in; one without a value stays as it is. */
export function fill(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(
    /\$(?:\{([A-Za-z_]\w*)(?::-([^}]*))?\}|([A-Za-z_]\w*))/g,
    (whole, braced?: string, otherwise?: string, plain?: string) =>
      variables.get(braced ?? plain ?? '') ?? otherwise ?? whole,
  );
}

function setAll(instruction: Instruction, variables: Map<string, string>): void {
  for (const [name, value] of pairsOf(instruction))
    if (value !== undefined) variables.set(name, fill(value, variables));
}
