/** What runs others and does not pass on what it is told, or not always. */
const BETWEEN = /^(npm|npx|yarn|yarnpkg|pnpm|pnpx|bunx|corepack|sh|bash|ash|dash|zsh|nodemon|pm2|forever)$/;
/** What is made to be the first process: it passes signals on and buries the dead. */
const INIT = /^(tini|tini-static|dumb-init|catatonit|docker-init|s6-overlay-suexec)$/;

/** The program that a command line starts behind an init, and whether it stands between signals and the service. */
export function programOf(words: readonly string[]): { readonly program: string; readonly isBetween: boolean } {
  let i = 0;
  while (INIT.test(nameOf(words[i]))) {
    i++;
    while (words[i]?.startsWith('-') === true) i++;
  }
  const program = nameOf(words[i]);
  // A shell that replaces itself is gone.
  const script = /^(ba|a|da|z)?sh$/.test(program)
    ? words.slice(i + 1).find((word) => !word.startsWith('-'))
    : undefined;
  const replaces = script !== undefined && /^\s*exec\s+[^\s;&|]+[^;&|]*$/.test(script);
  return { program, isBetween: BETWEEN.test(program) && !replaces };
}

function nameOf(word: string | undefined): string {
  return word?.slice(word.lastIndexOf('/') + 1) ?? '';
}
