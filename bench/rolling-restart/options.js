export const PROTOCOLS = ['h1', 'h2', 'sse', 'ws'];

/** A run of more is asked for by mistake. */
const MOST_RESTARTS = 500;
const MOST_LAG_MS = 5_000;
/** How long a library waits before its stop where that is added by hand. */
export const BY_HAND_MS = 1_000;
/** A replica that has not exited so long after SIGTERM is killed. */
export const KILL_MS = 12_000;
export const LAG_MS = 500;

const USAGE = `usage: node bench/rolling-restart/run.js [--restarts <count>] [--protocol ${PROTOCOLS.join('|')}]… [--only <library>]…
         [--lag <ms>] [--write]
       node bench/rolling-restart/run.js --check`;

class UsageError extends Error {}

function number(word, least, most) {
  const value = Number(word);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new UsageError(`${String(word)} is no whole number from ${String(least)} to ${String(most)}`);
  }
  return value;
}

function oneOf(word, words) {
  if (!words.includes(word)) throw new UsageError(`${String(word)} is none of ${words.join(', ')}`);
  return word;
}

function parse(words, libraries) {
  const options = { restarts: 5, lagMs: LAG_MS, protocols: [], libraries: [], write: false, check: false };
  const rest = [...words];
  while (rest.length > 0) {
    const word = rest.shift();
    if (word === '--check') options.check = true;
    else if (word === '--write') options.write = true;
    else if (word === '--restarts') options.restarts = number(rest.shift(), 1, MOST_RESTARTS);
    else if (word === '--lag') options.lagMs = number(rest.shift(), 0, MOST_LAG_MS);
    else if (word === '--protocol') options.protocols.push(oneOf(rest.shift(), PROTOCOLS));
    else if (word === '--only') options.libraries.push(oneOf(rest.shift(), libraries));
    else throw new UsageError(`what is ${word}?`);
  }
  if (options.check && words.length > 1) throw new UsageError('--check stands alone');
  // The page states one lag.
  if (options.write && options.lagMs !== LAG_MS) throw new UsageError(`--write needs a lag of ${String(LAG_MS)}`);
  if (options.protocols.length === 0) options.protocols = PROTOCOLS;
  if (options.libraries.length === 0) options.libraries = libraries;
  return options;
}

/** What the command line asks for, of these libraries; says what is wrong with it, and ends the process, otherwise. */
export function readOptions(words, libraries) {
  try {
    return parse(words, libraries);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n${USAGE}`);
    process.exit(2);
  }
}
