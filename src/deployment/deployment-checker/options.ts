import type { Clock } from '../../core/clock.js';
import {
  clockOption,
  durationMs,
  optionalFunction,
  optionalWithMethod,
  type ParsedOptions,
  parseOptions,
  text,
} from '../../core/options.js';
import type { PlatformAbortSignal } from '../../core/platform.js';
import { type ListenerErrorHandler, onListenerErrorOption } from '../../core/reporter.js';
import type { DeploymentCheck } from '../check.js';
import type { CheckedConfig, EnvironmentSource } from '../checks/environment-check.js';
import type { DatabaseProbe } from '../checks/database-connection-check.js';
import type { DependenciesCheckOptions } from '../checks/dependencies/options.js';
import type { CheckedFile } from '../checks/files/options.js';
import type { SecurityCheckOptions } from '../checks/security/options.js';
import type { DeploymentOutcome } from '../finding.js';
import { environmentOption, listOption, optional } from '../checks/kinds.js';
import { checksOption, envOption, switchOption, wordsOption } from './option-kinds.js';
import { silenceOption } from './silence-option.js';

/** A finding that somebody decided to live with for a time. */
export interface Silence {
  /** Id of the check, or of one of its findings: what could not be found out is silenced by the id of its finding alone. */
  readonly id: string;
  /** Why, 1 to 200 characters: it is shown with the result. */
  readonly reason: string;
  /**
   * When it ends: a date, such as `2027-01-31`, up to the end of that day in UTC, or an instant as ISO 8601 or `Date`. More than
   * 366 days ahead it is a `WARN`.
   */
  readonly until: string | Date;
}

/** Compares the migrations with the database: a `MigrationValidator`, or anything alike. */
export interface CheckedMigrations {
  /** Looks, and answers with what it found. */
  validate(): DeploymentOutcome | PromiseLike<DeploymentOutcome>;
}

/** Looks at the health routes of a running service: a `HealthCheckValidator`, or anything alike. */
export interface CheckedHealth {
  /** Looks, and answers with what it found; `signal` ends it earlier. */
  run(context?: { readonly signal?: PlatformAbortSignal }): DeploymentOutcome | PromiseLike<DeploymentOutcome>;
}

/** Options of {@link DeploymentChecker}. */
export interface DeploymentCheckerOptions {
  /** Shown in events, metrics and reports; 1 to 200 characters. @defaultValue `'default'` */
  readonly name?: string | undefined;
  /**
   * Names of variables that must be set, where blank ones count as missing; or a `ConfigValidator`, whose own rules decide, and
   * whose defaults that are used are a `WARN`; `false` for none.
   * @defaultValue `DATABASE_URL`, `API_HOST`, `API_PORT`, `API_WORKERS`, `SECRET_KEY`, `BOT_TOKEN` and `ADMIN_IDS`
   */
  readonly env?: readonly string[] | CheckedConfig | false | undefined;
  /** Where variables are looked up. @defaultValue `process.env`, at each run */
  readonly environment?: EnvironmentSource | undefined;
  /** Configuration files that must be there, readable and right; see {@link filesCheck}. @defaultValue none */
  readonly files?: readonly (string | CheckedFile)[] | undefined;
  /** Sends the cheapest query there is, and returns its answer. @defaultValue no database is asked */
  readonly database?: DatabaseProbe | undefined;
  /**
   * Whether what is installed is held against `package.json` and the lock file; see {@link dependenciesCheck}.
   * @defaultValue `false`
   */
  readonly dependencies?: boolean | DependenciesCheckOptions | undefined;
  /**
   * Whether secrets, flags, rights and certificates are looked at; see {@link securityCheck}.
   * @defaultValue `false`
   */
  readonly security?: boolean | SecurityCheckOptions | undefined;
  /** A `MigrationValidator`. @defaultValue migrations are not looked at */
  readonly migrations?: CheckedMigrations | undefined;
  /** A `HealthCheckValidator`. @defaultValue no running service is asked */
  readonly health?: CheckedHealth | undefined;
  /** Checks of one's own. @defaultValue none */
  readonly checks?: readonly DeploymentCheck[] | undefined;
  /** What somebody decided to live with, why and until when. It counts as `WARN` at most, and as silenced. @defaultValue nothing */
  readonly silence?: readonly Silence[] | undefined;
  /**
   * Longest run of a check that says nothing else, in ms, at least 1.
   * @defaultValue `5_000`, and 30,000 for `migrations` and `health`, which ask several things with limits of their own
   */
  readonly timeoutMs?: number | undefined;
  /** Time source. @defaultValue `systemClock` */
  readonly clock?: Clock | undefined;
  /** Hears of listeners that throw. @defaultValue `process.emitWarning` */
  readonly onListenerError?: ListenerErrorHandler | undefined;
}

/** Defaults of {@link DeploymentCheckerOptions}. */
export const DEPLOYMENT_CHECKER_DEFAULTS = /* @__PURE__ */ Object.freeze({
  name: 'default',
  dependencies: false,
  security: false,
  timeoutMs: 5_000,
});

/** Longest timer that there is. */
const LONGEST_MS = 2 ** 31 - 1;

function schema() {
  const defaults = DEPLOYMENT_CHECKER_DEFAULTS;
  return {
    name: text(defaults.name),
    env: envOption(),
    environment: environmentOption(),
    files: optional(listOption('files', (value) => value as string | CheckedFile)),
    database: optionalFunction<DatabaseProbe>(),
    dependencies: switchOption<DependenciesCheckOptions>(),
    security: switchOption<SecurityCheckOptions>(),
    migrations: optionalWithMethod<CheckedMigrations>('validate'),
    health: optionalWithMethod<CheckedHealth>('run'),
    checks: checksOption(),
    silence: silenceOption(),
    timeoutMs: durationMs(undefined, { min: 1, max: LONGEST_MS }),
    clock: clockOption(),
    onListenerError: onListenerErrorOption(),
  };
}

/** The options as the checker uses them. @internal */
export type ParsedCheckerOptions = ParsedOptions<ReturnType<typeof schema>>;

/** @throws {@link InvalidOptionsError} naming every option that is unknown or out of range. @internal */
export function parseCheckerOptions(options: DeploymentCheckerOptions | undefined): ParsedCheckerOptions {
  return parseOptions('DeploymentChecker', schema(), options);
}

/** Options of one run. */
export interface RunChecksOptions {
  /**
   * What the build is checked for: `production`, `staging`, `development`, `test`, or what a registered check names.
   * @defaultValue `'production'`
   */
  readonly profile?: string | undefined;
  /** Only checks with one of these tags, such as `security`. @defaultValue all */
  readonly tags?: readonly string[] | undefined;
  /** No check with one of these tags, such as `live` where nothing is running. @defaultValue none is left out */
  readonly exceptTags?: readonly string[] | undefined;
}

function runSchema() {
  return { profile: text('production'), tags: wordsOption(), exceptTags: wordsOption() };
}

/** The options of a run as the checker uses them. @internal */
export type ParsedRunOptions = ParsedOptions<ReturnType<typeof runSchema>>;

/** @throws {@link InvalidOptionsError} naming every option that is unknown or impossible. @internal */
export function parseRunOptions(options: RunChecksOptions | undefined): ParsedRunOptions {
  return parseOptions('DeploymentChecker.runAllChecks', runSchema(), options);
}
