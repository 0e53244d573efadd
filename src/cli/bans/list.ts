import type { Ban } from '../../traffic/ddos-protection/index.js';
import { aligned } from '../help.js';
import { type Command, ExitCode } from '../command.js';
import { DOTENV } from '../dotenv.js';
import { UsageError } from '../failures.js';
import { readOptions } from '../read-options.js';
import { readTime } from '../read-time.js';
import { shownText } from '../../deployment/finding.js';
import { answered, findProtections } from './find-protections.js';
import { CONFIG, DEFAULT_MS, HELP, TIMEOUT } from './options.js';

const FORMATS = ['text', 'json', 'nginx', 'nftables'] as const;

const options = {
  config: CONFIG,
  dotenv: DOTENV,
  timeout: TIMEOUT,
  format: {
    takes: FORMATS.join('|') as 'text|json|nginx|nftables',
    choices: FORMATS,
    summary: "of 'list': for people (default), programs, or to enforce elsewhere",
  },
} as const;

/** What `exportBans('json')` writes. */
interface Exported {
  readonly name: string;
  readonly mode: 'enforce' | 'shadow';
  readonly bans: readonly Ban[];
}

/** `bans list`: who is blocked, for how long and why. */
export const list: Command = {
  name: 'list',
  aliases: [],
  summary: 'say which addresses are blocked in all processes, for how long and why',
  options,
  async run(words, io) {
    const given = readOptions('bans list', HELP, options, words);
    const limitMs = readTime('--timeout', given.timeout, DEFAULT_MS, '60s', HELP);
    const protections = await findProtections(given, limitMs, io);
    const { format = 'text' } = given;
    if (format === 'nftables' && protections.length > 1)
      throw new UsageError("'--format nftables' writes the sets of one protection: export one as 'bans'", HELP);
    const exported = (as: 'json' | 'nginx' | 'nftables') =>
      answered(io, () => protections.map((protection) => protection.exportBans(as).trimEnd()));
    if (format === 'nginx' || format === 'nftables') for (const text of await exported(format)) io.out(text);
    else {
      const lists = (await exported('json')).map((text) => JSON.parse(text) as Exported);
      if (format === 'text') for (const list of lists) io.out(asText(list));
      else io.out(JSON.stringify({ version: 1, command: 'bans list', protections: lists }, undefined, 2));
    }
    return ExitCode.PASS;
  },
};

function asText({ name, mode, bans }: Exported): string {
  const shown = `'${shownText(name, 64)}' ${mode === 'shadow' ? 'would block' : 'blocks'}`;
  if (bans.length === 0) return `${shown} nobody`;
  const rows = bans.map(
    ({ address, reason, remainingMs }) =>
      [shownText(address, 64), `${duration(remainingMs)} more: ${shownText(reason, 200)}`] as const,
  );
  return [`${shown} ${String(bans.length)}:`, ...aligned(rows)].join('\n');
}

/** The largest unit in which it is more than one, rounded up. */
function duration(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  if (seconds <= 120) return `${String(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes <= 120) return `${String(minutes)} min`;
  const hours = Math.ceil(minutes / 60);
  return hours <= 48 ? `${String(hours)} h` : `${String(Math.ceil(hours / 24))} d`;
}
