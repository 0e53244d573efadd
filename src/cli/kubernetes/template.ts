import { isKnownKind, isWorkload, type KubeObject } from './cluster.js';
import type { Tree } from './tree.js';

/** Others of these hold texts for other programs, which have braces of their own. */
const NOT_TEMPLATED = /^(ConfigMap|Secret|PrometheusRule|AlertmanagerConfig)$/;
/** Fields whose texts are for shells, programs and controllers, which fill in variables themselves. */
const FOR_OTHERS = /^(command|args|annotations)$/;

/** Whether a value is still to be filled in: by Helm, or by `envsubst` and what works alike. */
export function isTemplate(value: string): boolean {
  return value.includes('{{') || /\$\{[A-Za-z_]\w*\}/.test(value);
}

/** The line of the first value that is still to be filled in: rules cannot tell anything of it. */
export function templateIn(object: KubeObject): number | undefined {
  if (NOT_TEMPLATED.test(object.kind)) return undefined;
  // Objects of other programs may have variables of their own.
  const hasVariables = isKnownKind(object) || isWorkload(object);
  return firstIn(object.tree, '', hasVariables, new Set());
}

function firstIn(tree: Tree, name: string, hasVariables: boolean, seen: Set<Tree>): number | undefined {
  if (seen.has(tree)) return undefined;
  seen.add(tree);
  if (typeof tree.scalar === 'string') {
    const { scalar } = tree;
    // The value of a variable may hold one of the program; lines are a script.
    const isOpen = name === 'value' ? /^\$\{\w+\}$/.test(scalar) : !scalar.includes('\n') && isTemplate(scalar);
    return scalar.includes('{{') || (hasVariables && isOpen) ? tree.line : undefined;
  }
  for (const [key, inner] of tree.fields ?? []) {
    const line = firstIn(inner, key, hasVariables && !FOR_OTHERS.test(key), seen);
    if (line !== undefined) return line;
  }
  for (const inner of tree.items ?? []) {
    const line = firstIn(inner, '', hasVariables, seen);
    if (line !== undefined) return line;
  }
  return undefined;
}
