import type { LifecyclePhase } from './engine.js';

/** One step of a start or a stop: plain JSON, safe to print. */
export interface LifecycleStep {
  /** What was done, such as `deployment checks`, `start database` or `requests in flight`. */
  readonly name: string;
  /** `SKIPPED`: there was nothing to do, or what it belongs to had not been started. */
  readonly status: 'DONE' | 'FAILED' | 'TIMED_OUT' | 'SKIPPED';
  /** When it began, in ms after the start or the stop began. */
  readonly atMs: number;
  /** How long it took, in ms. */
  readonly durationMs: number;
  /** Why it is not `DONE`, or what it found; redacted, at most 500 characters. */
  readonly message?: string;
}

/** How a start went. */
export interface StartReport {
  readonly ok: boolean;
  /** When it began, in ms since the Unix epoch. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** In the order in which they ended. */
  readonly steps: readonly LifecycleStep[];
}

/** Something that was still going on when nobody could wait for it any longer. */
export interface UnfinishedWork {
  /** A request by method and route, or the label of tracked work; redacted. */
  readonly what: string;
  /** How long it had been going on, in ms. */
  readonly ageMs: number;
}

/** How a stop went. */
export interface StopReport {
  /** Why: the signal's name, `uncaughtException`, `unhandledRejection`, `start failed`, or what `stop` was given. */
  readonly reason: string;
  /** Nothing failed, nothing timed out and nothing was cut off. */
  readonly ok: boolean;
  /** What the process ends with. */
  readonly exitCode: number;
  /** When it began, in ms since the Unix epoch. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** Requests that were in flight when it began. */
  readonly requestsInFlight: number;
  /** Pieces of tracked work that were going on when it began. */
  readonly trackedWork: number;
  readonly steps: readonly LifecycleStep[];
  /** What was cut off; at most the 20 oldest of the requests and of the work. */
  readonly unfinished: readonly UnfinishedWork[];
  /**
   * What would have kept the process alive after all had stopped, by type and number, such as `{ Timeout: 1 }`: names of
   * `process.getActiveResourcesInfo()`, without the standard streams.
   */
  readonly keptAlive: Readonly<Record<string, number>>;
}

/** What an {@link ApplicationLifecycle} has done so far. */
export interface LifecycleReport {
  /** Version of this shape. */
  readonly version: 1;
  /** Name of the lifecycle. */
  readonly name: string;
  readonly phase: LifecyclePhase;
  /** Requests in flight now, over all attached servers. */
  readonly requestsInFlight: number;
  /** Pieces of tracked work now. */
  readonly trackedWork: number;
  /** Absent before `start()`; incomplete while it goes on. */
  readonly start?: StartReport;
  /** Absent before a stop; incomplete while it goes on. */
  readonly stop?: StopReport;
}
