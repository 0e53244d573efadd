import { isSensitiveKey } from '../core/sensitive-names.js';

/** What shells call the working directory and the one before it, and the number of a login: no secrets, in spite of their names. @internal */
export const NO_SECRETS: readonly string[] = /* @__PURE__ */ Object.freeze(['PWD', 'OLDPWD', 'XDG_SESSION_ID']);
/** Numbers, addresses and words that say nothing about anybody and that messages need. @internal */
export const ORDINARY = /^([\d.:]+|localhost|production|staging|development)$/i;
/** What a switch is set to, also one that is called like a secret, and what scripts write for nothing. @internal */
export const SWITCH = /^(?:true|false|undefined|null|none|yes)$/i;
/** Names that are ordinary where fields are, and tell of a secret where variables are. */
const SECRET_NAME = /(?:^|_)(?:PIN|PIN_?CODE|PAT|KEY_?PASS)S?$/i;
/** The same, of what may be a number as well: `MAX_CONN`, `BCRYPT_SALT`. */
const SECRET_UNLESS_ORDINARY =
  /(?:^|_)(?:SALT|PEPPER|SEED|MNEMONIC|SAS(?:_?UR[IL])?|(?:PRIVATE|TLS|SSL)_?PEM|CONN(?:ECTION)?(?:_?STR(?:ING)?)?|WEBHOOK(?:_UR[IL])?)S?$/i;

/**
 * Whether a variable is called like what holds a secret: the one rule for what is masked and for what is judged.
 * @internal
 */
export function isSecretVariable(name: string, value: string): boolean {
  if (NO_SECRETS.includes(name)) return false;
  return (
    isSensitiveKey(name) ||
    SECRET_NAME.test(name) ||
    (SECRET_UNLESS_ORDINARY.test(name) && !ORDINARY.test(value.trim()))
  );
}
