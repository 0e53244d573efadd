import type { Clock } from '../../core/clock.js';
import { type Staged, stagesOf } from '../stages.js';

/** Policies that run what is inside of them for each failure, or count each failure. */
const WANT_FAILURES = ['retry', 'circuit-breaker', 'hedge'];

/** Pipelines that are made for each request with numbers of their own must not be told about, and remembered, for ever. */
const MOST_TOLD = 100;
/** By clock: a process has one, and a test that brings its own is a world of its own. */
const toldIn = /* @__PURE__ */ new WeakMap<Clock, Set<string>>();

/**
 * What cannot work about policies that are written in this order, in words: each problem once in the life of the process;
 * nothing when all is well.
 * @internal
 */
export function newProblems(policies: readonly object[], clock: Clock): string[] {
  const told = toldIn.get(clock) ?? new Set();
  const problems = new Set([...impossibleOrders(policies.map(stagesOf)), ...repeated(policies)]);
  const fresh = [...problems].filter((problem) => !told.has(problem)).slice(0, MOST_TOLD - told.size);
  for (const problem of fresh) told.add(problem);
  toldIn.set(clock, told);
  return fresh;
}

function impossibleOrders(policies: readonly (Staged | undefined)[]): string[] {
  const problems: string[] = [];
  for (const [i, outer] of policies.entries()) {
    if (outer === undefined) continue;
    for (const inner of policies.slice(i + 1)) {
      const problem = inner === undefined ? undefined : problemOf(outer, inner);
      if (problem !== undefined) problems.push(problem);
    }
  }
  return problems;
}

function problemOf(outer: Staged, inner: Staged): string | undefined {
  if (inner.kind === 'fallback' && inner.answersAll === true && WANT_FAILURES.includes(outer.kind)) {
    return `the fallback inside answers every failure, so that the ${outer.kind} around it never sees one; put it outside`;
  }
  if (inner.kind === 'deadline' && (outer.kind === 'retry' || outer.kind === 'hedge')) {
    return `each attempt of the ${outer.kind} gets a deadline of its own; put the deadline outside, or use timeout inside`;
  }
  if (outer.limitMs !== undefined && inner.limitMs !== undefined && outer.limitMs <= inner.limitMs) {
    return `the limit of ${String(inner.limitMs)} ms is never reached inside one of ${String(outer.limitMs)} ms`;
  }
  return undefined;
}

/** Policies that stand in a pipeline more than once. */
function repeated(policies: readonly object[]): string[] {
  const twice = new Set(policies.filter((policy, i) => policies.indexOf(policy) !== i));
  return Array.from(twice, (policy) => {
    const { kind = 'policy' } = policy as { readonly kind?: string };
    return `the same ${kind} stands in it twice, and counts each call twice`;
  });
}
