import type { Ban } from './bans.js';

/** For whom blocks can be written. */
export type BanFormat = 'json' | 'nginx' | 'nftables';

/** @internal */
export const BAN_FORMATS = /* @__PURE__ */ Object.freeze(['json', 'nginx', 'nftables'] as const);

/** What is written besides the blocks. @internal */
export interface ExportHead {
  readonly name: string;
  readonly mode: 'enforce' | 'shadow';
  /** Milliseconds since the Unix epoch. */
  readonly takenAt: number;
}

/** Blocks as text for somebody else. What only watches has blocked nobody, and asks nobody else to. @internal */
export function exportedBans(format: BanFormat, head: ExportHead, bans: readonly Ban[]): string {
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

/** A script for `nft -f`, which puts the sets of both families to what is blocked now, in one transaction. */
function nftables(bans: readonly Ban[]): string {
  const families = [
    { set: 'blocked4', type: 'ipv4_addr', has: (address: string) => !address.includes(':') },
    { set: 'blocked6', type: 'ipv6_addr', has: (address: string) => address.includes(':') },
  ];
  const lines = ['add table inet breakwater'];
  for (const { set, type, has } of families) {
    lines.push(`add set inet breakwater ${set} { type ${type}; flags interval, timeout; auto-merge; }`);
    lines.push(`flush set inet breakwater ${set}`);
    const elements = bans.filter(({ address }) => has(address)).map(element);
    if (elements.length > 0) lines.push(`add element inet breakwater ${set} { ${elements.join(', ')} }`);
  }
  return `${lines.join('\n')}\n`;
}

function element({ address, remainingMs }: Ban): string {
  return remainingMs === Infinity ? address : `${address} timeout ${String(Math.ceil(remainingMs / 1_000))}s`;
}
