import { isBreakwaterError } from '../../core/errors.js';
import { shownText } from '../../deployment/finding.js';
import { type Command, ExitCode } from '../command.js';
import { DOTENV } from '../dotenv.js';
import { errorLine } from '../error-line.js';
import { UnverifiedError, UsageError } from '../failures.js';
import { readTime } from '../read-time.js';
import { readWords } from '../lint/read-words.js';
import { findProtections, type Protection } from './find-protections.js';
import type { CommandIo } from '../io.js';
import { CONFIG, DEFAULT_MS, HELP, TIMEOUT } from './options.js';

const options = { config: CONFIG, dotenv: DOTENV, timeout: TIMEOUT } as const;

const ONE = "'bans unblock' takes one address or range, such as 203.0.113.7 or 2001:db8::/32";

/** `bans unblock`: lifts a block in all processes. */
export const unblock: Command = {
  name: 'unblock',
  aliases: [],
  summary: 'lift the block of an address or a range (CIDR) in all processes, such as: unblock 203.0.113.7',
  options,
  async run(words, io) {
    // Such as of a variable that is not set.
    if (words.includes('')) throw new UsageError(ONE, HELP);
    const { files: addresses, given } = readWords('bans unblock', HELP, options, words);
    const limitMs = readTime('--timeout', given.timeout, DEFAULT_MS, '60s', HELP);
    const [address] = addresses;
    if (address === undefined || addresses.length > 1) throw new UsageError(ONE, HELP);
    const protections = await findProtections(given, limitMs, io);
    let isLifted = false;
    for (const protection of protections) {
      const was = await lifted(protection, address, io);
      isLifted ||= was;
      const name = shownText(protection.name, 64);
      io.out(was ? `'${name}' blocks it no longer` : `'${name}' did not block it`);
    }
    return isLifted ? ExitCode.PASS : ExitCode.FAIL;
  },
};

async function lifted(protection: Protection, address: string, io: CommandIo): Promise<boolean> {
  try {
    return await protection.unblock(address);
  } catch (error) {
    const line = errorLine(error, io);
    if (isBreakwaterError(error, 'BREAKWATER_INVALID_ARGUMENT')) throw new UsageError(line.replace(/^\w+: /, ''), HELP);
    throw new UnverifiedError(line);
  }
}
