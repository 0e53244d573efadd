import { portsOf, type Rule, serving } from '../cluster.js';
import { at, itemsAt, textAt } from '../tree.js';
import { probeOf, targetOf } from '../probe.js';

/** Whether there are probes, and whether each asks what it should. */
export const probes: Rule = function* (cluster) {
  for (const { workload, container, who } of serving(cluster)) {
    const readiness = probeOf(container, 'readiness');
    const liveness = probeOf(container, 'liveness');
    const startup = probeOf(container, 'startup');
    const common = { of: workload, line: container.tree.line } as const;
    if (readiness === undefined)
      yield {
        ...common,
        id: 'k8s.no-readiness-probe',
        status: 'FAIL',
        message: `${who} has no readinessProbe: it gets traffic before it is ready, and while it cannot answer`,
        hint: 'ask /health/ready: httpGet { path: /health/ready, port: http }, periodSeconds 5, failureThreshold 2',
      };
    if (liveness === undefined)
      yield {
        ...common,
        id: 'k8s.no-liveness-probe',
        status: 'WARN',
        message: `${who} has no livenessProbe: nobody restarts it when it hangs`,
        hint: 'ask /health/live: httpGet { path: /health/live, port: http }, periodSeconds 10, failureThreshold 3, timeoutSeconds 2',
      };
    else if (readiness !== undefined && liveness.target !== '' && liveness.target === readiness.target)
      yield {
        ...common,
        line: liveness.tree.line,
        id: 'k8s.same-probes',
        status: 'FAIL',
        message: `${who} is asked the same by livenessProbe and readinessProbe: what should take traffic away restarts it`,
        hint: 'let liveness ask /health/live, which knows the process alone, and readiness /health/ready',
      };
    else if (/ready|readyz|\/health\/?$|\/health\/check/.test(liveness.path))
      yield {
        ...common,
        line: liveness.tree.line,
        id: 'k8s.liveness-asks-readiness',
        status: 'FAIL',
        message: `${who} is restarted when a dependency fails: its livenessProbe asks for more than the program itself`,
        hint: 'let it ask /health/live, which knows the process alone',
      };
    if (liveness !== undefined && startup === undefined && liveness.seconds('initialDelaySeconds') === 0)
      yield {
        ...common,
        line: liveness.tree.line,
        id: 'k8s.no-startup-probe',
        status: 'WARN',
        message: `${who} has no startupProbe: a slow start is taken for one that hangs, and begins again`,
        hint: 'ask /health/live every 2 seconds with as many failures as the slowest start takes',
      };
    if (startup !== undefined && /ready|readyz/.test(startup.path))
      yield {
        ...common,
        line: startup.tree.line,
        id: 'k8s.startup-asks-readiness',
        status: 'WARN',
        message: `${who} never starts while a dependency is away, and is restarted again and again: its startupProbe asks for readiness`,
        hint: 'let it ask /health/live; readiness keeps traffic away until the start is done',
      };
  }
};

/** Whether a probe asks a port that there is, and in a way that costs no process. */
export const probeTargets: Rule = function* (cluster) {
  for (const { workload, container, who } of serving(cluster)) {
    const named = itemsAt(container.tree, 'ports').map((port) => textAt(port, 'name'));
    // Containers of a pod share its address.
    const numbers = portsOf(workload).map((port) => textAt(port, 'containerPort'));
    for (const kind of ['readiness', 'liveness', 'startup'] as const) {
      const probe = probeOf(container, kind);
      if (probe === undefined) continue;
      const common = { of: workload, line: probe.tree.line } as const;
      if (targetOf(probe.tree) === undefined)
        yield {
          ...common,
          id: 'k8s.probe-asks-nothing',
          status: 'FAIL',
          message: `${who} has a ${kind}Probe that asks nothing`,
          hint: 'give it httpGet with a path and a port',
        };
      if (at(probe.tree, 'exec') !== undefined)
        yield {
          ...common,
          id: 'k8s.exec-probe',
          status: 'WARN',
          message: `${who} starts a program for each ${kind}Probe, which takes CPU from the service when it is short`,
          hint: 'let the kubelet ask by httpGet',
        };
      const isName = /[a-z]/i.test(probe.port ?? '');
      if (probe.port !== undefined && !(isName ? named : numbers).includes(probe.port))
        yield {
          ...common,
          id: 'k8s.probe-port',
          // A container may listen where it does not say so.
          status: isName ? 'FAIL' : 'WARN',
          message: `${who} has no port ${probe.port}, which its ${kind}Probe asks`,
          hint: 'name the port in ports, or correct the probe',
        };
    }
  }
};
