import { parseOptions } from '../../core/options.js';
import { redactName } from '../../core/redaction.js';
import type { DeploymentCheck } from '../check.js';
import { CheckStatus, type DeploymentFinding, type DeploymentReport, shownText } from '../finding.js';
import { hostEnvironment } from '../host.js';
import { environmentOption, variablesOption } from './kinds.js';

/** Variables by their names. */
export type EnvironmentSource = Readonly<Record<string, string | undefined>>;

/** A configuration that says what became of its keys: a `ConfigValidator`, or anything alike. */
export interface CheckedConfig {
  /** Reads everything. */
  validate(): {
    readonly items: readonly { readonly key: string; readonly status: string }[];
    readonly errors: readonly { readonly key: string; readonly message: string }[];
    readonly warnings?: readonly { readonly key: string; readonly message: string }[];
  };
}

/** What must be set when nobody says otherwise. */
export const REQUIRED_VARIABLES: readonly string[] = /* @__PURE__ */ Object.freeze([
  'DATABASE_URL',
  'API_HOST',
  'API_PORT',
  'API_WORKERS',
  'SECRET_KEY',
  'BOT_TOKEN',
  'ADMIN_IDS',
]);

/** Options of {@link environmentCheck}. */
export interface EnvironmentCheckOptions {
  /** Where variables are looked up. @defaultValue `process.env`, at each run */
  readonly environment?: EnvironmentSource | undefined;
}

/**
 * A check that the environment is complete. Findings have the id `environment.<NAME>`; values are never shown, nor anything
 * about them.
 *
 * @param required - names of variables that must be set, where blank ones count as missing, and so do those that hold what a
 * script writes for nothing, such as `undefined` or `${NAME}`; or a `ConfigValidator`, whose own
 * rules decide: what is wrong is a `FAIL`, a default that is used or something deprecated a `WARN`.
 * @throws {@link InvalidOptionsError} for what is no name of a variable, such as `A=B` or one with a blank, and names that
 * stand there twice.
 */
export function environmentCheck(
  required: readonly string[] | CheckedConfig = REQUIRED_VARIABLES,
  options: EnvironmentCheckOptions = {},
): DeploymentCheck {
  const kind = { required: variablesOption<CheckedConfig>(REQUIRED_VARIABLES) };
  const { required: asked } = parseOptions('environmentCheck', kind, { required });
  const { environment } = parseOptions('environmentCheck', { environment: environmentOption() }, options);
  const look = isList(asked)
    ? () => ofNames(asked, environment ?? hostEnvironment())
    : () => ofConfig(asked.validate());
  return { id: 'environment', name: 'Environment variables', tags: ['environment', 'static'], run: look };
}

function isList(required: readonly string[] | CheckedConfig): required is readonly string[] {
  return Array.isArray(required);
}

function ofNames(names: readonly string[], environment: EnvironmentSource): DeploymentReport {
  // What an object inherits, such as `constructor`, is no variable.
  const valueOf = (name: string): unknown => (Object.hasOwn(environment, name) ? environment[name] : undefined);
  const missing = names.filter((name) => isBlank(valueOf(name)));
  const shown = missing.map((name) => redactName(name, 200));
  const findings = missing.map((name, i): DeploymentFinding => {
    const value = valueOf(name);
    const stands = isStandIn(value);
    return {
      id: `environment.${shown[i] ?? ''}`,
      status: CheckStatus.FAIL,
      message: `${shown[i] ?? ''} is ${value === undefined || stands ? 'not set' : 'blank'}${stands ? ', though something stands there' : ''}`,
      hint: isBlank(valueOf(`${name}_FILE`))
        ? stands
          ? 'a script wrote undefined, null, two quotes or a reference to another variable in the place of a value'
          : 'set it where the service runs; a secret that a pipeline does not have arrives blank'
        : `${shown[i] ?? ''}_FILE is set: name that, or hand in a ConfigValidator, which reads such files`,
    };
  });
  const all = String(names.length);
  return {
    findings,
    message:
      missing.length === 0
        ? `${names.length === 1 ? 'the required variable is' : `all ${all} required variables are`} set`
        : `${String(missing.length)} of ${all} required variables ${missing.length === 1 ? 'is' : 'are'} missing: ${shown.join(', ')}`,
    metadata: { required: names.length, missing: shown },
  };
}

/** White space alone, also what has no width, is what is left of a secret that a pipeline does not have. */
function isBlank(value: unknown): boolean {
  return typeof value === 'string'
    ? /^[\s\p{Cf}]*$/u.test(value) || isStandIn(value)
    : value === undefined || value === null;
}

/** What scripts write where they have no value: its name in their language, its quotes, or what nobody has expanded. */
function isStandIn(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    /^(?:undefined|null|""|''|\$\{[a-z_]\w*(?::?[-+?=][^}]*)?\}|\$\([a-z_]\w*\))$/i.test(value.trim())
  );
}

function ofConfig({ items, errors, warnings = [] }: ReturnType<CheckedConfig['validate']>): DeploymentReport {
  const defaulted = items.filter(({ status }) => status === 'DEFAULTED');
  const finding = (status: CheckStatus, key: string, message: string, hint: string): DeploymentFinding => ({
    id: `environment.${redactName(key, 200)}`,
    status,
    message: shownText(`${redactName(key, 200)} ${message}`),
    hint,
  });
  const wrong = new Set(errors.map(({ key }) => redactName(key, 200)));
  const parts = [
    ...(wrong.size > 0 ? [`${String(wrong.size)} wrong: ${[...wrong].join(', ')}`] : []),
    ...(defaulted.length > 0 ? [`${String(defaulted.length)} by default`] : []),
  ];
  return {
    findings: [
      ...errors.map(({ key, message }) => finding(CheckStatus.FAIL, key, message, 'correct it where the service runs')),
      ...defaulted.map(({ key }) =>
        finding(CheckStatus.WARN, key, 'is not set: its default is used', 'set it, if only to what the default is'),
      ),
      ...warnings.map(({ key, message }) => finding(CheckStatus.WARN, key, message, 'look at what is said of it')),
    ],
    message: `${String(items.length)} keys${parts.length === 0 ? ', all of them in order' : `; ${parts.join('; ')}`}`,
    metadata: { keys: items.length, wrong: [...wrong], defaulted: defaulted.map(({ key }) => redactName(key, 200)) },
  };
}
