import { bareName } from '../../../core/sensitive-names.js';
import { isSetting } from '../../../internal/secret-settings.js';
import { isSecretVariable } from '../../../internal/secret-variables.js';
import { isConnection } from './connections.js';
import { namesOf, type Variables } from './variables.js';

/** Names that say that they sign or encrypt something. */
const SIGNING = /(?:^|_)(?:SECRET|SECRET_KEY|ENCRYPTION_KEY|SIGNING_KEY|APP_KEY|PEPPER)$/i;

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
