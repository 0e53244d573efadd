import type { Clock } from '../../core/clock.js';
import { clockOption, count, describe, durationMs, group, type OptionKind, parseOptions } from '../../core/options.js';
import type { ParsedOptions } from '../../core/options.js';
import { redactName } from '../../core/redaction.js';
import { nearest } from '../../core/spelling.js';
import { Configuration, SECTIONS } from '../configuration.js';
import { registrationsOf } from '../sections.js';
import { shownName } from '../stray-keys.js';
import type { StartupProbe } from './probe.js';

/**
 * Options of {@link startupCheck}.
 *
 * @typeParam G - the configuration.
 */
export interface StartupCheckOptions<G extends Configuration<object, object>> {
  /** What is validated. */
  readonly config: G;
  /** What has to be reached; all run at the same time. @defaultValue none */
  readonly probes?: readonly StartupProbe<ReturnType<G['validateOrThrow']>>[];
  /** How long a probe may take, in ms, from 1. @defaultValue 5_000 */
  readonly timeoutMs?: number;
  /** The exit code that the report suggests, from 1 to 255; nothing here ends the process. */
  readonly exitCodes?: {
    /** When the configuration is invalid. @defaultValue 1 */
    readonly invalid?: number;
    /** When it is valid, and a probe fails. @defaultValue 1 */
    readonly unreachable?: number;
  };
  /** Where time comes from. @defaultValue the system's clock */
  readonly clock?: Clock;
}

function configuration(): OptionKind<Configuration<object, object>> {
  return {
    parse(value, path, report) {
      if (!(value instanceof Configuration))
        report(path, `must be a ConfigValidator or an ApplicationConfig, got ${describe(value)}`);
      return value as Configuration<object, object>;
    },
  };
}

function probes(): OptionKind<readonly StartupProbe<object>[]> {
  return {
    parse(value, path, report) {
      if (value === undefined) return [];
      if (!Array.isArray(value)) report(path, `must be a list of probes, got ${describe(value)}`);
      else value.forEach((probe: unknown, i) => checkProbe(probe, `${path}[${String(i)}]`, report));
      return value as readonly StartupProbe<object>[];
    },
  };
}

type Report = (path: string, message: string) => void;

const FIELDS: readonly string[] = ['name', 'needs', 'timeoutMs', 'run'];

function checkProbe(probe: unknown, path: string, report: Report): void {
  // It may have fields of its own, but none that was meant to be one of these.
  for (const field of Object.keys(probe ?? {})) {
    const meant = FIELDS.includes(field) ? undefined : nearest(field, FIELDS);
    if (meant !== undefined)
      report(`${path}.${redactName(field, 64)}`, `is nothing of a probe; did you mean ${meant}?`);
  }
  const { name, needs, timeoutMs, run } = (probe ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof name !== 'string' || name === '' || name.length > 200)
    report(`${path}.name`, `must be text of 1 to 200 characters, got ${describe(name)}`);
  if (typeof run !== 'function') report(`${path}.run`, `must be a function, got ${describe(run)}`);
  if (needs !== undefined && !(Array.isArray(needs) && needs.every((key) => typeof key === 'string')))
    report(`${path}.needs`, `must be a list of keys, got ${describe(needs)}`);
  if (timeoutMs !== undefined && !(typeof timeoutMs === 'number' && timeoutMs >= 1 && Number.isFinite(timeoutMs)))
    report(`${path}.timeoutMs`, `must be a finite number of milliseconds of at least 1, got ${describe(timeoutMs)}`);
}

const code = (): OptionKind<number> => count({ min: 1, max: 255, default: 1 });
const OPTIONS = {
  config: configuration(),
  probes: probes(),
  timeoutMs: durationMs(5_000, { min: 1 }),
  exitCodes: group({ invalid: code(), unreachable: code() }),
  clock: clockOption(),
};

/** @internal */
export function parseStartupCheckOptions(options: unknown): ParsedOptions<typeof OPTIONS> {
  return parseOptions('startupCheck', OPTIONS, options, ({ config, probes: all }, report) => {
    const names = all.map(({ name }) => name);
    const keys = registrationsOf(config[SECTIONS]()).map(({ key }) => key);
    all.forEach(({ name, needs = [] }, i) => {
      if (names.indexOf(name) !== i) report(`probes[${String(i)}].name`, 'is the name of another probe as well');
      for (const key of needs)
        if (!keys.includes(key))
          report(`probes[${String(i)}].needs`, `names ${shownName(key)}, which is not registered`);
    });
  });
}
