import { InvalidArgumentError } from '../../core/errors.js';
import { shownName } from '../stray-keys.js';
import { type Configuration, READ, SECTIONS } from '../configuration.js';
import { put } from '../frozen.js';
import { summaryText, type Terminal } from '../pages/summary.js';
import { registrationsOf, type Section, shaped } from '../sections.js';
import { parseStartupCheckOptions, type StartupCheckOptions } from './options.js';
import { type ProbeResult, runProbe } from './probe.js';

/**
 * What {@link startupCheck} found: what `validate()` of the configuration gives, and more.
 *
 * @typeParam G - the configuration.
 */
export type StartupReport<G extends Configuration<object, object>> = ReturnType<G['validate']> & {
  /** Name of the configuration. */
  readonly name: string;
  /** Each probe, in the order given. */
  readonly probes: readonly ProbeResult[];
  /** 0 when the service can start, else one of the option `exitCodes`. */
  readonly exitCode: number;
  /**
   * The report as a table for people, or as JSON.
   *
   * @param terminal - where the table will be printed, such as `process.stderr`: it has colours where that shows them.
   * @throws {@link InvalidArgumentError} when there is no such format.
   */
  summary(format?: 'text' | 'json', terminal?: Terminal): string;
};

/**
 * Finds out whether a service can start: validates its configuration and, at the same time, tries to reach what it needs,
 * so that all that is wrong is said at once. A probe runs when the keys it needs are right. Never rejects for what it
 * finds, and never ends the process.
 *
 * @throws {@link InvalidOptionsError} naming every option that is unknown or impossible.
 *
 * @example
 * const report = await startupCheck({ config, probes: [tcpProbe('DATABASE_URL')], exitCodes: { invalid: 78 } });
 * if (!report.ok) {
 *   process.stderr.write(report.summary('text', process.stderr));
 *   process.exitCode = report.exitCode;
 * } else serve(report.values);
 */
export async function startupCheck<G extends Configuration<object, object>>(
  options: StartupCheckOptions<G>,
): Promise<StartupReport<G>> {
  const { config, probes, timeoutMs, exitCodes, clock } = parseStartupCheckOptions(options);
  const { result, found } = config[READ]();
  const { ok: isValid, items, errors, warnings, values } = result;
  const wrong = new Set(errors.map(({ key }) => key));
  const results = await Promise.all(
    probes.map(async (probe): Promise<ProbeResult> => {
      const name = shownName(probe.name, 200);
      const why = whySkipped(probe.needs, { isValid, wrong, values: found.values });
      if (why !== undefined) return Object.freeze({ name, status: 'SKIPPED', message: why, durationMs: 0 });
      const own = probe.needs === undefined ? values : neededOnly(name, probe.needs, found.values, config[SECTIONS]());
      return runProbe((context) => probe.run(own, context), {
        name,
        timeoutMs: probe.timeoutMs ?? timeoutMs,
        clock,
      });
    }),
  );
  const isReached = results.every(({ status }) => status !== 'FAIL');
  const report = {
    name: config.name,
    ok: isValid && isReached,
    values,
    items,
    errors,
    warnings,
    probes: Object.freeze(results),
    exitCode: !isValid ? exitCodes.invalid : isReached ? 0 : exitCodes.unreachable,
  };
  return Object.freeze({ ...report, summary: summaryOf(report) }) as unknown as StartupReport<G>;
}

/** Why a probe cannot run: what it needs is not right, or not there. */
function whySkipped(
  needs: readonly string[] | undefined,
  {
    isValid,
    wrong,
    values,
  }: {
    readonly isValid: boolean;
    readonly wrong: ReadonlySet<string>;
    readonly values: Readonly<Record<string, unknown>>;
  },
): string | undefined {
  if (needs === undefined) return isValid ? undefined : 'the configuration is not valid';
  const bad = needs.find((key) => wrong.has(key));
  if (bad !== undefined) return `${bad} is not valid`;
  const unset = needs.find((key) => !Object.hasOwn(values, key));
  return unset === undefined ? undefined : `${unset} is not set`;
}

/**
 * The values that a probe needs. Reading another one fails always, not just when it happens to be wrong or missing.
 */
function neededOnly(
  probe: string,
  needs: readonly string[],
  values: Readonly<Record<string, unknown>>,
  sections: readonly Section[],
): object {
  const own: Record<string, unknown> = {};
  for (const { key } of registrationsOf(sections)) {
    if (needs.includes(key)) put(own, key, values[key]);
    else
      Object.defineProperty(own, key, {
        configurable: true,
        get() {
          throw new InvalidArgumentError(`startupCheck: probe '${probe}' reads ${key}, which is not among its needs`);
        },
      });
  }
  return shaped(own, sections);
}

/** Frozen with the report, which holds it. */
function summaryOf(
  report: Omit<StartupReport<Configuration<object>>, 'summary' | 'values'>,
): StartupReport<Configuration<object>>['summary'] {
  return (format = 'text', terminal) => {
    if (format === 'text') return summaryText(report.name, report, terminal);
    if ((format as string) !== 'json')
      throw new InvalidArgumentError("StartupReport.summary: the format must be 'text' or 'json'");
    const { name, ok, exitCode, items, errors, warnings, probes } = report;
    return JSON.stringify({ name, ok, exitCode, items, errors, warnings, probes });
  };
}
