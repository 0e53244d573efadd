import type { Clock } from '../core/clock.js';
import { redactText } from '../core/redaction.js';
import { within } from '../internal/within.js';
import { hookAllowanceMs, type StopPhase, workUntilMs } from './engine.js';
import { tookTooLong } from './errors.js';
import type { Hooks, StopHook } from './hooks.js';
import type { InFlight } from './in-flight.js';
import { shown } from './journal.js';
import type { Servers } from './servers/index.js';
import type { Timeline } from './timeline.js';

/** What a stop works with. @internal */
export interface StopContext {
  readonly clock: Clock;
  readonly timeline: Timeline;
  readonly budgetMs: number;
  readonly drainMs: number;
  readonly hookTimeoutMs: number;
  readonly servers: Servers;
  readonly work: InFlight;
  readonly hooks: Hooks;
  /** Whether what the hook belongs to runs. */
  readonly isRunning: (hook: StopHook) => boolean;
  /** Notes what had to be cut off. */
  readonly cutOff: (going: InFlight) => void;
}

/** WebSockets get this long to say goodbye; then their connections are ended. */
const GOODBYE_MS = 2_000;

/**
 * The steps of a stop, one after the other: drain while still accepting, close the listeners, await what is in flight,
 * then the hooks. Readiness has changed before it is called. Never rejects.
 * @internal
 */
export async function runStop(context: StopContext): Promise<void> {
  const { servers, work, budgetMs } = context;
  const untilMs = workUntilMs(budgetMs, context.drainMs, context.hooks.stopCount);
  await drain(context);
  servers.close();
  const goodbye = sayGoodbye(context, untilMs);
  await finish(context, 'requests in flight', servers.requests, untilMs);
  await goodbye;
  servers.destroy();
  await runHooks(context, ['ingress']);
  // Not before the ingress is closed: a consumer of a queue takes new work until then.
  await finish(context, 'tracked work', work, untilMs);
  await runHooks(context, ['work', 'resources', 'telemetry']);
}

async function drain({ clock, servers, timeline, drainMs }: StopContext): Promise<void> {
  servers.beginDrain();
  if (drainMs <= 0) return;
  const atMs = timeline.elapsedMs;
  const wait = (waitMs: number) => new Promise<void>((resolve) => clock.schedule(resolve, waitMs, { hold: true }));
  await wait(drainMs / 2);
  servers.tell();
  await wait(drainMs / 2);
  timeline.add('drain while accepting', 'DONE', atMs);
}

async function sayGoodbye({ clock, servers, timeline }: StopContext, untilMs: number): Promise<void> {
  if (servers.upgraded === 0) return;
  const atMs = timeline.elapsedMs;
  const open = servers.upgraded;
  const ms = Math.max(0, Math.min(GOODBYE_MS, untilMs - atMs));
  const outcome = await within(clock, ms, tookTooLong('WebSockets', ms), () => servers.whenDowngraded());
  const left = servers.upgraded;
  servers.sayGoodbye();
  // That a client does not answer is no failure of this process.
  timeline.add(
    'WebSockets',
    'DONE',
    atMs,
    `${String(open)} told to go${outcome.status === 'done' ? '' : `, ${String(left)} did not answer and were ended`}`,
  );
}

async function finish(context: StopContext, name: string, going: InFlight, untilMs: number): Promise<void> {
  if (going.size === 0) return;
  const { clock, timeline, cutOff } = context;
  const atMs = timeline.elapsedMs;
  const outcome = await within(clock, Math.max(0, untilMs - atMs), tookTooLong(name, untilMs - atMs), () =>
    going.whenEmpty(),
  );
  if (outcome.status === 'done') {
    timeline.add(name, 'DONE', atMs);
    return;
  }
  cutOff(going);
  const names = going.oldest().map(({ what }) => what);
  timeline.add(name, 'TIMED_OUT', atMs, redactText(`${String(going.size)} cut off: ${names.join(', ')}`, 500));
}

async function runHooks(context: StopContext, phases: readonly StopPhase[]): Promise<void> {
  const { clock, timeline, hooks, isRunning, budgetMs, hookTimeoutMs } = context;
  const planned = hooks.stops(phases);
  const after = phases[0] === 'ingress' ? hooks.stopCount - planned.length : 0;
  for (const [i, hook] of planned.entries()) {
    const name = `stop ${hook.name}`;
    const atMs = timeline.elapsedMs;
    if (!isRunning(hook)) {
      timeline.add(name, 'SKIPPED', atMs, 'it had not been started');
      continue;
    }
    const later = planned.length - i - 1 + after;
    const ms = hookAllowanceMs(hook.timeoutMs ?? hookTimeoutMs, Math.max(0, budgetMs - atMs), later);
    const outcome = await within(clock, ms, tookTooLong(name, ms), (signal) => hook.run({ signal }));
    if (outcome.status === 'done') timeline.add(name, 'DONE', atMs);
    else if (outcome.status === 'failed') timeline.add(name, 'FAILED', atMs, shown(outcome.error));
    else timeline.add(name, 'TIMED_OUT', atMs, `took longer than ${String(Math.round(ms))} ms`);
  }
}
