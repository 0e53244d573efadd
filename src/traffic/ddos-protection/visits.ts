import { ROUNDING_MS } from '../../core/steady.js';
import { AddressSlots, grown } from '../../internal/address-slots.js';
import type { ParsedAddress } from '../../internal/ip-address.js';

/** Parts of a window. A request leaves the count when its part does: between 11/12 of the window and the whole of it later. */
const PARTS = 12;
/** From here on parts are numbered anew. */
const MOST_PARTS = 2 ** 31;

/** How many are compared when one must go, … */
const SAMPLE = 8;
/** … and how many as long as losing each of those would matter. */
const LARGE_SAMPLE = 32;

/** What visits are counted by. @internal */
export interface VisitSettings {
  readonly maxAddresses: number;
  readonly windowMs: number;
  readonly threshold: number;
  readonly ipv6Prefix: number;
}

/**
 * The requests of each address within a window, counted in {@link PARTS} parts that begin at its first request. It never
 * counts a request that is older than the window, so nobody is blocked who kept the limit, and a burst across the edge
 * of two windows counts in full.
 *
 * It never holds more than `maxAddresses`. When it is full, a new one takes the place of the one among a few that has
 * kept the limit for the longest time: a hand goes round, so that every address is looked at before any is looked at
 * again. Whoever is faster than the limit matters more with each request, and what an address has sent matters less as
 * time goes on; a plain count would let a crowd fill the table once and then keep everybody else at one request.
 * @internal
 */
export class VisitTable {
  readonly #settings: VisitSettings;
  /** Which part of the time one request may take. */
  readonly #requestMs: number;
  readonly #slots: AddressSlots;
  #room: number;
  #startMs: Float64Array;
  /** Until when an address is ahead of what the limit allows. */
  #aheadUntilMs: Float64Array;
  /** A whole number by its type: the rest of a division costs a call otherwise. */
  #part: Uint32Array;
  #total: Uint32Array;
  /** {@link PARTS} to an address. No part counts more than the threshold. */
  #counts: Uint8Array | Uint16Array | Uint32Array;
  /** The minute in which the address was last told apart from others, … */
  #minute: Int32Array;
  /** … and that in which it would have been blocked but for the brake. */
  #brakedMinute: Int32Array;
  #hand = 0;
  /** How many addresses that still counted had to make room. */
  evicted = 0;

  constructor(settings: VisitSettings) {
    this.#settings = settings;
    this.#requestMs = settings.windowMs / settings.threshold;
    this.#slots = new AddressSlots(settings.maxAddresses);
    const { room } = this.#slots;
    this.#room = room;
    this.#startMs = new Float64Array(room);
    this.#aheadUntilMs = new Float64Array(room);
    this.#part = new Uint32Array(room);
    this.#total = new Uint32Array(room);
    const Counts = settings.threshold < 2 ** 8 ? Uint8Array : settings.threshold < 2 ** 16 ? Uint16Array : Uint32Array;
    this.#counts = new Counts(room * PARTS);
    this.#minute = new Int32Array(room);
    this.#brakedMinute = new Int32Array(room);
  }

  get size(): number {
    return this.#slots.size;
  }

  /** Where an address is counted, until another is added or forgotten. */
  slotOf(address: ParsedAddress, nowMs: number): number {
    const known = this.#slots.find(address, this.#settings.ipv6Prefix);
    return known >= 0 ? known : this.#add(address, nowMs);
  }

  /** Requests that count now. */
  count(slot: number, nowMs: number): number {
    this.#advance(slot, nowMs);
    return this.#total[slot] ?? 0;
  }

  /** Counts one more request, at the moment of the last {@link VisitTable.count}. */
  add(slot: number, nowMs: number): void {
    this.#total[slot] = (this.#total[slot] ?? 0) + 1;
    const at = slot * PARTS + ((this.#part[slot] ?? 0) % PARTS);
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#aheadUntilMs[slot] = Math.max(this.#aheadUntilMs[slot] ?? 0, nowMs) + this.#requestMs;
  }

  /** Time until fewer than the threshold count, if no request comes. */
  waitMs(slot: number, nowMs: number): number {
    let left = this.#total[slot] ?? 0;
    const latest = this.#part[slot] ?? 0;
    for (let part = latest - PARTS + 1; part <= latest; part++) {
      left -= this.#counts[slot * PARTS + ((part + PARTS) % PARTS)] ?? 0;
      if (left < this.#settings.threshold) return this.#endMs(slot, part) - nowMs;
    }
    return 0;
  }

  /** Time until nothing counts any more. */
  resetMs(slot: number, nowMs: number): number {
    return this.#total[slot] === 0 ? 0 : this.#endMs(slot, this.#part[slot] ?? 0) - nowMs;
  }

  /** Whether an address comes for the first time in this minute. Minutes are numbered from 1. */
  comesFirst(slot: number, minute: number): boolean {
    if (this.#minute[slot] === minute) return false;
    this.#minute[slot] = minute;
    return true;
  }

  isBraked(slot: number, minute: number): boolean {
    return this.#brakedMinute[slot] === minute;
  }

  noteBraked(slot: number, minute: number): void {
    this.#brakedMinute[slot] = minute;
  }

  forget(slot: number): void {
    this.#slots.remove(slot);
  }

  forgetAddress(address: ParsedAddress): void {
    const slot = this.#slots.find(address, this.#settings.ipv6Prefix);
    if (slot >= 0) this.#slots.remove(slot);
  }

  /** Forgets all of a range. */
  forgetAll(has: (address: ParsedAddress) => boolean): void {
    for (let slot = 0; slot < this.#room; slot++) {
      const address = this.#slots.at(slot);
      if (address !== undefined && has(address)) this.#slots.remove(slot);
    }
  }

  #add(address: ParsedAddress, nowMs: number): number {
    if (this.#slots.size === this.#settings.maxAddresses) this.#makeRoom(nowMs);
    const slot = this.#slots.add(address, this.#settings.ipv6Prefix);
    if (this.#slots.room > this.#room) this.#grow(this.#slots.room);
    this.#aheadUntilMs[slot] = nowMs;
    this.#minute[slot] = 0;
    this.#brakedMinute[slot] = 0;
    this.#restart(slot, nowMs);
    return slot;
  }

  /** Every slot is taken, or there would be room. */
  #makeRoom(nowMs: number): void {
    let least = 0;
    let untilMs = Infinity;
    for (let i = 0; i < LARGE_SAMPLE && (i < SAMPLE || untilMs > nowMs); i++) {
      const slot = this.#hand;
      this.#hand = slot + 1 === this.#room ? 0 : slot + 1;
      const its = this.#aheadUntilMs[slot] ?? 0;
      if (its < untilMs) [least, untilMs] = [slot, its];
      // Nothing is lost with this one; what comes after it is for the next time.
      if (its <= nowMs && this.#isOver(slot, nowMs)) {
        least = slot;
        break;
      }
    }
    if (!this.#isOver(least, nowMs)) this.evicted++;
    this.#slots.remove(least);
  }

  #isOver(slot: number, nowMs: number): boolean {
    return this.#total[slot] === 0 || this.#partAt(slot, nowMs) - (this.#part[slot] ?? 0) >= PARTS;
  }

  /** When the requests of `part` cease to count. */
  #endMs(slot: number, part: number): number {
    return (this.#startMs[slot] ?? 0) + (part + PARTS) * (this.#settings.windowMs / PARTS);
  }

  #partAt(slot: number, nowMs: number): number {
    // A part that ends at this very moment has ended, however the numbers were rounded.
    return Math.floor(((nowMs - (this.#startMs[slot] ?? 0) + ROUNDING_MS) * PARTS) / this.#settings.windowMs);
  }

  #advance(slot: number, nowMs: number): void {
    let part = this.#partAt(slot, nowMs);
    let latest = this.#part[slot] ?? 0;
    if (part === latest) return;
    if (part - latest >= PARTS) {
      this.#restart(slot, nowMs);
      return;
    }
    if (part > MOST_PARTS) {
      // With the shortest window somebody may come for that long without a pause.
      const whole = part - (part % PARTS) - PARTS;
      this.#startMs[slot] = (this.#startMs[slot] ?? 0) + whole * (this.#settings.windowMs / PARTS);
      part -= whole;
      latest -= whole;
    }
    let total = this.#total[slot] ?? 0;
    while (latest < part) {
      latest++;
      const at = slot * PARTS + (latest % PARTS);
      total -= this.#counts[at] ?? 0;
      this.#counts[at] = 0;
    }
    this.#part[slot] = latest;
    this.#total[slot] = total;
  }

  #restart(slot: number, nowMs: number): void {
    this.#startMs[slot] = nowMs;
    this.#part[slot] = 0;
    this.#total[slot] = 0;
    for (let at = slot * PARTS; at < slot * PARTS + PARTS; at++) this.#counts[at] = 0;
  }

  #grow(room: number): void {
    this.#room = room;
    this.#startMs = grown(this.#startMs, room);
    this.#aheadUntilMs = grown(this.#aheadUntilMs, room);
    this.#part = grown(this.#part, room);
    this.#total = grown(this.#total, room);
    this.#counts = grown(this.#counts, room * PARTS);
    this.#minute = grown(this.#minute, room);
    this.#brakedMinute = grown(this.#brakedMinute, room);
  }
}
