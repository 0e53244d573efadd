import { isSensitiveKey } from '../../core/sensitive-names.js';
import { isConnection } from '../../deployment/checks/security/connections.js';
import { holdsToken } from '../../internal/known-tokens.js';
import { partsOf } from '../../internal/secret-parts.js';
import { isSetting } from '../../internal/secret-settings.js';
import { isSecretVariable } from '../../internal/secret-variables.js';

/** What is filled in elsewhere: a variable, a template, a placeholder, or a text that is encrypted. */
const FILLED_IN = /^(?:\$\([A-Za-z_]\w*\)|\$\{[^}]*\}|\{\{.*\}\}|<[^<>]*>|ENC\[.*\])(?:@.*)?$/s;
/** What a name that sounds like a secret also holds: a switch, a small number, a path or a file. */
const NO_SECRET =
  /^(?:true|false|yes|no|on|off|none|null|\d{1,3}|(?:\/[\w.-]+){2,}|(?:~|\.\.?)(?:\/[\w.-]+)+|[\w.-]+\.(?:pem|key|crt|json|ya?ml|txt))$/i;
/** The name of a field with what it holds; a name ends where its value begins. */
const FIELD = /([\w.-]{1,64})(?=["']?\s{0,3}[=:]\s{0,3}["']?([^\s"'&;,]{0,200}))/g;
/** What Sentry calls a DSN: pages hold it too. */
const SENTRY = /\bhttps?:\/\/[\da-f]{32}@[\w.-]+(?::\d+)?\/[\w/-]*\d\b/gi;
const URLS = /\b[a-z][a-z\d+.-]{0,40}:\/\/[^\s"'`<>]+/gi;
const SETTINGS = /\.(?:json|ya?ml|properties|env|ini|toml)$/i;
const PASSWORD_FIELD = /passw(?:or)?d["']?[ \t]{0,3}[=:][ \t]{0,3}["']?([^\s"',;]{4,})/gi;
/** Less than it, or without a digit, is a word of a program more often than a secret. */
const SHORTEST_IN_TEXT = 8;

/** Whether a variable of this name holds a secret, and not a setting or the name of a file with one. */
export function isSecretName(name: string, value = ''): boolean {
  return isSecretVariable(name, value) && !isSetting(name, value.trim()) && !isConnection(value);
}

/** Whether a variable is a secret by its name, and stands there with its value. */
export function isSecret(name: string, value: string): boolean {
  return isSecretName(name, value) && isGiven(value);
}

/** Whether a value is a URL, a connection string or the like with a password in it. */
export function holdsPassword(value: string): boolean {
  if (holdsToken(value)) return true;
  return [...partsOf(withoutSettings(value), false)].some(isGiven);
}

/**
 * Whether a text of many words, such as a command or a file, holds a secret. In a file of settings also a word is a password.
 *
 * @param file - its name, where it is one.
 */
export function holdsSecret(written: string, file = ''): boolean {
  const text = written.replace(SENTRY, '');
  if (holdsToken(text)) return true;
  if (SETTINGS.test(file))
    for (const [, value = ''] of text.matchAll(PASSWORD_FIELD)) if (isGiven(value) && !isCode(value)) return true;
  if ([...text.matchAll(URLS)].some(([url]) => urlHoldsPassword(url))) return true;
  for (const [, name = '', value = ''] of text.matchAll(/(?<!\S)--?([\w-]{1,64})=["']?([^\s"']+)/g))
    if (isSecret(name, value) && !isOfShell(value)) return true;
  // The kind of an authorization, and a blank behind an option, hide the field from who looks for it.
  const joined = text
    .replace(/\b(?:Bearer|Basic)\s{1,8}/gi, '')
    .replace(/(?<!\S)(--[\w-]{1,64})\s{1,8}(?=[^\s-])/g, (whole, option: string) =>
      isSecretName(option.slice(2)) ? `${option}=` : whole,
    )
    .replace(/(:_(?:authToken|auth|password))\s{1,8}/g, '$1=');
  return [...partsOf(withoutSettings(joined), false)].some(isLikely);
}

/** Names of settings that are called like secrets would make secrets of what they hold. */
function withoutSettings(text: string): string {
  return text
    .replace(SENTRY, '')
    .replace(FIELD, (name: string, _, value: string) => (isSensitiveKey(name) && isSetting(name, value) ? '_' : name));
}

function isGiven(value: string): boolean {
  const text = value.trim();
  return text !== '' && !FILLED_IN.test(text) && !NO_SECRET.test(text);
}

function urlHoldsPassword(url: string): boolean {
  return [...partsOf(url, false)].some((part) => isGiven(part) && !isOfShell(part));
}

/** What a shell puts there itself. */
function isOfShell(value: string): boolean {
  return /^[$`%]/.test(value);
}

/** Texts of programs name secrets without holding them: `token = request.token`. */
function isLikely(value: string): boolean {
  if (value.length < SHORTEST_IN_TEXT || !/\d/.test(value) || !/[a-z]/i.test(value)) return false;
  return !isCode(value) && isGiven(value);
}

function isCode(value: string): boolean {
  return /[\s(){}[\]<>$|*\\`]/.test(value) || /^(?!eyJ)[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$/.test(value);
}
