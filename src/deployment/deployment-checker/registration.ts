import { describe, hasMethod } from '../../core/options.js';
import { redactName } from '../../core/redaction.js';
import { nearest } from '../../core/spelling.js';
import { isShortText, SHORT_TEXT } from '../../core/text-rules.js';
import type { DeploymentCheck, DeploymentCheckContext } from '../check.js';
import type { DeploymentOutcome } from '../finding.js';

/** A check as the checker keeps it: what was registered is read once. @internal */
export interface RegisteredCheck {
  readonly id: string;
  readonly name: string;
  readonly tags: readonly string[];
  /** What it is for; `undefined` for everything. */
  readonly profiles: readonly string[] | undefined;
  readonly timeoutMs: number | undefined;
  readonly run: (context: DeploymentCheckContext) => DeploymentOutcome | PromiseLike<DeploymentOutcome>;
}

const ID = /^[\w.-]{1,100}$/;
/** Results of the checker itself. */
const RESERVED: readonly unknown[] = ['checks', 'silence'];
const KEYS: readonly string[] = ['id', 'name', 'tags', 'profiles', 'timeoutMs', 'run'];

/** What is wrong with a check, or the check. @internal */
export function asCheck(value: unknown): { readonly check?: DeploymentCheck; readonly problems: readonly string[] } {
  if (typeof value !== 'object' || value === null)
    return { problems: [`must be a check { id, name, run }, got ${describe(value)}`] };
  const { id, name, tags, profiles, timeoutMs } = value as Readonly<Record<string, unknown>>;
  const problems: string[] = [];
  if (typeof id !== 'string' || !ID.test(id)) problems.push("id must be 1 to 100 letters, digits, '.', '_' or '-'");
  else if (RESERVED.includes(id)) problems.push(`id '${id}' is the checker's own`);
  if (!isShortText(name)) problems.push(`name must be ${SHORT_TEXT}`);
  if (!hasMethod(value, 'run')) problems.push('run must be a function');
  for (const [key, list] of [
    ['tags', tags],
    ['profiles', profiles],
  ] as const)
    if (list !== undefined && !(Array.isArray(list) && list.every(isShortText)))
      problems.push(`${key} must be a list of ${SHORT_TEXT}`);
  if (Array.isArray(profiles) && profiles.length === 0) problems.push('profiles must name at least one');
  if (timeoutMs !== undefined && !(typeof timeoutMs === 'number' && timeoutMs >= 1 && timeoutMs < 2 ** 31))
    problems.push(`timeoutMs must be a number of milliseconds from 1 to 2147483647, got ${describe(timeoutMs)}`);
  for (const key of isPlain(value) ? Object.keys(value) : []) {
    const meant = KEYS.includes(key) ? undefined : nearest(key, KEYS);
    if (meant !== undefined) problems.push(`${redactName(key, 64)} is not known; did you mean ${meant}?`);
  }
  return problems.length > 0 ? { problems } : { check: value as DeploymentCheck, problems };
}

/** An instance of a class may have fields of its own. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The check as it is kept. @internal */
export function registered(check: DeploymentCheck): RegisteredCheck {
  const { id, name, tags = [], profiles, timeoutMs } = check;
  return {
    id,
    name,
    tags: Object.freeze([...tags]),
    profiles: profiles === undefined ? undefined : [...profiles],
    timeoutMs,
    run: (context) => check.run(context),
  };
}
