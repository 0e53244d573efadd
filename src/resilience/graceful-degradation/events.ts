import type { ComponentEvent } from '../../core/component.js';
import type { Emitter } from '../../core/emitter.js';

/** A feature went to another level that is not its best one: down, or up in part. */
export interface FeatureDegraded {
  /** Name of the `GracefulDegradation`. */
  readonly degradation: string;
  readonly feature: string;
  /** Level before. */
  readonly from: string;
  /** Level now. */
  readonly level: string;
  /** Whether the level now is the worse of the two. */
  readonly worse: boolean;
  /** The reasons there are now; redacted. */
  readonly reasons: readonly string[];
}

/** A feature is back at its best level. */
export interface FeatureRecovered {
  /** Name of the `GracefulDegradation`. */
  readonly degradation: string;
  readonly feature: string;
  /** Level before. */
  readonly from: string;
  /** Milliseconds that it was degraded. */
  readonly durationMs: number;
  /** Calls that were answered degraded meanwhile. */
  readonly callsServedDegraded: number;
  /** The reasons there were, the first hundred; redacted. */
  readonly reasons: readonly string[];
}

/** The events of a `GracefulDegradation`, by name. */
export interface DegradationEvents {
  degraded: FeatureDegraded;
  recovered: FeatureRecovered;
}

/** @internal */
export const DEGRADATION_EVENTS: readonly (keyof DegradationEvents)[] = ['degraded', 'recovered'];

/** Passes both on as plain JSON; the returned function stops that. @internal */
export function tellAsJson(events: Emitter<DegradationEvents>, listener: (event: ComponentEvent) => void): () => void {
  const stops = [
    events.on('degraded', (data) => listener({ type: 'degraded', level: data.worse ? 'warn' : 'info', data })),
    events.on('recovered', (data) => listener({ type: 'recovered', level: 'info', data })),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
