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
  return (
    Object.hasOwn(process.getBuiltinModule('node:os').constants.signals, signal) &&
    signal !== 'SIGKILL' &&
    signal !== 'SIGSTOP'
  );
}

/** Whether a standard stream is a terminal. What knows it is loaded when it is asked: an import has to be quick. */
function isTerminal(fd: number): boolean {
  return process.getBuiltinModule('node:tty').isatty(fd);
}

/**
 * Closes the listener of a server alone: `http.Server.close` would also cut off the connections that are idle at this
 * moment.
 * @internal
 */
export function stopListening(server: { readonly listening: boolean; close: () => unknown }): void {
  if (!server.listening) return;
  const { Server } = process.getBuiltinModule('node:net');
  if (server instanceof Server) Server.prototype.close.call(server);
  else server.close();
}

/** Where the process runs, by its environment and its standard streams. @internal */
export function surroundings(): Surroundings {
  const { KUBERNETES_SERVICE_HOST, NODE_ENV, TERMINATION_GRACE_PERIOD_SECONDS } = process.env;
  const seconds = Number(TERMINATION_GRACE_PERIOD_SECONDS ?? '');
  return {
    kubernetes: (KUBERNETES_SERVICE_HOST ?? '') !== '',
    terminal: isTerminal(1),
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

/**
 * Ends the process of a signal that it has handled, so that its parent sees what it ended of. If somebody else still
 * listens to it, it would end nothing; then with the exit code that shells use for it.
 * @internal
 */
export function endOf(signal: string, exit: Exit): void {
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  else
    exit(
      128 + ((process.getBuiltinModule('node:os').constants.signals as Readonly<Record<string, number>>)[signal] ?? 0),
    );
}

/** Runs something in a turn of the event loop of its own, which is the next one. @internal */
export function soon(run: () => void): void {
  setImmediate(run);
}

/** Resolves in the next turn of the event loop, after what was said in this one is written. @internal */
export function aTurn(): Promise<void> {
  return new Promise(soon);
}

/**
 * What keeps the process alive, by type and number, after what has just been closed had its turn to go. Without the
 * standard streams, which never keep it.
 * @internal
 */
export async function keepsAlive(): Promise<Record<string, number>> {
  for (let i = 0; i < 3; i++) await aTurn();
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
  const terminals = [0, 1, 2].filter((fd) => isTerminal(fd)).length;
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
