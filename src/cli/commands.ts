import { bans } from './bans/bans.js';
import { check } from './check/check.js';
import { type Command, ExitCode } from './command.js';
import { dockerfile } from './dockerfile/dockerfile.js';
import { env } from './env/env.js';
import { UsageError } from './failures.js';
import { groupHelp, overview } from './help.js';
import { k8s } from './kubernetes/k8s.js';
import { migrations } from './migrations/migrations.js';
import { doctor } from './service/doctor.js';
import { probe } from './service/probe.js';
import { echo } from './words.js';

const help: Command = {
  name: 'help',
  aliases: ['--help', '-h'],
  summary: 'show this help',
  run(words, io) {
    const [word] = words;
    const group = commands.find(({ name, commands: inner }) => inner !== undefined && name === word);
    takesNothing(help, group === undefined ? words : words.slice(1));
    io.out(group === undefined ? overview(commands) : groupHelp(group));
    return ExitCode.PASS;
  },
};

const version: Command = {
  name: 'version',
  aliases: ['--version', '-v'],
  summary: "print the package's version",
  run(words, io) {
    takesNothing(version, words);
    io.out(io.version());
    return ExitCode.PASS;
  },
};

/** Every command there is, in the order of the help. */
export const commands: readonly Command[] = [
  help,
  version,
  check,
  migrations,
  doctor,
  probe,
  env,
  bans,
  k8s,
  dockerfile,
];

function takesNothing({ name }: Command, [extra]: readonly string[]): void {
  if (extra !== undefined) throw new UsageError(`'${name}' takes nothing else, got ${echo(extra)}`, 'breakwater help');
}
