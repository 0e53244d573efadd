import type { Clock } from '../core/clock.js';
import type { Execution, Operation, Stage } from './execution.js';
import type { Plan } from './plan.js';

/** Name of the method by which a policy of this copy of the package shows a pipeline its stages. @internal */
export const STAGES = /* @__PURE__ */ Symbol('breakwater.stages');

/** Name of the property by which what makes policies shows the clock that they have. @internal */
export const CLOCK = /* @__PURE__ */ Symbol('breakwater.clock');

/** A policy that runs what is inside of it in a way of its own, such as several times at once. @internal */
export type Around = (run: Execution, inside: Plan, operation: Operation) => unknown;

/** What a pipeline needs to know of a policy. @internal */
export interface Staged {
  /** What it is, for texts. */
  readonly kind: string;
  readonly clock: Clock | undefined;
  /** From the outermost to the innermost. */
  readonly stages: readonly Stage[];
  /** For a policy that is no stage. */
  readonly around?: Around;
  /** Whether it is a fallback for every error. */
  readonly answersAll?: boolean;
  /** Milliseconds of the limit, of a policy that has one. */
  readonly limitMs?: number;
}

/** The stages of a policy, unless it comes from elsewhere. @internal */
export function stagesOf(policy: object): Staged | undefined {
  return (policy as { readonly [STAGES]?: () => Staged })[STAGES]?.();
}
