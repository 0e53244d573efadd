import type { DeploymentFinding } from '../../finding.js';
import { readFileAt, pathIn } from '../disk.js';
import { crashed, failed, firstOf, idPart, warned } from '../report.js';
import { decoded } from '../text.js';
import { isKnown, isWeak } from './weak-secret.js';

/** @internal */
export type Variables = Readonly<Record<string, string | undefined>>;

/** The largest file that holds one secret. */
const MOST_BYTES = 65_536;
const MOST_VARIABLES = 10_000;
const NAME = /^[A-Za-z_]\w{0,99}$/;
/** Names that say that they sign or encrypt something. */
const SIGNING = /(?:^|_)(?:SECRET|SECRET_KEY|ENCRYPTION_KEY|SIGNING_KEY|APP_KEY|PEPPER)$/i;
const DATABASE =
  /^(?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|rediss?|valkeys?|amqps?|mssql|sqlserver|cockroachdb|clickhouse):\/\//i;

const MAKE = "make one: node -p \"require('node:crypto').randomBytes(32).toString('base64url')\"";

/** Names of variables that hold secrets, also when nobody has said which. @internal */
export function secretNames(variables: Variables): string[] {
  return namesOf(variables).filter((name) => SIGNING.test(name) && !isBlank(variables[name]));
}

/** Names of variables that hold the URL of a database, also when nobody has said which. @internal */
export function databaseNames(variables: Variables): string[] {
  return namesOf(variables).filter((name) => DATABASE.test(variables[name]?.slice(0, 40) ?? ''));
}

function namesOf(variables: Variables): string[] {
  return Object.keys(variables)
    .slice(0, MOST_VARIABLES)
    .filter((name) => NAME.test(name))
    .sort();
}

function isBlank(value: string | undefined): boolean {
  return value === undefined || value.trim() === '';
}

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
    if (same.length > 1)
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
  if (value !== undefined && !isBlank(value)) return value.trim();
  const id = `security.secret-missing.${idPart(name)}`;
  const missing = failed(id, `${name} is not set`, { hint: `set it, or ${name}_FILE to the path of a file. ${MAKE}` });
  const path = variables[`${name}_FILE`];
  if (path === undefined || isBlank(path)) return missing;
  const reading = path.includes('\0') ? undefined : await readFileAt(pathIn(undefined, path.trim()), MOST_BYTES);
  const text = reading?.state === 'read' ? decoded(reading.bytes) : undefined;
  if (text === undefined)
    return crashed(id, `the file that ${name}_FILE names cannot be read`, {
      hint: 'see that it is there, and that the user of the service may read it',
    });
  return isBlank(text) ? missing : text.trim();
}

/** Judges the passwords in URLs of databases. @internal */
export function judgeDatabases(names: readonly string[], variables: Variables): DeploymentFinding[] {
  const findings: DeploymentFinding[] = [];
  for (const name of new Set(names)) {
    const id = `security.database-password.${idPart(name)}`;
    const url = variables[name]?.trim() ?? '';
    const parts = /^[a-z][a-z0-9+.-]*:\/\/([^?#]*)(?:\?([^#]*))?/i.exec(url.slice(0, 10_000));
    if (parts === null) {
      findings.push(
        failed(id, `${name} is ${url === '' ? 'not set' : 'no URL'}, so that its password cannot be judged`),
      );
      continue;
    }
    const [, rest = '', query = ''] = parts;
    // A password may have a slash or an at sign that nobody has encoded.
    const at = rest.lastIndexOf('@');
    if (isAllLoopback(rest.slice(at + 1).split('/')[0] ?? '')) continue;
    const password = passwordOf(rest.slice(0, Math.max(at, 0)), query);
    if (password === undefined)
      findings.push(
        warned(id, `${name} has no password`, { hint: 'if it is given elsewhere or none is needed, silence this' }),
      );
    else if (isKnown(password) || isKnown(decodedText(password)))
      findings.push(failed(id, `the password in ${name} is empty or a known default`, { hint: MAKE }));
  }
  return findings;
}

function passwordOf(user: string, query: string): string | undefined {
  const colon = user.indexOf(':');
  if (colon !== -1) return user.slice(colon + 1);
  return /(?:^|&)password=([^&]*)/i.exec(query)?.[1];
}

function decodedText(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Several hosts may stand beside each other; without any it is this machine. */
function isAllLoopback(hosts: string): boolean {
  return hosts.split(',').every((host) => isLoopback(host.replace(/:\d*$/, '')));
}

/** @internal */
export function isLoopback(host: string): boolean {
  return /^(?:|localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}
