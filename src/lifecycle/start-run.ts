import type { Clock } from '../core/clock.js';
import { HealthStatus, isHealthStatus } from '../core/health-status.js';
import { redactText } from '../core/redaction.js';
import { type Outcome, within } from '../internal/within.js';
import { tookTooLong } from './errors.js';
import type { StartHook } from './hooks.js';
import { shown } from './journal.js';
import type { LifecycleDeployment, LifecycleHealth, LifecycleHealthReport, LifecycleVerdict } from './options.js';
import type { Timeline } from './timeline.js';

/** A step did not succeed; `cause` is what it threw. @internal */
export class StepFailure {
  constructor(
    readonly step: string,
    readonly message: string,
    readonly cause?: unknown,
  ) {}
}

/** What a start works with. @internal */
export interface StartContext {
  readonly clock: Clock;
  readonly timeline: Timeline;
  readonly timeoutMs: number;
  /** How long a hook may take to end in order when the start is given up. */
  readonly giveUpMs: number;
  readonly deployment: LifecycleDeployment | undefined;
  readonly health: LifecycleHealth | undefined;
  readonly hooks: readonly StartHook[];
  /** Whom each hook waits for. */
  readonly order: ReadonlyMap<string, readonly string[]>;
  /** Aborts when the start is given up. */
  readonly abort: AbortSignal;
  /** Names of what was started, as it is. */
  readonly started: Set<string>;
}

const ASK_AGAIN_MS = 500;

/** The steps of a start, one after the other. Resolves with what failed, if anything did; never rejects. @internal */
export async function runStart(context: StartContext): Promise<StepFailure | undefined> {
  return (
    (await askDeployment(context)) ??
    (await runHooks(context)) ??
    (await askHealth(context)) ??
    (context.abort.aborted ? new StepFailure('start', 'was given up') : undefined)
  );
}

/** Runs one step and books it; `judge` says what is wrong with its answer. */
async function step<T>(
  { clock, timeline, timeoutMs, abort }: StartContext,
  name: string,
  run: (signal: AbortSignal) => T | PromiseLike<T>,
  judge: (value: T) => string | undefined = () => undefined,
  limits: {
    readonly longestMs?: number | undefined;
    readonly giveUpMs?: number;
    readonly hint?: () => string | undefined;
  } = {},
): Promise<{ readonly failure?: StepFailure; readonly value?: T }> {
  const atMs = timeline.elapsedMs;
  if (abort.aborted) {
    timeline.add(name, 'SKIPPED', atMs, 'the start was given up');
    return { failure: new StepFailure(name, 'was not begun: the start was given up') };
  }
  const ms = Math.max(0, Math.min(limits.longestMs ?? Infinity, timeoutMs - atMs));
  const outcome: Outcome<T> = await within(clock, ms, tookTooLong(name, ms), run, {
    signal: abort,
    graceMs: limits.giveUpMs ?? 0,
  });
  if (outcome.status === 'timed out') {
    const why = isAborted(abort) ? 'was given up' : `took longer than ${String(Math.round(ms))} ms`;
    const message = redactText([why, limits.hint?.()].filter((text) => text !== undefined).join('; '), 500);
    timeline.add(name, 'TIMED_OUT', atMs, message);
    return { failure: new StepFailure(name, message) };
  }
  if (outcome.status === 'failed') {
    timeline.add(name, 'FAILED', atMs, shown(outcome.error));
    return { failure: new StepFailure(name, shown(outcome.error), outcome.error) };
  }
  const problem = judged(() => judge(outcome.value));
  if (problem === undefined) {
    timeline.add(name, 'DONE', atMs);
    return { value: outcome.value };
  }
  const message = redactText(problem, 500);
  timeline.add(name, 'FAILED', atMs, message);
  return { failure: new StepFailure(name, message) };
}

/** What comes from elsewhere may throw when it is looked at. */
function judged(judge: () => string | undefined): string | undefined {
  try {
    return judge();
  } catch (error) {
    return `its answer cannot be read: ${shown(error)}`;
  }
}

async function askDeployment(context: StartContext): Promise<StepFailure | undefined> {
  const { deployment } = context;
  if (deployment === undefined) return undefined;
  const asked = await step(context, 'deployment checks', () => deployment.runAllChecks(), notAVerdict, {
    hint: () => 'runAllChecks() has not answered',
  });
  if (asked.failure !== undefined) return asked.failure;
  return (await step(context, 'verdict', () => asked.value, whatFails)).failure;
}

function notAVerdict(verdict: unknown): string | undefined {
  const said = (verdict as Partial<LifecycleVerdict> | null | undefined)?.allPass;
  return typeof said === 'boolean'
    ? undefined
    : 'runAllChecks() must answer an object that says by allPass, true or false, whether all passed';
}

function whatFails(verdict: LifecycleVerdict | undefined): string | undefined {
  // A checker of one's own may say that all pass and mean something else by it.
  const failed = listed(verdict?.results).filter(({ status }) => status === 'FAIL');
  const names = failed.map(({ id, message }) => named(id, message));
  if (names.length > 0) return `failed: ${names.join(', ')}`;
  return verdict?.allPass === true ? undefined : 'the deployment checks did not pass';
}

/** The entries of a list that comes from elsewhere, whatever else is in it. */
function listed(list: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (!Array.isArray(list)) return [];
  return (list as readonly unknown[]).filter((one) => typeof one === 'object' && one !== null) as Record<
    string,
    unknown
  >[];
}

function named(name: unknown, message: unknown): string {
  const shownName = typeof name === 'string' ? name : 'one without a name';
  return typeof message === 'string' ? `${shownName} (${message})` : shownName;
}

async function runHooks(context: StartContext): Promise<StepFailure | undefined> {
  const { hooks, order, started, abort } = context;
  const giveUp = new AbortController();
  const passOn = (): void => {
    giveUp.abort(abort.reason);
  };
  abort.addEventListener('abort', passOn, { once: true });
  if (abort.aborted) passOn();
  let failure: StepFailure | undefined;
  const running = new Map<string, Promise<void>>();
  const run = async (hook: StartHook): Promise<void> => {
    // A promise of every hook is in the map before the first of them goes on.
    await Promise.resolve();
    await Promise.all((order.get(hook.name) ?? []).map((need) => running.get(need) ?? Promise.resolve()));
    const result = await step(
      { ...context, abort: giveUp.signal },
      `start ${hook.name}`,
      (signal) => hook.run({ signal }),
      undefined,
      { longestMs: hook.timeoutMs, giveUpMs: context.giveUpMs },
    );
    if (result.failure === undefined) started.add(hook.name);
    else {
      failure ??= result.failure;
      giveUp.abort(result.failure);
    }
  };
  for (const hook of hooks) running.set(hook.name, run(hook));
  await Promise.all(running.values());
  abort.removeEventListener('abort', passOn);
  return failure;
}

async function askHealth(context: StartContext): Promise<StepFailure | undefined> {
  const { health, clock } = context;
  if (health === undefined) return undefined;
  const first = await step(context, 'health initialised', () => health.startup(), notAReport);
  if (first.failure !== undefined) return first.failure;
  let report = first.value;
  const confirm = async (signal: AbortSignal): Promise<LifecycleHealthReport | undefined> => {
    while (judged(() => whatAils(report)) !== undefined && !isAborted(signal)) {
      await pause(clock, ASK_AGAIN_MS, signal);
      if (!isAborted(signal)) report = await health.startup();
    }
    return report;
  };
  const judge = (last: LifecycleHealthReport | undefined): string | undefined => notAReport(last) ?? whatAils(last);
  return (await step(context, 'health confirmed', confirm, judge, { hint: () => judged(() => whatAils(report)) }))
    .failure;
}

function notAReport(report: unknown): string | undefined {
  const status = (report as Partial<LifecycleHealthReport> | null | undefined)?.status;
  return isHealthStatus(status) ? undefined : 'startup() must answer a report with a status';
}

function whatAils(report: LifecycleHealthReport | undefined): string | undefined {
  const components = listed(report?.components);
  const unknown = components.filter(({ critical, message }) => critical === true && message === 'pending');
  if (report?.status !== HealthStatus.UNHEALTHY) {
    return unknown.length === 0
      ? undefined
      : `not known yet: ${unknown.map(({ name }) => named(name, undefined)).join(', ')}`;
  }
  const ailing = components.filter(({ status }) => status === HealthStatus.UNHEALTHY);
  return `UNHEALTHY: ${ailing.map(({ name, message }) => named(name, message)).join(', ')}`;
}

function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.schedule(done, ms, { hold: true });
    signal.addEventListener('abort', done, { once: true });
  });
}

/** Asked anew each time: a signal aborts while somebody waits. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
