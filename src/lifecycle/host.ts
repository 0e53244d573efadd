import { constants } from 'node:os';
import { isatty } from 'node:tty';
import { setImmediate as turn } from 'node:timers/promises';
import type { FatalErrorKind, Surroundings } from './engine.js';

/** Ends the process. @internal */
export type Exit = (code: number) => void;

/** What ends the process unless the user says otherwise; read late, so that a test may replace it. @internal */
export function processExit(): Exit {
  // It needs no `this`, and which function it is tells the lifecycles that end the process in the same way.
  // eslint-disable-next-line @typescript-eslint/unbound-method
  return process.exit;
}

/** Signals that a process can hear of. @internal */
export function canBeHeard(signal: string): boolean {
  return Object.hasOwn(constants.signals, signal) && signal !== 'SIGKILL' && signal !== 'SIGSTOP';
}

/** Where the process runs, by its environment and its standard streams. @internal */
export function surroundings(): Surroundings {
  const { KUBERNETES_SERVICE_HOST, NODE_ENV, TERMINATION_GRACE_PERIOD_SECONDS } = process.env;
  const seconds = Number(TERMINATION_GRACE_PERIOD_SECONDS ?? '');
  return {
    kubernetes: (KUBERNETES_SERVICE_HOST ?? '') !== '',
    terminal: isatty(1),
    development: NODE_ENV === 'test' || NODE_ENV === 'development',
    gracePeriodMs: Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : undefined,
  };
}

/** Hears of signals and of fatal errors until the returned function is called. @internal */
export function listen(
  signals: readonly string[],
  onSignal: (signal: string) => void,
  fatal: readonly FatalErrorKind[],
  onFatal: (kind: FatalErrorKind, error: unknown) => void,
): () => void {
  const added: (() => void)[] = [];
  const add = (event: string, listener: (...args: unknown[]) => void): void => {
    process.on(event, listener);
    added.push(() => {
      process.removeListener(event, listener);
    });
  };
  for (const signal of signals) {
    add(signal, () => {
      onSignal(signal);
    });
  }
  for (const kind of fatal) {
    add(kind, (error) => {
      onFatal(kind, error);
    });
  }
  return () => {
    for (const remove of added) remove();
  };
}

/** Sends the process a signal again that it has handled, so that its parent sees what it ended of. @internal */
export function raise(signal: string): void {
  process.kill(process.pid, signal);
}

/** Runs something in a turn of the event loop of its own, which is the next one. @internal */
export function soon(run: () => void): void {
  setImmediate(run);
}

/**
 * What keeps the process alive, by type and number, after what has just been closed had its turn to go. Without the
 * standard streams, which never keep it.
 * @internal
 */
export async function keepsAlive(): Promise<Record<string, number>> {
  for (let i = 0; i < 3; i++) await turn();
  const counts = new Map<string, number>();
  for (const type of process.getActiveResourcesInfo()) {
    if (!PASSING.includes(type)) counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  for (const type of ['TTYWrap', 'PipeWrap']) counts.set(type, (counts.get(type) ?? 0) - standardStreams(type));
  return Object.fromEntries([...counts].filter(([, count]) => count > 0));
}

/** Requests that end by themselves at once, such as that of this very look. */
const PASSING: readonly string[] = /* @__PURE__ */ Object.freeze(['CloseReq', 'Immediate', 'TickObject']);

/** How many of the handles of that type are the process's standard streams, when they are such at all. */
function standardStreams(type: string): number {
  const terminals = [0, 1, 2].filter((fd) => isatty(fd)).length;
  return type === 'TTYWrap' ? terminals : 3 - terminals;
}

const COMPANIES = /* @__PURE__ */ Symbol.for('breakwater.lifecycles');

/** All lifecycles of the process that end it in the same way, over every copy of this package. */
interface Company {
  readonly running: Set<object>;
  worstCode: number;
}

/**
 * A process ends when its last lifecycle has stopped, and with the worst of their codes: one that exits first would cut
 * off what the others still drain.
 * @internal
 */
export function join(exit: Exit, lifecycle: object): { leave(code: number): number | undefined } {
  const shared = globalThis as { [COMPANIES]?: WeakMap<Exit, Company> | undefined };
  const companies: WeakMap<Exit, Company> = (shared[COMPANIES] ??= new WeakMap());
  const company = companies.get(exit) ?? { running: new Set(), worstCode: 0 };
  companies.set(exit, company);
  company.running.add(lifecycle);
  return {
    leave(code) {
      company.running.delete(lifecycle);
      company.worstCode = Math.max(company.worstCode, code);
      if (company.running.size > 0) return undefined;
      const worst = company.worstCode;
      company.worstCode = 0;
      return worst;
    },
  };
}
