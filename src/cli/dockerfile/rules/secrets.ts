import { isKnown } from '../../../deployment/checks/security/weak-secret.js';
import { UNVERIFIED_TLS } from '../../lint/node-flags.js';
import { holdsPassword, holdsSecret, isSecret, isSecretName } from '../../lint/secret-text.js';
import { type Instruction, pairsOf, wordsOf } from '../parse.js';
import { chainOf, type Dockerfile, type Rule, type Stage } from '../stages.js';

const SECRET_FILES =
  /(^|\/)(\.env(\.(?!example$|sample$|template$)[\w.-]+)?|\.npmrc|\.netrc|id_(rsa|ed25519|ecdsa)|[\w.-]+\.(pem|key|p12|pfx)|credentials\.json)$/;

/** Files of keys and certificates, which their contents tell apart. */
const PEM = /\.(pem|key)$/;
const PUBLIC_PEM = /-----BEGIN [A-Z\d ]{0,40}(?:CERTIFICATE|PUBLIC KEY)/;
/** Names of what is for everybody, where there is no file to look at. */
const PUBLIC_NAME =
  /(^|\/)(?!.*(?:-key|\.key|priv)[\w.-]*\.pem$)(ca[\w.-]*\.pem|[\w.-]*bundle[\w.-]*\.pem|public[\w.-]*)$/i;
const LOOPBACK_URL = /^[a-z][a-z\d+.-]{0,40}:\/\/(?:[^\s/]*@)?(?:localhost|127\.\d|\[::1\])/i;

const COMMANDS = /^(RUN|CMD|ENTRYPOINT|HEALTHCHECK|COPY|ADD)$/;

/** Whether a secret stays in the image, where everybody who has it finds it. */
export const secrets: Rule = function* ({ instructions, stages, final, textOf: contentOf }) {
  const left = leftBehind(stages, final);
  for (const instruction of instructions) {
    const { name, line, flags } = instruction;
    const stays = !left.has(instruction);
    if (name === 'ENV' || name === 'ARG' || name === 'LABEL')
      for (const [variable, value] of pairsOf(instruction)) {
        const isGiven = value !== undefined && value !== '';
        const isHidden = isGiven
          ? isKept(variable, value) || holdsPassword(value)
          : name === 'ARG' && isSecretName(variable);
        // For a build that needs some value: nobody gets it, and nobody can use it.
        if (!isHidden || (!stays && isGiven && isDummy(value))) continue;
        yield {
          id: 'dockerfile.secret-in-env',
          status: isGiven && stays ? 'FAIL' : 'WARN',
          message: isGiven
            ? `${name} sets ${variable}, which stays in ${stays ? 'the image' : 'the cache of the build'} for everybody to read`
            : `what is given for ARG ${variable} stays in the history of the image`,
          hint: 'give it when the container starts, or to one step of the build: RUN --mount=type=secret',
          line,
        };
      }
    if (COMMANDS.test(name) && holdsSecret(textOf(instruction)))
      yield {
        id: 'dockerfile.secret-in-command',
        status: 'FAIL',
        message: `${name} has a secret in its text, which stays in the image, or in its history`,
        hint: 'give it to the one step that needs it: RUN --mount=type=secret, or when the container starts; and change it',
        line,
      };
    if (name !== 'COPY' && name !== 'ADD') continue;
    if (flags.some((flag) => flag.startsWith('--from='))) continue;
    for (const source of wordsOf(instruction).slice(0, -1))
      if (SECRET_FILES.test(source) && !isPublic(source, contentOf))
        yield {
          id: 'dockerfile.secret-file',
          status: 'FAIL',
          message: `${source.slice(source.lastIndexOf('/') + 1)} is copied into the image, and stays in it even if a later step removes it`,
          hint: 'give it to the one step that needs it: RUN --mount=type=secret, or when the container starts',
          line,
        };
  }
};

/** Whether certificates are verified, while the image is made and when it runs. */
export const verifiedTls: Rule = function* ({ instructions }) {
  for (const instruction of instructions) {
    const { name, line } = instruction;
    const isVariable = name === 'ENV' || name === 'ARG';
    const texts = isVariable
      ? pairsOf(instruction).map(([variable, value]) => `${variable}=${value?.trim() ?? ''}`)
      : COMMANDS.test(name)
        ? [textOf(instruction)]
        : [];
    if (!texts.some((text) => UNVERIFIED_TLS.test(text))) continue;
    yield {
      id: 'dockerfile.tls-verification',
      status: 'FAIL',
      message: `${name} has NODE_TLS_REJECT_UNAUTHORIZED, which turns off that certificates are verified`,
      hint: 'take it out, and name your own authority with NODE_EXTRA_CA_CERTS',
      line,
    };
  }
};

/** What no image is made of: stages that others only copy files from. */
function leftBehind(stages: readonly Stage[], final: Stage): ReadonlySet<Instruction> {
  const kept = new Set(chainOf(final));
  return new Set(stages.flatMap(({ instructions }) => instructions).filter((one) => !kept.has(one)));
}

function isDummy(value: string): boolean {
  return value.includes('://') ? LOOPBACK_URL.test(value) : isKnown(value);
}

/** Whether a file is for everybody to see: by what is in it, or by its name where it is not there. */
function isPublic(path: string, contentOf: Dockerfile['textOf']): boolean {
  if (!PEM.test(path)) return false;
  const text = contentOf(path);
  return text === undefined ? PUBLIC_NAME.test(path) : PUBLIC_PEM.test(text) && !text.includes('PRIVATE KEY');
}

/** Whether a variable keeps a secret; what is filled in while the image is made stays as well. */
function isKept(variable: string, value: string): boolean {
  return isSecret(variable, value) || (isSecretName(variable, value) && value.includes('$'));
}

function textOf(instruction: Instruction): string {
  return `${wordsOf(instruction).join(' ')}\n${instruction.here}`;
}
