import { InvalidArgumentError } from '../../core/errors.js';
import { isOver } from '../../core/steady.js';
import { BoundedMap } from '../../internal/bounded-map.js';
import { addressKeyOf } from '../../internal/address-text.js';
import { maskAddress, parseAddress } from '../../internal/ip-address.js';
import { parseCidr, rangeText } from '../../internal/ip-range.js';
import type { CidrSet } from '../client-address/index.js';

/** One block that is in force. */
export interface Ban {
  /** The address, the range of an IPv6 client, or the range that was blocked by hand. */
  readonly address: string;
  readonly reason: string;
  /** Milliseconds left; `Infinity` until it is lifted. */
  readonly remainingMs: number;
}

/**
 * Whoever is allowed is blocked by nothing: without the blocks of which every address is. A range of which only a part is
 * allowed stays, for there may be others in it.
 * @internal
 */
export function inForce(bans: Iterable<Ban>, allow: CidrSet): Ban[] {
  if (allow.size === 0) return [...bans];
  return Array.from(bans).filter(({ address }) => {
    const range = parseCidr(address);
    return typeof range === 'string' || !allow.hasRange(range);
  });
}

interface Held {
  readonly untilMs: number;
  readonly reason: string;
  /** The minute in which its address was last seen, from 1; a small integer, which takes no object of its own. */
  minute: number;
}

interface HeldRange extends Omit<Held, 'minute'> {
  readonly prefix: number;
}

/** Ranges are blocked by hand; more of them belong into the deny option. */
const MOST_RANGES = 1_000;

/** Who is blocked until when; a block that is over is forgotten when somebody looks. @internal */
export class Bans {
  readonly #owner: string;
  readonly #ipv6Prefix: number;
  readonly #keys: BoundedMap<Held>;
  readonly #ranges = new Map<string, HeldRange>();
  /** Prefix lengths among the ranges: a lookup tries each once, however many ranges there are. */
  #prefixes: readonly number[] = [];
  #latestMs = 0;

  constructor(owner: string, ipv6Prefix: number, max: number) {
    this.#owner = owner;
    this.#ipv6Prefix = ipv6Prefix;
    this.#keys = new BoundedMap(max, ({ untilMs }) => untilMs - this.#latestMs);
  }

  /** How many blocks in force had to make room for others. */
  get evicted(): number {
    return this.#keys.evicted;
  }

  get size(): number {
    return this.#keys.size + this.#ranges.size;
  }

  /** Milliseconds until an address is free again; `0` when it is. */
  leftMs(key: string, nowMs: number): number {
    let untilMs = nowMs;
    const held = this.#keys.get(key);
    if (held !== undefined) {
      if (isOver(held.untilMs, nowMs)) this.#keys.delete(key);
      else untilMs = held.untilMs;
    }
    const address = this.#ranges.size === 0 ? undefined : parseAddress(key.split('/')[0] ?? '');
    if (address === undefined) return untilMs - nowMs;
    for (const prefix of this.#prefixes) {
      const range = this.#ranges.get(rangeText({ address: maskAddress(address, prefix), prefix }));
      if (range !== undefined && !isOver(range.untilMs, nowMs)) untilMs = Math.max(untilMs, range.untilMs);
    }
    return untilMs - nowMs;
  }

  /** Blocks a key that is known to be one. */
  add(key: string, untilMs: number, reason: string, nowMs: number): void {
    this.#latestMs = nowMs;
    this.#keys.delete(key);
    this.#keys.add(key, { untilMs, reason, minute: 0 });
  }

  /** Blocks an address or a range; returns the name that the block has. */
  addText(addressOrCidr: string, untilMs: number, reason: string, nowMs: number): string {
    const { key, cidr } = this.name(addressOrCidr);
    if (key === undefined) this.#addRange(cidr, untilMs, reason, nowMs);
    else this.add(key, untilMs, reason, nowMs);
    return key ?? cidr;
  }

  #addRange(cidr: string, untilMs: number, reason: string, nowMs: number): void {
    for (const [other, held] of this.#ranges) if (isOver(held.untilMs, nowMs)) this.#ranges.delete(other);
    this.checkRoom(cidr);
    this.#ranges.set(cidr, { prefix: Number(cidr.slice(cidr.indexOf('/') + 1)), untilMs, reason });
    this.#notePrefixes();
  }

  /** Refuses one more range when there are too many. */
  checkRoom(cidr: string): void {
    if (this.#ranges.size < MOST_RANGES || this.#ranges.has(cidr)) return;
    throw new InvalidArgumentError(
      `${this.#owner}: ${String(MOST_RANGES)} ranges are blocked; lift some or use the deny option`,
    );
  }

  #notePrefixes(): void {
    this.#prefixes = [...new Set(Array.from(this.#ranges.values(), ({ prefix }) => prefix))];
  }

  /** Whether a blocked address comes for the first time in this minute. */
  comesFirst(key: string, minute: number): boolean {
    const held = this.#keys.get(key);
    if (held === undefined || held.minute === minute) return false;
    held.minute = minute;
    return true;
  }

  /** Lifts a block; whether there was one. */
  delete(name: string): boolean {
    if (this.#keys.delete(name)) return true;
    const was = this.#ranges.delete(name);
    if (was) this.#notePrefixes();
    return was;
  }

  /** Lifts a block; whether it was still in force. */
  lift(name: string, nowMs: number): boolean {
    const held = this.#keys.get(name) ?? this.#ranges.get(name);
    this.delete(name);
    return held !== undefined && !isOver(held.untilMs, nowMs);
  }

  /** The key of one client, or a range of several. */
  name(
    addressOrCidr: string,
  ): { readonly key: string; readonly cidr?: never } | { readonly key?: never; readonly cidr: string } {
    const parsed = parseCidr(addressOrCidr);
    if (typeof parsed === 'string') throw new InvalidArgumentError(`${this.#owner}: ${parsed}`);
    const { address, prefix } = parsed;
    const one = address.family === 4 ? 32 : this.#ipv6Prefix;
    const key = prefix < one ? undefined : addressKeyOf(addressOrCidr.split('/')[0] ?? '', this.#ipv6Prefix);
    return key === undefined ? { cidr: rangeText(parsed) } : { key };
  }

  *list(nowMs: number): Generator<Ban> {
    for (const held of [this.#keys.entries(), this.#ranges.entries()]) {
      for (const [address, { untilMs, reason }] of held) {
        if (!isOver(untilMs, nowMs)) yield { address, reason, remainingMs: untilMs - nowMs };
      }
    }
  }
}
