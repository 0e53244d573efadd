import type { CallContext, Policy } from '../call-context.js';
import { Plan } from '../plan.js';
import { Between, type Inner, type Stage } from '../execution.js';
import { stagesOf } from '../stages.js';

/**
 * The plan of policies from the outermost to the innermost. A run keeps the numbers of one breaker, one retry and one time
 * limit: where a second one stands, a plan of its own begins inside, as around a policy that is no stage.
 *
 * @param beside - whether several runs of it belong to one call.
 * @internal
 */
export function compile(policies: readonly Policy<unknown>[], beside = false): Plan {
  const stages: Stage[] = [];
  for (const [i, policy] of policies.entries()) {
    const staged = stagesOf(policy);
    const inside = policies.slice(i + 1);
    if (staged === undefined) return new Plan(stages, fromElsewhere(policy, compile(inside, true)), beside);
    const { around } = staged;
    if (around !== undefined) {
      const plan = compile(inside, true);
      return new Plan(stages, (run, operation) => around(run, plan, operation), beside);
    }
    if (staged.stages.some((stage) => stands(stages, stage))) {
      const plan = compile(policies.slice(i));
      return new Plan(stages, (run, operation) => plan.run('pipeline', operation, run), beside);
    }
    stages.push(...staged.stages);
  }
  return new Plan(stages, undefined, beside);
}

function stands(stages: readonly Stage[], { part }: Stage): boolean {
  return part !== undefined && stages.some((other) => other.part === part);
}

function fromElsewhere(policy: Policy<unknown>, plan: Plan): Inner {
  return (run, operation) =>
    policy.execute((call: CallContext | undefined) => plan.run('pipeline', operation, new Between(run, call ?? run)), {
      signal: run.signal,
    });
}
