/** Where the process is in its life. */
export const LifecyclePhase = /* @__PURE__ */ Object.freeze({
  STARTING: 'STARTING',
  READY: 'READY',
  DRAINING: 'DRAINING',
  STOPPED: 'STOPPED',
});
/** One of the values of the constant {@link LifecyclePhase}. */
export type LifecyclePhase = (typeof LifecyclePhase)[keyof typeof LifecyclePhase];

/** The phases in the only order in which they come; one may be left out, none comes back. @internal */
export const PHASES: readonly LifecyclePhase[] = /* @__PURE__ */ Object.freeze([
  'STARTING',
  'READY',
  'DRAINING',
  'STOPPED',
]);

/** @internal */
export function mayFollow(from: LifecyclePhase, to: LifecyclePhase): boolean {
  return PHASES.indexOf(to) > PHASES.indexOf(from);
}

/** When a stop hook runs: after the requests, in this order. */
export type StopPhase = 'ingress' | 'work' | 'resources' | 'telemetry';

/** @internal */
export const STOP_PHASES: readonly StopPhase[] = /* @__PURE__ */ Object.freeze([
  'ingress',
  'work',
  'resources',
  'telemetry',
]);

/** What the drain delay depends on. @internal */
export interface Surroundings {
  readonly kubernetes: boolean;
  readonly terminal: boolean;
  /** The environment calls itself `test` or `development`. */
  readonly development: boolean;
  /** What the environment says of the time between SIGTERM and SIGKILL. */
  readonly gracePeriodMs: number | undefined;
}

/** How long a replica goes on accepting while those who send to it learn that it leaves. @internal */
export function drainDelayFor({ kubernetes, terminal, development }: Surroundings, preStopMs: number): number {
  if (kubernetes) return Math.max(0, KUBERNETES_DRAIN_MS - preStopMs);
  return terminal || development ? 0 : ELSEWHERE_DRAIN_MS;
}

const KUBERNETES_DRAIN_MS = 5_000;
const ELSEWHERE_DRAIN_MS = 1_000;
const KUBERNETES_GRACE_MS = 30_000;
/** What must be left between the last thing that we do and the SIGKILL. */
const SPARE_MS = 2_000;

/** The grace period that is known of, or that Kubernetes gives unless it was told otherwise. @internal */
export function gracePeriodOf(surroundings: Surroundings): number | undefined {
  return surroundings.gracePeriodMs ?? (surroundings.kubernetes ? KUBERNETES_GRACE_MS : undefined);
}

/** By how much a stop may outlast its grace period; 0 when it fits. @internal */
export function overrunMs(budgetMs: number, preStopMs: number, gracePeriodMs: number): number {
  return Math.max(0, budgetMs + preStopMs + SPARE_MS - gracePeriodMs);
}

/** The most of a budget that a drain may take, so that something is left for what comes after it. @internal */
export const MOST_DRAIN_RATIO = 0.8;

/**
 * When the requests in flight, and later the tracked work, must be done, in ms after the stop began: they get what the hooks
 * do not need. A fifth of the budget, at most 5 s, is kept for these.
 * @internal
 */
export function workUntilMs(budgetMs: number, drainMs: number, hooks: number): number {
  const forHooks = hooks === 0 ? 0 : Math.min(5_000, budgetMs / 5);
  return Math.max(drainMs, budgetMs - forHooks);
}

/**
 * How long one hook may take: what it asked for, but never so long that those after it could not run at all.
 *
 * @param later - how many hooks come after it.
 * @internal
 */
export function hookAllowanceMs(timeoutMs: number, remainingMs: number, later: number): number {
  const share = remainingMs / (later + 1);
  const keptForLater = later * Math.min(500, share);
  return Math.max(0, Math.min(timeoutMs, remainingMs - keptForLater));
}

/** A start hook as the order sees it. @internal */
export interface Ordered {
  readonly name: string;
  /** Names of those that must be done before; `undefined`: all that were registered before. */
  readonly needs: readonly string[] | undefined;
}

/**
 * Whom each start hook waits for, by name.
 *
 * @returns what is wrong instead, as text, when a name is unknown or hooks wait for each other.
 * @internal
 */
export function startOrder(hooks: readonly Ordered[]): ReadonlyMap<string, readonly string[]> | string {
  const waitsFor = new Map<string, readonly string[]>();
  for (const [i, { name, needs }] of hooks.entries()) {
    waitsFor.set(name, needs ?? hooks.slice(0, i).map((before) => before.name));
  }
  for (const [name, needs] of waitsFor) {
    const unknown = needs.find((need) => !waitsFor.has(need));
    if (unknown !== undefined) return `'${name}' needs '${unknown}', which no onStart has`;
  }
  const done = new Set<string>();
  for (;;) {
    const ready = [...waitsFor].filter(([name, needs]) => !done.has(name) && needs.every((need) => done.has(need)));
    if (ready.length === 0) break;
    for (const [name] of ready) done.add(name);
  }
  const stuck = [...waitsFor.keys()].filter((name) => !done.has(name));
  return stuck.length === 0 ? waitsFor : `${stuck.map((name) => `'${name}'`).join(', ')} wait for each other`;
}

/** A second signal this soon after the first is the same one, told to the whole process group. @internal */
export const SAME_SIGNAL_MS = 100;

/** Errors that would end the process at once. */
export type FatalErrorKind = 'uncaughtException' | 'unhandledRejection';

/** How long a stop may outlast its budget before it is ended by force: every step of it is bounded by itself. @internal */
export const LAST_RESORT_MS = 250;

/** How long the last lines of a stop may take to be written, after everything else. @internal */
export const MOST_FLUSH_MS = 500;
