import type { Container } from './cluster.js';
import { at, numberAt, textAt, type Tree, wordsAt } from './tree.js';

/** A probe with its defaults. Source: the API reference of Kubernetes, Probe. */
export interface Probe {
  readonly tree: Tree;
  /** Whom it asks what; empty when that is not told. */
  readonly target: string;
  readonly path: string;
  readonly port: string | undefined;
  seconds(field: keyof typeof DEFAULTS): number;
}

const DEFAULTS = /* @__PURE__ */ Object.freeze({
  initialDelaySeconds: 0,
  periodSeconds: 10,
  timeoutSeconds: 1,
  failureThreshold: 3,
});

/** A container's probe of a kind. */
export function probeOf({ tree: container }: Container, kind: 'readiness' | 'liveness' | 'startup'): Probe | undefined {
  const tree = at(container, `${kind}Probe`);
  if (tree?.fields === undefined) return undefined;
  return {
    tree,
    target: targetOf(tree) ?? '',
    path: textAt(tree, 'httpGet', 'path') ?? '',
    port: textAt(tree, 'httpGet', 'port') ?? textAt(tree, 'tcpSocket', 'port'),
    // What is too small, or no whole number, does not count.
    seconds: (field) => {
      const number = numberAt(tree, field) ?? -1;
      return Number.isInteger(number) && number >= Math.min(1, DEFAULTS[field]) ? number : DEFAULTS[field];
    },
  };
}

/** Whom a probe asks what. */
export function targetOf(tree: Tree): string | undefined {
  const kind = ['httpGet', 'tcpSocket', 'exec', 'grpc'].find((one) => at(tree, one) !== undefined);
  if (kind === undefined) return undefined;
  const action = at(tree, kind);
  const words = ['port', 'path', 'service', 'host'].map((field) => textAt(action, field) ?? '');
  return [kind, ...words, ...wordsAt(action, 'command')].join(' ');
}
