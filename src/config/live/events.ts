import type { ComponentEvent } from '../../core/component.js';
import type { Emitter } from '../../core/emitter.js';
import type { ConfigIssue } from '../issues.js';

/** Values changed. */
export interface ConfigChange<C extends object> {
  /** Name of the live configuration. */
  readonly config: string;
  /** The keys whose values are others than before, or are there no more. */
  readonly changed: readonly string[];
  /** All values now. */
  readonly values: Readonly<C>;
}

/** What was read anew is invalid, and not used. */
export interface ConfigRejection {
  /** Name of the live configuration. */
  readonly config: string;
  /** Everything that is wrong. */
  readonly errors: readonly ConfigIssue[];
}

/** The events of a {@link LiveConfig}, by name. */
export interface LiveConfigEvents<C extends object> {
  change: ConfigChange<C>;
  rejected: ConfigRejection;
}

/** What there is to subscribe to. @internal */
export const LIVE_CONFIG_EVENTS = /* @__PURE__ */ Object.freeze(['change', 'rejected'] as const);

/** Passes events on as plain JSON, without values; the returned function stops that. @internal */
export function tellAsJson<C extends object>(
  events: Emitter<LiveConfigEvents<C>>,
  listener: (event: ComponentEvent) => void,
): () => void {
  const stops = [
    events.on('change', ({ config, changed }) => {
      listener({ type: 'change', level: 'info', data: { config, changed } });
    }),
    events.on('rejected', (data) => {
      listener({ type: 'rejected', level: 'error', data });
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
