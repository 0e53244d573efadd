import { called, type Container, type Rule } from '../cluster.js';
import { at, numberAt, wordsAt } from '../tree.js';

/** What is left between the end of a stop and the kill. */
const SPARE_MS = 2_000;
/** What Kubernetes waits unless it is told otherwise. */
const GRACE_S = 30;
/** How long others may go on sending after a pod was told to stop. */
const LEAST_DRAIN_MS = 2_000;

/** Whether a pod has the time to stop that its application takes. */
export const stopping: Rule = function* ({ workloads, numbers: { budgetMs, drainDelayMs } }) {
  for (const workload of workloads) {
    if (!workload.isLasting) continue;
    const grace = at(workload.pod, 'terminationGracePeriodSeconds');
    const seconds = numberAt(grace) ?? GRACE_S;
    const line = grace?.line ?? workload.pod.line;
    for (const container of workload.containers) {
      const who = `${called(workload)}, container ${container.name}`;
      const hook = preStopOf(container);
      if (hook !== undefined && hook.ms === undefined) {
        yield {
          of: workload,
          line: hook.line,
          id: 'k8s.pre-stop-unknown',
          status: 'WARN',
          message: `${who} has a preStop hook whose time cannot be told, and it counts against the grace period`,
          hint: 'use preStop: { sleep: { seconds: … } }, or none: the library goes on accepting for a while by itself',
        };
        continue;
      }
      const preStopMs = hook?.ms ?? 0;
      const needed = preStopMs + budgetMs + SPARE_MS;
      if (seconds * 1_000 < needed)
        yield {
          of: workload,
          line,
          id: 'k8s.grace-period-too-short',
          status: 'FAIL',
          message:
            `${who} is killed after ${String(seconds)} s, before its stop is done: preStop ${String(preStopMs)} ms, ` +
            `budget ${String(budgetMs)} ms and ${String(SPARE_MS)} ms to spare`,
          hint: `make terminationGracePeriodSeconds at least ${String(Math.ceil(needed / 1_000))}, or budgetMs smaller`,
        };
      if (container.serves && preStopMs + drainDelayMs < LEAST_DRAIN_MS)
        yield {
          of: workload,
          line: hook?.line ?? container.tree.line,
          id: 'k8s.no-drain',
          status: 'WARN',
          message: `${who} stops accepting ${String(preStopMs + drainDelayMs)} ms after it is told to stop, while others still send to it`,
          hint: "leave drainDelayMs at 'auto', or use preStop: { sleep: { seconds: 5 } }",
        };
    }
  }
};

function preStopOf({ tree }: Container): { readonly ms: number | undefined; readonly line: number } | undefined {
  const hook = at(tree, 'lifecycle', 'preStop');
  if (hook === undefined) return undefined;
  const seconds = numberAt(hook, 'sleep', 'seconds') ?? sleepOf(wordsAt(hook, 'exec', 'command').join(' '));
  return { ms: seconds === undefined ? undefined : seconds * 1_000, line: hook.line };
}

function sleepOf(command: string): number | undefined {
  const seconds = /^(?:(?:\/bin\/)?(?:ba)?sh -c )?(?:\/bin\/)?sleep (\d{1,5}(?:\.\d+)?)s?$/.exec(command)?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}
