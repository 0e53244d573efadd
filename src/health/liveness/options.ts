import type { Clock } from '../../core/clock.js';
import {
  clockOption,
  count,
  describe,
  durationMs,
  type OptionKind,
  type ParsedOptions,
  parseOptions,
  text,
} from '../../core/options.js';
import { type ListenerErrorHandler, onListenerErrorOption } from '../../core/reporter.js';

/** Options of {@link LivenessServer}. */
export interface LivenessServerOptions {
  /** Shown in events, metrics and health; 1 to 200 characters. @defaultValue `'default'` */
  readonly name?: string | undefined;
  /** Where it listens: a port of its own, not that of the service. Integer from 0, which takes any free one, to 65,535. */
  readonly port: number;
  /** The address to listen on. @defaultValue all addresses of the machine, so that the node can ask the container */
  readonly host?: string | undefined;
  /** The path that answers, without a query; everything else is 404. @defaultValue `'/health/live'` */
  readonly path?: string | undefined;
  /** How often the main thread gives a sign of life, in ms, at least 10 and at most half of `stalledAfterMs`. @defaultValue `250` */
  readonly heartbeatMs?: number | undefined;
  /**
   * For how long the main thread may be busy before probes are told that the process is not alive, in ms, at least 20.
   * Longer than the longest work that is done in one go, or sound processes are restarted for it.
   * @defaultValue `30_000`
   */
  readonly stalledAfterMs?: number | undefined;
  /** Time source of the heartbeat. @defaultValue `systemClock` */
  readonly clock?: Clock | undefined;
  /** Hears of listeners that throw. @defaultValue `process.emitWarning` */
  readonly onListenerError?: ListenerErrorHandler | undefined;
}

/** Defaults of {@link LivenessServerOptions}. */
export const LIVENESS_SERVER_DEFAULTS = /* @__PURE__ */ Object.freeze({
  name: 'default',
  path: '/health/live',
  heartbeatMs: 250,
  stalledAfterMs: 30_000,
});

function pathOption(fallback: string): OptionKind<string> {
  return {
    parse(value, path, report) {
      if (value === undefined) return fallback;
      if (typeof value !== 'string') report(path, `must be a string, got ${describe(value)}`);
      else if (!/^\/[\w\-./~%]{0,199}$/.test(value)) {
        report(path, 'must begin with a slash and have no query, at most 200 characters');
      }
      return value as string;
    },
  };
}

function hostOption(): OptionKind<string | undefined> {
  return {
    parse(value, path, report) {
      if (value === undefined) return undefined;
      if (typeof value !== 'string' || value === '' || value.length > 255) {
        report(path, `must be an address of this machine, got ${describe(value)}`);
      }
      return value as string;
    },
  };
}

function schema() {
  const defaults = LIVENESS_SERVER_DEFAULTS;
  return {
    name: text(defaults.name),
    port: count({ min: 0, max: 65_535, required: true }),
    host: hostOption(),
    path: pathOption(defaults.path),
    heartbeatMs: durationMs(defaults.heartbeatMs, { min: 10 }),
    stalledAfterMs: durationMs(defaults.stalledAfterMs, { min: 20 }),
    clock: clockOption(),
    onListenerError: onListenerErrorOption(),
  };
}

/** @internal */
export type ParsedLivenessOptions = ParsedOptions<ReturnType<typeof schema>>;

/** @internal */
export function parseLivenessOptions(options: LivenessServerOptions): ParsedLivenessOptions {
  return parseOptions('LivenessServer', schema(), options, ({ heartbeatMs, stalledAfterMs }, report) => {
    if (heartbeatMs * 2 > stalledAfterMs) {
      report('heartbeatMs', 'must be at most half of stalledAfterMs, or a heartbeat that is on time would be too late');
    }
  });
}
