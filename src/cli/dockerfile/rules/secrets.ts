import { isSensitiveKey } from '../../../core/sensitive-names.js';
import { pairsOf, wordsOf } from '../parse.js';
import type { Rule } from '../stages.js';

const SECRET_FILES =
  /(^|\/)(\.env(\.(?!example$|sample$|template$)[\w.-]+)?|\.npmrc|\.netrc|id_(rsa|ed25519|ecdsa)|[\w.-]+\.(pem|key|p12|pfx)|credentials\.json)$/;

/** Whether a secret stays in the image, where everybody who has it finds it. */
export const secrets: Rule = function* ({ instructions }) {
  for (const instruction of instructions) {
    const { name, line, flags } = instruction;
    if (name === 'ENV' || name === 'ARG')
      for (const [variable, value] of pairsOf(instruction)) {
        if (!isSensitiveKey(variable) || /_(FILE|PATH)$/i.test(variable)) continue;
        const isGiven = value !== undefined && value !== '';
        if (name === 'ENV' && !isGiven) continue;
        yield {
          id: 'dockerfile.secret-in-env',
          status: isGiven ? 'FAIL' : 'WARN',
          message: isGiven
            ? `${name} sets ${variable}, which stays in the image for everybody to read`
            : `ARG ${variable}: what it is given stays in the history of the image`,
          hint: 'give it when the container starts, or to one step of the build: RUN --mount=type=secret',
          line,
        };
      }
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
