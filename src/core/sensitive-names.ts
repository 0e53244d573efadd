/** The end of a name says what it names; what stands before it may be long. */
const LONGEST_NAME = 64;

/** Words that make a name sensitive wherever it ends in them, in the plural too. */
const ENDING =
  /(?:secret|token|password|passwd|passphrase|passcode|pwd|credential|authorization|cookie|signature|bearer|dsn|sess(?:ion)?[-_.]?id|(?:api|access|priv(?:ate)?|secret|account|shared)[-_. ]?key|(?:seed|recovery)[-_. ]?(?:phrase|code))s?$/i;
/** Words that are ordinary as the end of another word: `compass`, `monkey`. */
const OWN_WORD = /(?:^|[-_.])(?:pass|pw|psk|creds?|jwt|sig|otp|cv[vc])$|[-_](?:keys?|auth)$/i;
const CAMEL_CASE = /\w(?:Pass|Keys?|Creds?|Jwt|Otp|Cv[vc])$/;
/** The names under which most services keep their password. */
const JOINED = /(?:db|pg|sql|redis|smtp|mail|user|admin|root|my)p(?:ass|w)$/i;
/** What may stand behind such a word without changing what it is: `password2`, `tokenHash`, `SECRET_OLD`, `KEY_V2_RO`. */
const TAIL =
  /(?:[-_.]?(?:(?<!cv)v?\d{1,3}|hash|value|confirm(?:ation|ed)?|header|pem|raw|json|b(?:ase)?64|old|previous|next|base)|[-_.]r[ow]){1,2}$/i;
/** Words that make the name of a field sensitive wherever they stand in it. */
const ANYWHERE = /passw(?:or)?d|passphrase|passcode/i;
/** What each of these words holds: most names hold none of it. */
const STEM = /pass|pw|psk|phrase|recovery|secret|token|key|auth|cred|cookie|sig|bearer|dsn|sess|jwt|otp|cv[vc]/i;
const HEADER = /(?:authorization|cookie)s?$/i;

/** What a field of some name holds: nothing secret, one secret, or a whole header line of them. @internal */
export type Sensitivity = 'none' | 'value' | 'line';

/** @internal */
export function sensitivityOf(name: string): Sensitivity {
  const whole = name.length > LONGEST_NAME ? name.slice(-LONGEST_NAME) : name;
  if (!STEM.test(whole)) return 'none';
  const end = bareName(whole);
  if (HEADER.test(end)) return 'line';
  return ENDING.test(end) || OWN_WORD.test(end) || CAMEL_CASE.test(end) || JOINED.test(end) ? 'value' : 'none';
}

/** Without what says which of several it is. @internal */
export function bareName(name: string): string {
  return name.replace(TAIL, '');
}

/** Whether a field of this name usually holds a secret. @internal */
export function isSensitiveKey(name: string): boolean {
  return sensitivityOf(name) !== 'none' || ANYWHERE.test(name.slice(-LONGEST_NAME));
}
