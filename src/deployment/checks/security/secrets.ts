import { bareName } from '../../../core/sensitive-names.js';
import type { DeploymentFinding } from '../../finding.js';
import { readFileAt, pathIn } from '../disk.js';
import { crashed, failed, firstOf, idPart } from '../report.js';
import { decoded } from '../text.js';
import { isUnset, type Variables } from './variables.js';
import { isKnown, isWeak, MAKE } from './weak-secret.js';

/** The largest file that holds one secret. */
const MOST_BYTES = 65_536;

/** Judges secrets by themselves and by each other. @internal */
export async function judgeSecrets(
  names: readonly string[],
  variables: Variables,
  minLength: number,
): Promise<DeploymentFinding[]> {
  const findings: DeploymentFinding[] = [];
  const byValue = new Map<string, string[]>();
  for (const name of new Set(names)) {
    const value = await valueOf(name, variables);
    if (typeof value !== 'string') {
      findings.push(value);
      continue;
    }
    if (isWeak(value, minLength))
      findings.push(
        failed(`security.secret-strength.${idPart(name)}`, `${name} is weak or a known default`, { hint: MAKE }),
      );
    byValue.set(value, [...(byValue.get(value) ?? []), name]);
  }
  for (const same of byValue.values()) {
    const [first = ''] = same;
    // The old one of a secret that has not been changed yet is the same.
    if (new Set(same.map(bareName)).size > 1)
      findings.push(
        failed(`security.secret-reuse.${idPart(first)}`, `${firstOf(same)} have the same value`, {
          hint: 'give each a value of its own, so that what one of them gives away does not open the others',
        }),
      );
  }
  return findings;
}

/** The value of a variable, or of the file that `NAME_FILE` names, as mounted secrets have it. */
async function valueOf(name: string, variables: Variables): Promise<string | DeploymentFinding> {
  const value = variables[name];
  if (value !== undefined && !isUnset(value)) return value.trim();
  const id = `security.secret-missing.${idPart(name)}`;
  const missing = failed(id, `${name} is not set`, { hint: `set it, or ${name}_FILE to the path of a file. ${MAKE}` });
  const path = variables[`${name}_FILE`];
  if (path === undefined || isUnset(path)) return missing;
  const reading = path.includes('\0') ? undefined : await readFileAt(pathIn(undefined, path.trim()), MOST_BYTES);
  const text = reading?.state === 'read' ? decoded(reading.bytes) : undefined;
  if (text === undefined)
    return crashed(id, `the file that ${name}_FILE names cannot be read`, {
      hint: 'see that it is there, and that the user of the service may read it',
    });
  return isUnset(text) ? missing : text.trim();
}

/** Judges what others have issued or chosen: how long it is was for them to say, and only what everybody knows is wrong. @internal */
export function judgeDefaults(names: readonly string[], variables: Variables): DeploymentFinding[] {
  return names
    .filter((name) => isKnown(variables[name] ?? ''))
    .map((name) => failed(`security.secret-strength.${idPart(name)}`, `${name} is a known default`, { hint: MAKE }));
}
