import { InvalidArgumentError } from '../../core/errors.js';
import { formatAddress } from '../../internal/address-text.js';
import { parseCidr } from '../../internal/ip-range.js';
import type { Ban } from './bans.js';
import { apart, type TimedRange } from './ranges-apart.js';

/** For whom blocks can be written. */
export type BanFormat = 'json' | 'nginx' | 'nftables';

const BAN_FORMATS: readonly BanFormat[] = /* @__PURE__ */ Object.freeze(['json', 'nginx', 'nftables'] as const);

/** What is written besides the blocks. @internal */
export interface ExportHead {
  readonly name: string;
  readonly mode: 'enforce' | 'shadow';
  /** Milliseconds since the Unix epoch. */
  readonly takenAt: number;
}

/** Blocks as text for somebody else. What only watches has blocked nobody, and asks nobody else to. @internal */
export function exportedBans(owner: string, format: BanFormat, head: ExportHead, bans: readonly Ban[]): string {
  if (!BAN_FORMATS.includes(format)) {
    throw new InvalidArgumentError(`${owner}.exportBans: format must be ${BAN_FORMATS.join(', ')}`);
  }
  if (format === 'json') return json(head, bans);
  const enforced = head.mode === 'shadow' ? [] : bans;
  return format === 'nginx' ? nginx(enforced) : nftables(enforced);
}

function json(head: ExportHead, bans: readonly Ban[]): string {
  const shown = bans.map(({ remainingMs, ...ban }) => ({
    ...ban,
    remainingMs: remainingMs === Infinity ? null : remainingMs,
  }));
  return JSON.stringify({ version: 1, ...head, bans: shown });
}

/** The inside of a `geo` block: reasons stay out, since they may be anybody's words. */
function nginx(bans: readonly Ban[]): string {
  return bans.map(({ address }) => `${address} 1;\n`).join('');
}

/** The most that nft reads: eight digits for each unit, which is over three years. */
const LONGEST_S = 99_999_999;

/**
 * A script for `nft -f`, which puts the sets to what is blocked now, in one transaction. Addresses and ranges have sets of
 * their own: where sets of ranges may overlap, nft makes one range of several, and that ends when any of them does.
 */
function nftables(bans: readonly Ban[]): string {
  const lines = ['add table inet breakwater'];
  const read = bans.flatMap(timed);
  for (const family of [4, 6] as const) {
    const width = family === 4 ? 32 : 128;
    const ours = read.filter(({ address }) => address.family === family);
    const type = `type ipv${String(family)}_addr;`;
    const addresses = ours.filter(({ prefix }) => prefix === width);
    const ranges = ours.filter(({ prefix }) => prefix < width);
    lines.push(
      ...nftablesSet(
        `blocked${String(family)}`,
        `${type} flags timeout;`,
        addresses.map(({ address, leftMs }) => element(formatAddress(address), leftMs)),
      ),
      ...nftablesSet(
        `blocked${String(family)}_ranges`,
        `${type} flags interval, timeout;`,
        apart(ranges).map(({ text, leftMs }) => element(text, leftMs)),
      ),
    );
  }
  return `${lines.join('\n')}\n`;
}

function timed({ address, remainingMs }: Ban): TimedRange[] {
  const range = parseCidr(address);
  return typeof range === 'string' ? [] : [{ ...range, leftMs: remainingMs }];
}

function nftablesSet(set: string, kind: string, elements: readonly string[]): string[] {
  const lines = [`add set inet breakwater ${set} { ${kind} }`, `flush set inet breakwater ${set}`];
  if (elements.length > 0) lines.push(`add element inet breakwater ${set} { ${elements.join(', ')} }`);
  return lines;
}

function element(text: string, leftMs: number): string {
  return leftMs === Infinity ? text : `${text} timeout ${String(Math.min(LONGEST_S, Math.ceil(leftMs / 1_000)))}s`;
}
