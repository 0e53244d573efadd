import { bareName, isSensitiveKey } from '../core/sensitive-names.js';
import { SWITCH } from './secret-variables.js';

/** What pipelines set to a placeholder for npm, keys for everybody, and what is settled about passwords and tokens. */
const NO_SECRET =
  /^node_auth_token$|(?:^|_)(?:(?:public|publishable|site|analytics)_keys?|existing_secret|max_(?:\w+_)?tokens|min|max|length|rounds|cost|ttl|age|days|hours|minutes|seconds|timeout|expiry|attempts|limit|policy|mode|type|method|encryption|algo(?:rithm)?|strength|enabled|path|file|field|template)$/i;
/** Keys that find something: unless their values are those of an account, such as `COSMOS_PRIMARY_KEY`. */
const FINDS = /(?:^|_)(?:cache|partition|primary|foreign|routing|sort|shard|group|surrogate)_keys?$/i;
const RANDOM = /^(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[\w+/=-]{24,}$/;
/** Names of cookies and headers, unless what they hold is the line of one. */
const CARRIER = /(?:^|_)header$|cookies?$/i;
const LINE = /[\s=;]/;
/** What a build puts into a page for everybody; a password there is as wrong as anywhere. */
const PUBLISHED = /^(?:(?:NEXT|NUXT|EXPO)_PUBLIC|VITE|REACT_APP)_(?!.*(?:passw|secret|private))/i;
const PASSWORD = /(?:pass(?:word|wd|phrase|code)?|pwd)$/i;
const ON_OR_OFF = /^(?:no|on|off|\d\d?)$/i;
/** Ways to prove who one is, and when a browser sends along what proves it. */
const METHOD =
  /^(?:plain|login|basic|bearer|digest|jwt|token|session|cookie|iam|ldap|saml|oidc|oauth2?|include|omit|same-origin)$/i;
/** Where something is, or a list or an object in JSON: passwords in them are looked for by themselves. */
const PLACE_OR_JSON = /^(?:(?:~|\.{1,2})?\/[\w./-]*$|[a-z][a-z\d+.-]{0,40}:\/\/\S*$|\{\s*["}]|\[\s*["{[\]\d])/i;

/**
 * Whether something is no secret, though it is called like one: `TOKEN_HEADER`, `maxTokens: 4096`, `SMTP_AUTH=login`. The one rule
 * for what is judged in the environment, and in manifests and Dockerfiles.
 * @internal
 */
export function isSetting(name: string, value: string): boolean {
  if (SWITCH.test(value) || PLACE_OR_JSON.test(value) || PUBLISHED.test(name)) return true;
  const words = name.replace(/([a-z\d])(?=[A-Z])/g, '$1_').replace(/[-.]/g, '_');
  for (const one of [words, bareName(words)]) {
    if (NO_SECRET.test(one)) return true;
    if (FINDS.test(one)) return !RANDOM.test(value);
    if (CARRIER.test(one)) return !LINE.test(value);
  }
  if (PASSWORD.test(words)) return false;
  return (
    ON_OR_OFF.test(value) ||
    (/(?:auth|credentials)$/i.test(words) && METHOD.test(value)) ||
    (/s$/i.test(words) && /^\d+$/.test(value)) ||
    (/passwordless/i.test(words) && !isSensitiveKey(words.replace(/passwordless/gi, '')))
  );
}
