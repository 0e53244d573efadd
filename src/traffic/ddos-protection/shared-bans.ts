import { isOver } from '../../core/steady.js';
import type { LocalMark } from '../store/index.js';
import { type Ban, Bans } from './bans.js';

/** A client's address, or a range of several clients. @internal */
export interface BanName {
  readonly text: string;
  readonly isRange: boolean;
}

/** Whether the text of a mark is that of a range. @internal */
export function isRangeText(mark: string): boolean {
  return mark.startsWith('range ');
}

interface HeldRange {
  readonly text: string;
  readonly untilMs: number;
}

/**
 * What the marks of a store say about addresses: their text names the address, of which the store itself has a digest
 * only. Ranges are held here, since nobody can find them by an address in them otherwise.
 * @internal
 */
export class SharedBans {
  readonly #owner: string;
  readonly #ipv6Prefix: number;
  readonly #now: () => number;
  #ranges: Bans;
  /** The ranges by the names they have in the store. */
  #named = new Map<string, HeldRange>();

  constructor(owner: string, ipv6Prefix: number, now: () => number) {
    this.#owner = owner;
    this.#ipv6Prefix = ipv6Prefix;
    this.#now = now;
    this.#ranges = this.#none();
  }

  /** Follows the marks. */
  readonly watch = (subject: string, mark: LocalMark | undefined): void => {
    this.#forget(subject);
    if (mark?.held !== true || !isRangeText(mark.text)) return;
    const { text, reason } = read(mark.text);
    this.#forgetThoseOver();
    try {
      this.#ranges.addText(text, mark.untilMs, reason, this.#now());
      this.#named.set(subject, { text, untilMs: mark.untilMs });
    } catch {
      // The text of somebody else's, that is no range: there are never more of them than fit.
    }
  };

  /** The name of one client or a range. */
  name(addressOrCidr: string): BanName {
    const { key, cidr } = this.#ranges.name(addressOrCidr);
    return key === undefined ? { text: cidr, isRange: true } : { text: key, isRange: false };
  }

  /** The same, when it may be blocked. */
  nameToBlock(addressOrCidr: string): BanName {
    const name = this.name(addressOrCidr);
    if (!name.isRange) return name;
    this.#forgetThoseOver();
    this.#ranges.checkRoom(name.text);
    return name;
  }

  textOf({ text, isRange }: BanName, reason: string): string {
    return `${isRange ? 'range' : 'client'} ${text} ${reason}`;
  }

  /** How long the ranges are blocked in which an address is. */
  rangeLeftMs(key: string, nowMs: number): number {
    return this.#ranges.size === 0 ? 0 : this.#ranges.leftMs(key, nowMs);
  }

  list(marks: Iterable<[string, LocalMark]>, nowMs: number): Ban[] {
    const bans: Ban[] = [];
    for (const [, mark] of marks) {
      if (!mark.held) continue;
      const { text, reason } = read(mark.text);
      bans.push({ address: text, reason, remainingMs: mark.untilMs - nowMs });
    }
    return bans;
  }

  #forget(subject: string): void {
    const known = this.#named.get(subject);
    if (known === undefined) return;
    this.#named.delete(subject);
    this.#ranges.delete(known.text);
  }

  #forgetThoseOver(): void {
    const nowMs = this.#now();
    for (const [subject, { untilMs }] of this.#named) if (isOver(untilMs, nowMs)) this.#forget(subject);
  }

  #none(): Bans {
    return new Bans(this.#owner, this.#ipv6Prefix, 1);
  }
}

function read(mark: string): BanName & { readonly reason: string } {
  const [kind, text = '', ...reason] = mark.split(' ');
  return { text, isRange: kind === 'range', reason: reason.join(' ') };
}
