import { called, everyContainer, type Rule, type Workload } from '../cluster.js';
import { at, flagAt, numberAt, textAt, type Tree, wordsAt } from '../tree.js';

/** What containers have without asking. Source: the Pod Security Standards, Baseline. */
const USUAL = /^(AUDIT_WRITE|CHOWN|DAC_OVERRIDE|FOWNER|FSETID|KILL|MKNOD|SETFCAP|SETGID|SETPCAP|SETUID|SYS_CHROOT)$/;

/** What a process may do to its machine, should somebody else come to run it. */
export const security: Rule = function* (cluster) {
  for (const { workload, container, who } of everyContainer(cluster)) {
    const own = at(container.tree, 'securityContext');
    const common = { of: workload, line: own?.line ?? container.tree.line } as const;
    if (isRoot(own, workload))
      yield {
        ...common,
        id: 'k8s.runs-as-root',
        status: 'FAIL',
        message: `${who} may run as root`,
        hint: 'set runAsNonRoot: true in the securityContext of the pod, and USER in the image by its number',
      };
    if (flagAt(own, 'privileged') === true)
      yield {
        ...common,
        id: 'k8s.privileged',
        status: 'FAIL',
        message: `${who} is privileged: it has the rights of the node`,
        hint: 'take privileged out',
      };
    if (flagAt(own, 'allowPrivilegeEscalation') !== false)
      yield {
        ...common,
        id: 'k8s.privilege-escalation',
        status: 'WARN',
        message: `${who} may gain rights that it did not start with`,
        hint: 'set allowPrivilegeEscalation: false',
      };
    if (flagAt(own, 'readOnlyRootFilesystem') !== true)
      yield {
        ...common,
        id: 'k8s.writable-root',
        status: 'WARN',
        message: `${who} may change its own program`,
        hint: 'set readOnlyRootFilesystem: true, and mount an emptyDir where it writes, such as /tmp',
      };
    if (!wordsAt(own, 'capabilities', 'drop').some((word) => word.toUpperCase() === 'ALL'))
      yield {
        ...common,
        id: 'k8s.capabilities',
        status: 'WARN',
        message: `${who} keeps capabilities that Node does not need`,
        hint: 'set capabilities: { drop: [ALL] }',
      };
    const added = wordsAt(own, 'capabilities', 'add')
      .map((word) => word.toUpperCase().replace(/^CAP_/, ''))
      .filter((word) => word !== 'NET_BIND_SERVICE');
    if (added.length > 0)
      yield {
        ...common,
        line: at(own, 'capabilities', 'add')?.line ?? common.line,
        id: 'k8s.capabilities',
        status: added.every((word) => USUAL.test(word)) ? 'WARN' : 'FAIL',
        message: `${who} adds the capabilities ${added.join(', ')}`,
        hint: 'take add out; a Node service needs NET_BIND_SERVICE at most, for a port below 1024',
      };
    if (!/^(RuntimeDefault|Localhost)$/.test(inherited(own, workload, 'seccompProfile', 'type') ?? ''))
      yield {
        ...common,
        id: 'k8s.no-seccomp',
        status: 'WARN',
        message: `${who} may make every system call`,
        hint: 'set seccompProfile: { type: RuntimeDefault } in the securityContext of the pod',
      };
  }
};

/** Whether pods carry a key to the cluster that nobody asked for. */
export const serviceAccountToken: Rule = function* ({ workloads }) {
  for (const workload of workloads) {
    const account = textAt(workload.pod, 'serviceAccountName') ?? 'default';
    // Who names an account means to talk to the cluster.
    if (account !== 'default' || flagAt(workload.pod, 'automountServiceAccountToken') === false) continue;
    yield {
      of: workload,
      line: workload.pod.line,
      id: 'k8s.service-account-token',
      status: 'WARN',
      message: `${called(workload)} carries a token for the cluster's API that it does not need`,
      hint: 'set automountServiceAccountToken to false in the spec of the pod',
    };
  }
};

function isRoot(own: Tree | undefined, { pod }: Workload): boolean {
  const all = at(pod, 'securityContext');
  const user = numberAt(own, 'runAsUser') ?? numberAt(all, 'runAsUser');
  if (user !== undefined) return user === 0;
  return (flagAt(own, 'runAsNonRoot') ?? flagAt(all, 'runAsNonRoot')) !== true;
}

function inherited(own: Tree | undefined, { pod }: Workload, ...path: readonly string[]): string | undefined {
  return textAt(own, ...path) ?? textAt(pod, 'securityContext', ...path);
}
