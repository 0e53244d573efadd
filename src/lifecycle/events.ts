import type { ComponentEvent } from '../core/component.js';
import type { Emitter } from '../core/emitter.js';
import type { LifecyclePhase } from './engine.js';
import type { LifecycleStep } from './report.js';

/** The process entered another phase of its life. */
export interface LifecyclePhaseChange {
  /** Name of the lifecycle. */
  readonly lifecycle: string;
  readonly from: LifecyclePhase;
  readonly to: LifecyclePhase;
  /** Why it stops; absent for `READY`. */
  readonly reason?: string;
}

/** A step of a start or a stop is over. */
export interface LifecycleStepDone extends LifecycleStep {
  /** Name of the lifecycle. */
  readonly lifecycle: string;
  readonly during: 'start' | 'stop';
}

/** The events of an {@link ApplicationLifecycle}, by name. */
export interface LifecycleEvents {
  phaseChange: LifecyclePhaseChange;
  step: LifecycleStepDone;
}

/** What there is to subscribe to. @internal */
export const LIFECYCLE_EVENTS = /* @__PURE__ */ Object.freeze(['phaseChange', 'step'] as const);

/** Passes events on as plain JSON; the returned function stops that. @internal */
export function tellAsJson(events: Emitter<LifecycleEvents>, listener: (event: ComponentEvent) => void): () => void {
  const stops = [
    events.on('phaseChange', (data) => {
      listener({ type: 'phaseChange', level: 'info', data });
    }),
    events.on('step', (data) => {
      const level = data.status === 'FAILED' || data.status === 'TIMED_OUT' ? 'error' : 'info';
      listener({ type: 'step', level, data });
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
