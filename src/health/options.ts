import type { Clock } from '../core/clock.js';
import type { HealthStatus } from '../core/health-status.js';
import {
  clockOption,
  count,
  describe,
  durationMs,
  flag,
  group,
  oneOf,
  type OptionKind,
  type ParsedOptions,
  parseOptions,
  text,
} from '../core/options.js';
import type { PlatformAbortSignal } from '../core/platform.js';
import { type ListenerErrorHandler, onListenerErrorOption } from '../core/reporter.js';

/** Which question a check helps to answer: is the process alive, may it get traffic, has it started. */
export type HealthKind = 'liveness' | 'readiness' | 'startup';

/** What a check is told about its run. */
export interface HealthCheckContext {
  /** Aborts when the run took longer than `timeoutMs`, or the check was unregistered; nobody waits for it any more. */
  readonly signal: PlatformAbortSignal;
}

/** A finding with its reasons. */
export interface HealthFinding {
  readonly status: HealthStatus;
  /** Shown in reports: redacted, cut to 200 characters. */
  readonly message?: string | undefined;
  /** Shown in reports: copied as plain JSON, with secrets masked. */
  readonly details?: unknown;
}

/**
 * What a check may answer: a status, a status with reasons, `true` (`HEALTHY`) or `false` (`UNHEALTHY`), or nothing,
 * since a check that returns without throwing is `HEALTHY`. Anything else is `DEGRADED`, as an invalid result.
 */
// `void` lets a check be any function that only throws when something is wrong.
// eslint-disable-next-line @typescript-eslint/no-invalid-void-type
export type HealthOutcome = HealthStatus | HealthFinding | boolean | undefined | void;

/** Finds out how one component is doing. */
export type HealthCheck = (context: HealthCheckContext) => HealthOutcome | PromiseLike<HealthOutcome>;

/** What a check is run under unless its registration says otherwise. */
export interface HealthCheckDefaults {
  /** Longest run of a check, in ms, at least 1; then it has failed and its signal aborts. @defaultValue `2_000` */
  readonly timeoutMs?: number | undefined;
  /**
   * How long a result is served before the check may run again, in ms, at least 0 and at most `maxAgeMs`. Half as long
   * for a result other than `HEALTHY`, so that a recovery shows soon.
   * @defaultValue `1_000`
   */
  readonly ttlMs?: number | undefined;
  /** Age in ms beyond which a result counts as not known: `DEGRADED` at best. @defaultValue `30_000` */
  readonly maxAgeMs?: number | undefined;
  /** Runs in a row that must find the component worse before its status falls. Integer, at least 1. @defaultValue `1` */
  readonly failAfter?: number | undefined;
  /** Runs in a row that must find it better before its status rises. Integer, at least 1. @defaultValue `1` */
  readonly recoverAfter?: number | undefined;
  /** Status of a check that throws or times out and is not critical; a critical one is `UNHEALTHY`. @defaultValue `'DEGRADED'` */
  readonly onError?: 'DEGRADED' | 'UNHEALTHY' | undefined;
}

/** Options of {@link HealthCheckService}. */
export interface HealthCheckServiceOptions {
  /** Shown in events and snapshots; 1 to 200 characters. @defaultValue `'default'` */
  readonly name?: string | undefined;
  /** What every check is run under unless its registration says otherwise. */
  readonly defaults?: HealthCheckDefaults | undefined;
  /** How many results of each check `history()` remembers. Integer from 0 to 1,000. @defaultValue `60` */
  readonly historySize?: number | undefined;
  /** Longest wait for a report, in ms, at least 1; then it shows what is known. @defaultValue `800` */
  readonly reportTimeoutMs?: number | undefined;
  /** Time source. @defaultValue `systemClock` */
  readonly clock?: Clock | undefined;
  /** Hears of listeners that throw and of configuration warnings. @defaultValue `process.emitWarning` */
  readonly onListenerError?: ListenerErrorHandler | undefined;
}

/** Options of {@link HealthCheckService.register}. */
export interface HealthCheckOptions {
  /**
   * Whether the service cannot serve without this component. If not, the report is `DEGRADED` at most on its account.
   * @defaultValue `false`
   */
  readonly critical?: boolean | undefined;
  /**
   * The reports that show this check, besides `check()` and `summary()`, which show every one. A check of kind
   * `liveness` lets the process be restarted, so it must not depend on anything outside it.
   * @defaultValue `['readiness', 'startup']`
   */
  readonly kinds?: readonly HealthKind[] | undefined;
  /** Longest run, in ms, at least 1. @defaultValue `defaults.timeoutMs` */
  readonly timeoutMs?: number | undefined;
  /**
   * How long a result is served, in ms, at least 0 and at most `maxAgeMs`. Means nothing with `intervalMs`.
   * @defaultValue `defaults.ttlMs`
   */
  readonly ttlMs?: number | undefined;
  /**
   * Runs the check every so many ms, whoever asks or not, from its registration on; at least 1 and below `maxAgeMs`.
   * Reports then show the latest result and start no run as long as that one is younger than `maxAgeMs`.
   * @defaultValue runs when a report asks
   */
  readonly intervalMs?: number | undefined;
  /** Age in ms beyond which a result counts as not known. @defaultValue `defaults.maxAgeMs` */
  readonly maxAgeMs?: number | undefined;
  /** Runs in a row that must be worse before the status falls. Integer, at least 1. @defaultValue `defaults.failAfter` */
  readonly failAfter?: number | undefined;
  /** Runs in a row that must be better before it rises. Integer, at least 1. @defaultValue `defaults.recoverAfter` */
  readonly recoverAfter?: number | undefined;
  /** Status when it throws or times out and is not critical; a critical one is `UNHEALTHY`. @defaultValue `defaults.onError` */
  readonly onError?: 'DEGRADED' | 'UNHEALTHY' | undefined;
  /** A `HEALTHY` run that took longer than this, in ms, is `DEGRADED`. @defaultValue no limit */
  readonly degradedAboveMs?: number | undefined;
}

/** Options of {@link HealthCheckService.maintain}. */
export interface MaintenanceOptions {
  /** Name of the check that is not to be run. @defaultValue the service as a whole */
  readonly check?: string | undefined;
}

/** Defaults of {@link HealthCheckServiceOptions}. */
export const HEALTH_CHECK_SERVICE_DEFAULTS = /* @__PURE__ */ Object.freeze({
  name: 'default',
  'defaults.timeoutMs': 2_000,
  'defaults.ttlMs': 1_000,
  'defaults.maxAgeMs': 30_000,
  'defaults.failAfter': 1,
  'defaults.recoverAfter': 1,
  'defaults.onError': 'DEGRADED' as const,
  historySize: 60,
  reportTimeoutMs: 800,
});

const TTL_TOO_LONG = 'must be at most maxAgeMs, or results that count as not known would be served';

/** How a check is run: what the service and each registration may say, each with defaults of its own. */
function runSchema(defaults: RunSettings) {
  return {
    timeoutMs: durationMs(defaults.timeoutMs, { min: 1 }),
    ttlMs: durationMs(defaults.ttlMs),
    maxAgeMs: durationMs(defaults.maxAgeMs, { min: 1 }),
    failAfter: count({ min: 1, default: defaults.failAfter }),
    recoverAfter: count({ min: 1, default: defaults.recoverAfter }),
    onError: oneOf(['DEGRADED', 'UNHEALTHY'], defaults.onError),
  };
}

function serviceSchema() {
  const defaults = HEALTH_CHECK_SERVICE_DEFAULTS;
  return {
    name: text(defaults.name),
    defaults: group(
      runSchema({
        timeoutMs: defaults['defaults.timeoutMs'],
        ttlMs: defaults['defaults.ttlMs'],
        maxAgeMs: defaults['defaults.maxAgeMs'],
        failAfter: defaults['defaults.failAfter'],
        recoverAfter: defaults['defaults.recoverAfter'],
        onError: defaults['defaults.onError'],
      }),
    ),
    historySize: count({ min: 0, max: 1_000, default: defaults.historySize }),
    reportTimeoutMs: durationMs(defaults.reportTimeoutMs, { min: 1 }),
    clock: clockOption(),
    onListenerError: onListenerErrorOption(),
  };
}

/** The options as the service uses them. @internal */
export type ParsedServiceOptions = ParsedOptions<ReturnType<typeof serviceSchema>>;

/** @internal */
export function parseServiceOptions(options: HealthCheckServiceOptions | undefined): ParsedServiceOptions {
  return parseOptions('HealthCheckService', serviceSchema(), options, ({ defaults }, report) => {
    if (defaults.ttlMs > defaults.maxAgeMs) report('defaults.ttlMs', TTL_TOO_LONG);
  });
}

const KINDS: readonly HealthKind[] = ['liveness', 'readiness', 'startup'];

function kindsOption(): OptionKind<readonly HealthKind[]> {
  return {
    parse(value, path, report) {
      if (value === undefined) return ['readiness', 'startup'];
      if (!Array.isArray(value)) {
        report(path, `must be an array, got ${describe(value)}`);
        return [];
      }
      const kind = oneOf(KINDS, 'readiness');
      return (value as unknown[]).map((item, i) => kind.parse(item ?? null, `${path}[${String(i)}]`, report));
    },
  };
}

/** How a check is run. @internal */
interface RunSettings {
  readonly timeoutMs: number;
  readonly ttlMs: number;
  readonly maxAgeMs: number;
  readonly failAfter: number;
  readonly recoverAfter: number;
  readonly onError: 'DEGRADED' | 'UNHEALTHY';
}

/** What one check is run under. @internal */
export interface CheckSettings extends RunSettings {
  readonly critical: boolean;
  readonly kinds: readonly HealthKind[];
  readonly intervalMs: number | undefined;
  readonly degradedAboveMs: number | undefined;
}

/** @internal */
export function parseCheckOptions(options: HealthCheckOptions | undefined, defaults: RunSettings): CheckSettings {
  const schema = {
    critical: flag(false),
    kinds: kindsOption(),
    ...runSchema(defaults),
    intervalMs: durationMs(undefined, { min: 1 }),
    degradedAboveMs: durationMs(undefined),
  };
  return parseOptions('HealthCheckService.register', schema, options, (parsed, report) => {
    const { ttlMs, intervalMs, maxAgeMs } = parsed;
    if (intervalMs !== undefined) {
      if (intervalMs >= maxAgeMs)
        report('intervalMs', 'must be below maxAgeMs, or each result would be too old before the next');
    } else if (ttlMs > maxAgeMs) {
      if (options?.ttlMs === undefined) report('maxAgeMs', `must be at least ttlMs, which is ${String(ttlMs)}`);
      else report('ttlMs', TTL_TOO_LONG);
    }
  });
}

/**
 * A misspelt `check` would take the whole service out of traffic.
 *
 * @internal
 */
export function parseMaintenanceOptions(options: MaintenanceOptions | undefined): string | undefined {
  const check: OptionKind<string | undefined> = {
    parse(value, path, report) {
      if (value !== undefined && typeof value !== 'string') report(path, `must be a name, got ${describe(value)}`);
      return value as string | undefined;
    },
  };
  return parseOptions('HealthCheckService.maintain', { check }, options).check;
}
