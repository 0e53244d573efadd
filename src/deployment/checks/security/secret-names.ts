import { bareName } from '../../../core/sensitive-names.js';
import { isSecretVariable, SWITCH } from '../../../internal/secret-variables.js';
import { isConnection } from './connections.js';
import { namesOf, type Variables } from './variables.js';

/** Names that say that they sign or encrypt something. */
const SIGNING = /(?:^|_)(?:SECRET|SECRET_KEY|ENCRYPTION_KEY|SIGNING_KEY|APP_KEY|PEPPER)$/i;
/** What pipelines set to a placeholder for npm, names of cookies and headers, of keys that find something or are for everybody, and of what is settled about passwords. */
const NO_SECRET =
  /^node_auth_token$|cookies?$|(?:^|_)(?:(?:public|publishable|site|cache|partition|primary|foreign|routing|sort|shard|group|surrogate)_keys?|header|min|max|length|rounds|cost|ttl|age|days|hours|minutes|seconds|timeout|attempts|limit|policy|mode|type|method|encryption|algorithm|strength|enabled)$/i;
const PASSWORD = /(?:pass(?:word|wd|phrase|code)?|pwd)$/i;
const ON_OR_OFF = /^(?:no|on|off|\d\d?)$/i;
/** Ways to prove who one is. */
const METHOD = /^(?:plain|login|basic|bearer|digest|jwt|token|session|cookie|iam|ldap|saml|oidc|oauth2?)$/i;
/** Where something is, or a list or an object in JSON. */
const PLACE_OR_JSON = /^(?:(?:~|\.{1,2})?\/[\w./-]*$|\{\s*["}]|\[\s*["{[\]\d])/;

/** Names of variables that sign or encrypt something, also when nobody has said which. @internal */
export function signingNames(variables: Variables): string[] {
  return namesOf(variables).filter((name) => {
    // An old one, or one of several, opens as much.
    return SIGNING.test(name) || (SIGNING.test(bareName(name)) && !isSetting(name, variables[name]?.trim() ?? ''));
  });
}

/** Names of all others that hold a secret, by the rule of what is masked. @internal */
export function otherSecretNames(variables: Variables, judged: readonly string[]): string[] {
  const others = new Set(judged);
  return namesOf(variables).filter((name) => {
    const value = variables[name]?.trim() ?? '';
    return !others.has(name) && isSecretVariable(name, value) && !isSetting(name, value) && !isConnection(value);
  });
}

/** Whether it is no secret, though it is called like one: `TOKEN_HEADER`, `MAX_TOKENS=4096`, `SMTP_AUTH=login`. */
function isSetting(name: string, value: string): boolean {
  if (NO_SECRET.test(name) || NO_SECRET.test(bareName(name)) || SWITCH.test(value) || PLACE_OR_JSON.test(value))
    return true;
  if (PASSWORD.test(name)) return false;
  return (
    ON_OR_OFF.test(value) || (/auth$/i.test(name) && METHOD.test(value)) || (/s$/i.test(name) && /^\d+$/.test(value))
  );
}
