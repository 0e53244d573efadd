import { UNVERIFIED_TLS } from '../../lint/node-flags.js';
import { holdsPassword, holdsSecret, isSecret, isSecretName } from '../../lint/secret-text.js';
import { type Instruction, pairsOf, wordsOf } from '../parse.js';
import type { Rule } from '../stages.js';

const SECRET_FILES =
  /(^|\/)(\.env(\.(?!example$|sample$|template$)[\w.-]+)?|\.npmrc|\.netrc|id_(rsa|ed25519|ecdsa)|[\w.-]+\.(pem|key|p12|pfx)|credentials\.json)$/;

const COMMANDS = /^(RUN|CMD|ENTRYPOINT|HEALTHCHECK|COPY|ADD)$/;

/** Whether a secret stays in the image, where everybody who has it finds it. */
export const secrets: Rule = function* ({ instructions }) {
  for (const instruction of instructions) {
    const { name, line, flags } = instruction;
    if (name === 'ENV' || name === 'ARG')
      for (const [variable, value] of pairsOf(instruction)) {
        const isGiven = value !== undefined && value !== '';
        const isHidden = isGiven
          ? isKept(variable, value) || holdsPassword(value)
          : name === 'ARG' && isSecretName(variable);
        if (!isHidden) continue;
        yield {
          id: 'dockerfile.secret-in-env',
          status: isGiven ? 'FAIL' : 'WARN',
          message: isGiven
            ? `${name} sets ${variable}, which stays in the image for everybody to read`
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
      if (SECRET_FILES.test(source))
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

/** Whether a variable keeps a secret; what is filled in while the image is made stays as well. */
function isKept(variable: string, value: string): boolean {
  return isSecret(variable, value) || (isSecretName(variable, value) && value.includes('$'));
}

function textOf(instruction: Instruction): string {
  return `${wordsOf(instruction).join(' ')}\n${instruction.here}`;
}
