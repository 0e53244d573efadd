import type { LocalMark } from '../store/index.js';
import { type Ban, Bans } from './bans.js';

/** A client's address, or a range of several clients. @internal */
export interface BanName {
  readonly text: string;
  readonly isRange: boolean;
}

/**
 * What the marks of a store say about addresses: their text names the address, of which the store itself has a digest
 * only. Ranges are held here, since nobody can find them by an address in them otherwise.
 * @internal
 */
export class SharedBans {
  readonly #owner: string;
  readonly #ipv6Prefix: number;
  #ranges: Bans;
  /** The ranges by the names they have in the store. */
  #named = new Map<string, string>();

  constructor(owner: string, ipv6Prefix: number) {
    this.#owner = owner;
    this.#ipv6Prefix = ipv6Prefix;
    this.#ranges = this.#none();
  }

  /** Follows the marks. */
  readonly watch = (subject: string | undefined, mark: LocalMark | undefined): void => {
    if (subject === undefined) {
      this.#ranges = this.#none();
      this.#named = new Map();
      return;
    }
    const known = this.#named.get(subject);
    if (known !== undefined) {
      this.#ranges.delete(known);
      this.#named.delete(subject);
    }
    if (mark?.held !== true) return;
    const { text, isRange, reason } = read(mark.text);
    if (!isRange) return;
    try {
      // The time at which others see it end.
      this.#ranges.addText(text, mark.untilMs, reason, 0);
      this.#named.set(subject, text);
    } catch {
      // More ranges than are looked through, or a text of somebody else's: the address itself is still looked up.
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
    if (name.isRange) this.#ranges.checkRoom(name.text);
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

  #none(): Bans {
    return new Bans(this.#owner, this.#ipv6Prefix, 1);
  }
}

function read(mark: string): BanName & { readonly reason: string } {
  const [kind, text = '', ...reason] = mark.split(' ');
  return { text, isRange: kind === 'range', reason: reason.join(' ') };
}
