import { type Rule, serving } from '../cluster.js';
import { probeOf } from '../probe.js';

/** Until traffic stays away from what cannot answer. */
const SLOWEST_READINESS_S = 30;
/** However long a stop may take: a process that says nothing for so long is taken for one that hangs. */
const LONGEST_SILENCE_S = 30;

/** Whether probes are as quick, and as patient, as the application's own numbers need. */
export const probeTimes: Rule = function* (cluster) {
  const { budgetMs, healthTimeoutMs } = cluster.numbers;
  for (const { workload, container, who } of serving(cluster)) {
    for (const kind of ['readiness', 'liveness', 'startup'] as const) {
      const probe = probeOf(container, kind);
      if (probe === undefined || probe.seconds('timeoutSeconds') <= probe.seconds('periodSeconds')) continue;
      yield {
        of: workload,
        line: probe.tree.line,
        id: 'k8s.probe-longer-than-period',
        status: 'WARN',
        message: `${who} has a ${kind}Probe that waits longer (${String(probe.seconds('timeoutSeconds'))} s) than from one to the next`,
        hint: 'make periodSeconds at least timeoutSeconds',
      };
    }
    const readiness = probeOf(container, 'readiness');
    if (readiness !== undefined) {
      const timeout = readiness.seconds('timeoutSeconds');
      if (timeout * 1_000 < healthTimeoutMs)
        yield {
          of: workload,
          line: readiness.tree.line,
          id: 'k8s.probe-timeout',
          status: 'WARN',
          message: `${who}: the readinessProbe gives up after ${String(timeout)} s, before a health check may (${String(healthTimeoutMs)} ms): nobody hears why`,
          hint: `make timeoutSeconds ${String(Math.ceil(healthTimeoutMs / 1_000))}, or give the checks less time and say so with --health-timeout-ms`,
        };
      const seconds = readiness.seconds('periodSeconds') * readiness.seconds('failureThreshold') + timeout;
      if (seconds > SLOWEST_READINESS_S)
        yield {
          of: workload,
          line: readiness.tree.line,
          id: 'k8s.slow-readiness',
          status: 'WARN',
          message: `${who} gets traffic for up to ${String(seconds)} s after it became unable to answer`,
          hint: 'make periodSeconds 5 and failureThreshold 2',
        };
    }
    const liveness = probeOf(container, 'liveness');
    if (liveness === undefined) continue;
    const silence = liveness.seconds('periodSeconds') * liveness.seconds('failureThreshold');
    const least = Math.min(budgetMs / 1_000, LONGEST_SILENCE_S);
    if (silence < least)
      yield {
        of: workload,
        line: liveness.tree.line,
        id: 'k8s.hasty-liveness',
        status: 'WARN',
        message: `${who} is restarted after ${String(silence)} s of silence, sooner than it may take to stop in order (${String(least)} s)`,
        hint: 'make periodSeconds 10 and failureThreshold 3: a pause that would have passed is no reason for a restart',
      };
  }
};
