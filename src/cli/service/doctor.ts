import { type Command, ExitCode } from '../command.js';
import { UsageError } from '../failures.js';
import { asksForHelp, commandHelp } from '../help.js';
import type { CommandIo } from '../io.js';
import { property } from '../readable-config.js';
import { FAIL_ON, printReport, REPORT_FORMAT } from '../report/print.js';
import { readAddress, readTimeout, TIMEOUT } from './address.js';

const HELP = 'breakwater doctor --help';
const TIMEOUT_MS = 2_000;

const options = {
  timeout: TIMEOUT,
  prefix: { takes: 'PATH', summary: 'path of the health routes below the address; default /health' },
  'token-env': {
    takes: 'NAME',
    summary: 'variable of the environment with a token that opens the details; a command line is seen by everybody',
  },
  'fail-on': FAIL_ON,
  format: REPORT_FORMAT,
} as const;

/** `doctor`: what is wrong with the health routes of a running service. */
export const doctor: Command = {
  name: 'doctor',
  aliases: [],
  summary: 'look at the health routes of a running service: status, methods, headers, what they give away',
  options,
  async run(words, io) {
    if (asksForHelp(words)) {
      io.out(help());
      return ExitCode.PASS;
    }
    const { text, target, given } = readAddress('doctor', options, words);
    const timeoutMs = readTimeout('doctor', given.timeout, TIMEOUT_MS);
    const token = readToken(given['token-env'], io);
    const { HealthCheckValidator } = await import('../../deployment/health-check-validator/index.js');
    const make = (): InstanceType<typeof HealthCheckValidator> => {
      try {
        return new HealthCheckValidator({ baseUrl: text, prefix: given.prefix, timeoutMs, token });
      } catch (error) {
        throw new UsageError(whatIsWrong(error), HELP);
      }
    };
    const { findings } = await make().run();
    const items = findings.map((finding) => ({ ...finding, name: finding.id, durationMs: 0 }));
    const report = { command: 'doctor', subject: target.origin, items };
    return printReport(report, io, { format: given.format, failOn: given['fail-on'] });
  },
};

function readToken(name: string | undefined, io: CommandIo): string | undefined {
  if (name === undefined) return undefined;
  // Whoever writes the token itself in its place must not see it again.
  if (!/^[A-Za-z_]\w{0,100}$/.test(name))
    throw new UsageError("'--token-env' takes the name of a variable of the environment, not the token", HELP);
  const token = io.environment()[name];
  if (token === undefined || token.trim() === '')
    throw new UsageError("the variable that '--token-env' names is not set, or empty", HELP);
  return token;
}

/** The options as they are called here; what they hold is not repeated. */
function whatIsWrong(error: unknown): string {
  const issues = property(error, 'issues');
  if (!Array.isArray(issues)) throw error;
  const names: Readonly<Record<string, string>> = { baseUrl: 'the address', token: 'the token', prefix: "'--prefix'" };
  return issues
    .map((issue: unknown) => {
      const path = String(property(issue, 'path'));
      return `${names[path] ?? path} ${String(property(issue, 'message'))}`;
    })
    .join('; ');
}

function help(): string {
  return commandHelp({
    usage: 'doctor <url> [options]',
    about: [
      'Asks a running service for its health as probes, balancers, caches and strangers do, with GET, HEAD, POST, PUT and',
      'DELETE, and says what is wrong with the answers. The address is that of the service, without /health.',
    ],
    options,
    codes: [
      ['2', 'usage: the command line makes no sense'],
      ['1', 'something is wrong, or a warning with --fail-on warn'],
      ['3', 'it could not be found out'],
      ['0', 'all is well'],
    ],
  });
}
