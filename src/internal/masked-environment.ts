import { maskValue, readBeforeMasking } from '../core/secret-values.js';
import { isSensitiveKey } from '../core/sensitive-names.js';
import { partsOf, writtenOtherwise } from './secret-parts.js';

/** Shorter values stand in every line, and would leave nothing of it. */
const SHORTEST = 3;
/** The same for a variable that need not hold a secret. */
const SHORTEST_PLAIN = 8;
/** What shells call the working directory and the one before it, and the number of a login: no secrets, in spite of their names. */
const NO_SECRETS = ['PWD', 'OLDPWD', 'XDG_SESSION_ID'];
/** Numbers, addresses and words that say nothing about anybody and that messages need. */
const ORDINARY = /^([\d.:]+|localhost|production|staging|development)$/i;
/** What a switch is set to, also one that is called like a secret. */
const SWITCH = /^(?:true|false|null|none|yes)$/i;
/** Names that are ordinary where fields are, and tell of a secret where variables are. */
const SECRET_NAME = /(?:^|_)(?:PIN|PIN_?CODE|PAT|KEY_?PASS)S?$/i;
/** The same, of what may be a number as well: `MAX_CONN`, `BCRYPT_SALT`. */
const SECRET_UNLESS_ORDINARY =
  /(?:^|_)(?:SALT|PEPPER|SEED|MNEMONIC|SAS|CONN(?:ECTION)?(?:_?STR(?:ING)?)?|WEBHOOK(?:_UR[IL])?)S?$/i;

/**
 * Masks what variables hold in all that is printed, until the handle is disposed: those with sensitive names, also before
 * anybody validated them, and others that are named, unless their values are ordinary words; of all others, the passwords
 * in URLs and the like. What is set in the meantime is masked as well.
 * @internal
 */
export function maskEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  alsoNamed: readonly string[] = [],
): Disposable {
  const handles: Disposable[] = [];
  const known = new Map<string, string>();
  const mask = (value: string): void => {
    if (value.trim().length < SHORTEST || SWITCH.test(value)) return;
    handles.push(maskValue(value));
    for (const written of writtenOtherwise(value)) handles.push(maskValue(written));
  };
  const read = (): void => {
    for (const [name, value] of Object.entries(environment)) {
      if (value === undefined || NO_SECRETS.includes(name) || known.get(name) === value) continue;
      known.set(name, value);
      const isHidden = isSecretName(name, value) || (alsoNamed.includes(name) && isTelling(value));
      for (const one of partsOf(value, isHidden)) mask(one);
    }
  };
  read();
  handles.push(readBeforeMasking(oncePerTurn(read)));
  return {
    [Symbol.dispose]() {
      for (const handle of handles) handle[Symbol.dispose]();
    },
  };
}

function isSecretName(name: string, value: string): boolean {
  return (
    isSensitiveKey(name) ||
    SECRET_NAME.test(name) ||
    (SECRET_UNLESS_ORDINARY.test(name) && !ORDINARY.test(value.trim()))
  );
}

function isTelling(value: string): boolean {
  return value.length >= SHORTEST_PLAIN && !ORDINARY.test(value);
}

/** Many texts are masked one after the other, and nobody else runs in between. */
function oncePerTurn(read: () => void): () => void {
  let isFresh = false;
  return () => {
    if (isFresh) return;
    isFresh = true;
    queueMicrotask(() => {
      isFresh = false;
    });
    read();
  };
}
