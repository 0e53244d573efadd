import { type Command, ExitCode } from '../command.js';
import { UsageError } from '../failures.js';
import { asksForHelp, commandHelp } from '../help.js';
import type { CommandIo } from '../io.js';
import { readAddress, readTimeout, TIMEOUT } from './address.js';

const options = {
  timeout: TIMEOUT,
  insecure: { summary: 'of https: accept every certificate, as the probes of Kubernetes do' },
} as const;

const TIMEOUT_MS = 2_000;

/**
 * `probe`: one question to a running service, for the health check of an image that has no curl. The exit code is 0 or 1 and
 * nothing else, also for a command line that makes no sense: 2 is reserved by Docker, and everything above is no answer to it.
 */
export const probe: Command = {
  name: 'probe',
  aliases: [],
  summary: 'ask a running service once: exit code 0 for 2xx, else 1 (Docker HEALTHCHECK)',
  options,
  async run(words, io) {
    if (asksForHelp(words)) {
      io.out(help());
      return ExitCode.PASS;
    }
    try {
      return await ask(words, io);
    } catch (error) {
      // What is printed is kept by whoever probes: one line, and nothing of an error that is not ours.
      const problem = error instanceof UsageError ? `${error.message} (see '${error.help}')` : 'the probe broke off';
      io.err(`breakwater: ${problem}`);
      return ExitCode.FAIL;
    }
  },
};

async function ask(words: readonly string[], io: CommandIo): Promise<number> {
  const { target, given } = readAddress('probe', options, words);
  const timeoutMs = readTimeout('probe', given.timeout, TIMEOUT_MS);
  const { probeOnce } = await import('./probe-once.js');
  const { isWell, message } = await probeOnce(target, { timeoutMs, insecure: given.insecure === true });
  if (isWell) io.out(message);
  else io.err(`breakwater: ${message}`);
  return isWell ? ExitCode.PASS : ExitCode.FAIL;
}

function help(): string {
  return commandHelp({
    usage: 'probe <url> [options]',
    about: [
      'Asks a running service once, and follows no redirect. For the health check of an image without curl:',
      '',
      '  HEALTHCHECK --timeout=3s CMD ["node", "node_modules/breakwater/dist/cli.js", "probe", "http://127.0.0.1:3000/health/ready"]',
    ],
    options,
    codes: [
      ['0', 'the answer is 2xx'],
      ['1', 'everything else, also a command line that makes no sense: 2 is reserved by Docker'],
    ],
  });
}
