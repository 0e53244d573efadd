import { InvalidArgumentError } from '../../core/errors.js';
import { BoundedMap } from '../../internal/bounded-map.js';
import { CidrSet, keyOf, parseCidr } from '../client-address/index.js';

/** One block that is in force. */
export interface Ban {
  /** The address, the range of an IPv6 client, or the range that was blocked by hand. */
  readonly address: string;
  readonly reason: string;
  /** Milliseconds left; `Infinity` until it is lifted. */
  readonly remainingMs: number;
}

interface Held {
  readonly untilMs: number;
  readonly reason: string;
}

interface HeldRange extends Held {
  readonly range: CidrSet;
}

/** Ranges are tried one after the other, so there may be only so many. */
const MOST_RANGES = 1_000;

/** Who is blocked until when; a block that is over is forgotten when somebody looks. @internal */
export class Bans {
  readonly #owner: string;
  readonly #ipv6Prefix: number;
  readonly #keys: BoundedMap<Held>;
  readonly #ranges = new Map<string, HeldRange>();

  constructor(owner: string, ipv6Prefix: number, max: number) {
    this.#owner = owner;
    this.#ipv6Prefix = ipv6Prefix;
    this.#keys = new BoundedMap(max, ({ untilMs }) => untilMs);
  }

  get size(): number {
    return this.#keys.size + this.#ranges.size;
  }

  /** Milliseconds until an address is free again; `0` when it is. */
  leftMs(key: string, nowMs: number): number {
    let untilMs = nowMs;
    const held = this.#keys.get(key);
    if (held !== undefined) {
      if (held.untilMs <= nowMs) this.#keys.delete(key);
      else untilMs = held.untilMs;
    }
    const address = this.#ranges.size === 0 ? '' : (key.split('/')[0] ?? '');
    for (const [cidr, range] of this.#ranges) {
      if (range.untilMs <= nowMs) this.#ranges.delete(cidr);
      else if (range.untilMs > untilMs && range.range.has(address)) untilMs = range.untilMs;
    }
    return untilMs - nowMs;
  }

  /** Blocks a key that is known to be one. */
  add(key: string, untilMs: number, reason: string): void {
    this.#keys.delete(key);
    this.#keys.add(key, { untilMs, reason });
  }

  /** Blocks an address or a range; returns the name that the block has. */
  addText(addressOrCidr: string, untilMs: number, reason: string): string {
    const { key, cidr } = this.name(addressOrCidr);
    if (key !== undefined) this.add(key, untilMs, reason);
    else if (this.#ranges.size >= MOST_RANGES && !this.#ranges.has(cidr)) {
      throw new InvalidArgumentError(
        `${this.#owner}: ${String(MOST_RANGES)} ranges are blocked; lift some or use the deny option`,
      );
    } else this.#ranges.set(cidr, { range: new CidrSet([cidr]), untilMs, reason });
    return key ?? cidr;
  }

  /** Lifts a block; whether there was one. */
  delete(name: string): boolean {
    return this.#keys.delete(name) || this.#ranges.delete(name);
  }

  /** The key of one client, or a range of several. */
  name(
    addressOrCidr: string,
  ): { readonly key: string; readonly cidr?: never } | { readonly key?: never; readonly cidr: string } {
    const parsed = parseCidr(addressOrCidr);
    if (typeof parsed === 'string') throw new InvalidArgumentError(`${this.#owner}: ${parsed}`);
    const { address, prefix } = parsed;
    const one = address.family === 4 ? 32 : this.#ipv6Prefix;
    const key = prefix < one ? undefined : keyOf(addressOrCidr.split('/')[0] ?? '', this.#ipv6Prefix);
    return key === undefined ? { cidr: addressOrCidr } : { key };
  }

  *list(nowMs: number): Generator<Ban> {
    for (const held of [this.#keys.entries(), this.#ranges.entries()]) {
      for (const [address, { untilMs, reason }] of held) {
        if (untilMs > nowMs) yield { address, reason, remainingMs: untilMs - nowMs };
      }
    }
  }
}
