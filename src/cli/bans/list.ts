import type { Ban } from '../../traffic/ddos-protection/index.js';
import { aligned } from '../help.js';
import { type Command, ExitCode } from '../command.js';
import { UsageError } from '../failures.js';
import { readOptions } from '../read-options.js';
import { readTime } from '../read-time.js';
import { shownText } from '../../deployment/finding.js';
import { answered, findProtections, type Protection } from './find-protections.js';
import { CONFIG, DEFAULT_MS, DOTENV, HELP, TIMEOUT } from './options.js';

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
    if (format === 'text') io.out(await answered(io, () => asText(protections)));
    else if (format === 'json') io.out(await answered(io, () => asJson(protections)));
    else
      for (const protection of protections) io.out((await answered(io, () => protection.exportBans(format))).trimEnd());
    return ExitCode.PASS;
  },
};

function asText(protections: readonly Protection[]): string {
  const lines = protections.flatMap((protection) => {
    const bans = allOf(protection);
    const shown = `'${shownText(protection.name, 64)}'`;
    if (bans.length === 0) return [`${shown} blocks nobody`];
    const rows = bans.map(
      ({ address, reason, remainingMs }) =>
        [shownText(address, 64), `${duration(remainingMs)} more: ${shownText(reason, 200)}`] as const,
    );
    return [`${shown} blocks ${String(bans.length)}:`, ...aligned(rows)];
  });
  return lines.join('\n');
}

function asJson(protections: readonly Protection[]): string {
  const listed = protections.map((protection) => ({
    name: protection.name,
    bans: allOf(protection).map(({ address, reason, remainingMs }) => ({
      address,
      reason,
      remainingMs: Math.ceil(remainingMs),
    })),
  }));
  return JSON.stringify({ version: 1, command: 'bans list', protections: listed }, undefined, 2);
}

function allOf(protection: Protection): Ban[] {
  const all: Ban[] = [];
  let cursor: number | undefined = 0;
  while (cursor !== undefined) {
    const { bans, next }: ReturnType<Protection['bans']> = protection.bans(cursor);
    all.push(...bans);
    cursor = next !== undefined && next > cursor ? next : undefined;
  }
  return all;
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
