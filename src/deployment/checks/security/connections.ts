import { decoded, fieldValues } from '../../../internal/secret-parts.js';
import type { DeploymentFinding } from '../../finding.js';
import { failed, idPart, warned } from '../report.js';
import { namesOf, type Variables } from './variables.js';
import { isKnown, MAKE } from './weak-secret.js';

const DATABASE =
  /^\s*(?:jdbc:)?(?:postgres(?:ql)?|mysql|mariadb|mongodb|rediss?|valkeys?|amqps?|mssql|sqlserver|cockroachdb|clickhouse)(?:\+\w+)?:\/\//i;
/** Any other URL with a password: `http://elastic:changeme@search:9200`. */
const WITH_PASSWORD = /^\s*[a-z][\w+.-]{0,40}:\/\/[^\s/?#@]*:[^\s/?#]*@/i;
/** `host=db password=x`, `Server=db;Password=x`, and where that is. */
const HOST =
  /(?:^|[\s;?&])(?:host(?:addr|name)?|server(?:name)?|data source|addr(?:ess)?|endpoint)\s*=\s*(?:tcp:)?([^\s;&]*)/i;
const USER = /(?:^|[\s;?&])(?:user(?:name| id)?|uid)\s*=\s*([^\s;&]+)/i;
const EMPTY = /(?:^|[\s;?&])(?:password|pwd)\s*=\s*(?=$|[;&])/i;
/** So much of a value is looked at. */
const LONGEST = 10_000;

/** Whether it says where something is and who asks there. @internal */
export function isConnection(value: string): boolean {
  const start = value.slice(0, LONGEST);
  return (
    DATABASE.test(start) || WITH_PASSWORD.test(start) || (!/^\s*[a-z][\w+.-]*:\/\//i.test(start) && HOST.test(start))
  );
}

/** Names of variables that hold a connection string, also when nobody has said which. @internal */
export function connectionNames(variables: Variables): string[] {
  return namesOf(variables).filter((name) => isConnection(variables[name] ?? ''));
}

/** Judges the passwords in URLs of databases and in other connection strings. @internal */
export function judgeConnections(names: readonly string[], variables: Variables): DeploymentFinding[] {
  return names.flatMap((name) => {
    const id = `security.database-password.${idPart(name)}`;
    const value = variables[name]?.trim().slice(0, LONGEST) ?? '';
    const url = /^(?:jdbc:)?[a-z][a-z\d+.-]*:\/\/(.*)$/is.exec(value)?.[1];
    if (url === undefined && !HOST.test(value))
      return failed(id, `${name} is ${value === '' ? 'not set' : 'no URL'}, so that its password cannot be judged`);
    const { hosts, passwords, user } = url === undefined ? fieldsOf(value) : partsOf(url);
    if (isAllLoopback(hosts)) return [];
    if (passwords.some((one) => isKnown(one, user) || isKnown(decoded(one), user)))
      return failed(id, `the password in ${name} is empty or a known default`, { hint: MAKE });
    // Without a URL, others than the password may say who asks.
    if (passwords.length > 0 || url === undefined) return [];
    return warned(id, `${name} has no password`, { hint: 'if it is given elsewhere or none is needed, silence this' });
  });
}

interface Connection {
  readonly hosts: string;
  readonly passwords: readonly string[];
  readonly user: string;
}

function fieldsOf(text: string): Connection {
  return {
    hosts: HOST.exec(text)?.[1] ?? '',
    passwords: [...fieldValues(text), ...(EMPTY.test(text) ? [''] : [])],
    user: USER.exec(text)?.[1] ?? '',
  };
}

/** Of a URL, what stands behind its scheme. */
function partsOf(url: string): Connection {
  // A password may have a slash or an at sign that nobody has encoded.
  const at = url.replace(/[?#].*/s, '').lastIndexOf('@');
  const behind = url.slice(at + 1);
  const fields = fieldsOf(behind);
  const hosts = /^[^/?#;]*/.exec(behind)?.[0] ?? '';
  const [, user = fields.user, password] = /^([^:]*):(.*)$/s.exec(url.slice(0, Math.max(at, 0))) ?? [];
  return {
    hosts: hosts === '' ? fields.hosts : hosts,
    passwords: password === undefined ? fields.passwords : [password, ...fields.passwords],
    user: decoded(user),
  };
}

/** Several hosts may stand beside each other; without any it is this machine, and so are sockets and what SQL Server calls so. */
function isAllLoopback(hosts: string): boolean {
  const all = hosts.replace(/,\d+$/, '').split(',');
  return all
    .map((host) => host.replace(/:\d*$|\\.*$/, ''))
    .every((host) => /^(?:\/|\.$|\(local)/i.test(host) || isLoopback(host));
}

/** @internal */
export function isLoopback(host: string): boolean {
  return /^(?:|localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}
