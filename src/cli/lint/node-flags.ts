/** A text that turns off that Node verifies certificates, as a variable of a command or of its own. */
export const UNVERIFIED_TLS = /\bNODE_TLS_REJECT_UNAUTHORIZED\s{0,3}=\s{0,3}["']?0(?![\d.])/;

const INSPECTOR = /(?<!\S)--(inspect(?:-brk|-wait|-port)?|debug-port)(?:=(\S*)|\s+(?!-)(\S+)|(?!\S))/g;
const LOOPBACK = /^(?:(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)(?::\d*)?|\d*)$/i;

/** Whether Node is started with an inspector, and whether others than this machine reach it. */
export function inspectorOf(words: string): 'none' | 'local' | 'open' {
  let found: 'none' | 'local' = 'none';
  for (const [, flag = '', given, beside] of words.matchAll(INSPECTOR)) {
    const isPort = flag.endsWith('-port');
    if (!LOOPBACK.test(given ?? (isPort ? (beside ?? '') : ''))) return 'open';
    if (!isPort) found = 'local';
  }
  return found;
}
