import { MASK, maskPrivateKeys } from '../core/mask-fields.js';

/** Tokens that are signed, and those whose issuers begin them with a prefix of their own so that they are found. */
const TOKEN =
  /(?<![A-Za-z\d_-])(?:eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}|gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{20,}|npm_\w{30,}|[sr]k_(?:live|test)_\w{16,}|whsec_\w{16,}|xox[abeoprs]-[\w-]{10,}|A[KS]IA[A-Z\d]{16}|AIza[\w-]{35}|SG\.[\w-]{16,}\.[\w-]{16,}|sk-(?=[A-Za-z_-]{0,80}\d)[\w-]{20,})/g;

/** Text without what says by its own form that it is a secret, under any name or none. @internal */
export function maskTokens(text: string): string {
  return maskPrivateKeys(text).replace(TOKEN, MASK);
}

/** Whether there is any. @internal */
export function holdsToken(text: string): boolean {
  return maskTokens(text) !== text;
}
