import type { ComponentEvent } from '../../core/component.js';
import type { Emitter } from '../../core/emitter.js';
import type { CheckCounts } from './result.js';

/** A run of all checks is over. */
export interface DeploymentChecked extends CheckCounts {
  /** Name of the checker. */
  readonly checker: string;
  /** What the build was checked for. */
  readonly profile: string;
  /** Whether no result is a `FAIL`. */
  readonly allPass: boolean;
  /** How long the run took, in ms. */
  readonly durationMs: number;
  /** Ids of the checks that are a `FAIL`. */
  readonly failedChecks: readonly string[];
}

/** The events of a {@link DeploymentChecker}, by name. */
export interface DeploymentEvents {
  checked: DeploymentChecked;
}

/** What there is to subscribe to. @internal */
export const DEPLOYMENT_EVENTS = /* @__PURE__ */ Object.freeze(['checked'] as const);

/** Passes events on as plain JSON; the returned function stops that. @internal */
export function tellAsJson(events: Emitter<DeploymentEvents>, listener: (event: ComponentEvent) => void): () => void {
  return events.on('checked', (data) => {
    const level = data.allPass ? (data.warned > 0 ? 'warn' : 'info') : 'error';
    listener({ type: 'checked', level, data });
  });
}
