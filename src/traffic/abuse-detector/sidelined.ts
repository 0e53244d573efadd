import { AddressSlots, grown } from '../../internal/address-slots.js';
import type { ParsedIPv6 } from '../../internal/ip-address.js';
import { Fingerprint } from '../../internal/fingerprint.js';
import { type AbuseSettings, Suspect } from './engine.js';

/** Events that are kept of each subject, the latest ones. */
const EVENTS = 4;
/** How many of these subjects there may be for each of the others. */
const FOR_EACH = 7;
const MOST_CARRIED = 65_535;

/**
 * What is left of subjects that had to make room: enough to go on where it was when one comes back soon. A crowd in which
 * each comes once would otherwise hide everybody who takes a moment for the second event. 75 bytes each, in numbers
 * outside the garbage-collected heap; names are 128-bit fingerprints under a secret of this table.
 * @internal
 */
export class Sidelined {
  readonly #rules: AbuseSettings;
  readonly #max: number;
  readonly #fingerprint = new Fingerprint();
  readonly #slots: AddressSlots;
  #room: number;
  #times: Float64Array;
  #types: Uint8Array;
  #sizes: Uint8Array;
  #carried: Uint16Array;
  #scores: Float64Array;
  #hand = 0;

  constructor(rules: AbuseSettings, maxSubjects: number) {
    this.#rules = rules;
    this.#max = maxSubjects * FOR_EACH;
    this.#slots = new AddressSlots(this.#max);
    const { room } = this.#slots;
    this.#room = room;
    this.#times = new Float64Array(room * EVENTS);
    this.#types = new Uint8Array(room * EVENTS);
    this.#sizes = new Uint8Array(room);
    this.#carried = new Uint16Array(room);
    this.#scores = new Float64Array(room);
  }

  /** Keeps what will be needed of a subject that is neither flagged nor was by hand; flags are too much to keep. */
  keep(name: string, suspect: Suspect, nowMs: number): void {
    if (suspect.lifting !== undefined || suspect.isFlagged(nowMs)) return;
    const count = suspect.count(nowMs);
    if (count === 0) return;
    const slot = this.#slotFor(this.#fingerprint.of(name));
    const size = Math.min(count, EVENTS);
    this.#sizes[slot] = size;
    this.#carried[slot] = Math.min(MOST_CARRIED, suspect.carried + count - size);
    this.#scores[slot] = suspect.score(suspect.lastMs);
    for (let i = 0; i < size; i++) {
      this.#times[slot * EVENTS + i] = suspect.ring.timeAt(count - size + i);
      this.#types[slot * EVENTS + i] = suspect.ring.typeAt(count - size + i);
    }
  }

  /** A subject as it was, with the latest of its events; it is no longer kept here. */
  take(name: string): Suspect | undefined {
    const slot = this.#find(name);
    if (slot < 0) return undefined;
    const at = slot * EVENTS;
    const suspect = new Suspect(this.#rules, this.#times[at] ?? 0);
    for (let i = at; i < at + (this.#sizes[slot] ?? 0); i++) suspect.book(this.#times[i] ?? 0, this.#types[i] ?? 0, 1);
    suspect.putBack(this.#carried[slot] ?? 0, this.#scores[slot] ?? 0);
    this.#slots.remove(slot);
    return suspect;
  }

  forget(name: string): void {
    const slot = this.#find(name);
    if (slot >= 0) this.#slots.remove(slot);
  }

  #find(name: string): number {
    return this.#slots.size === 0 ? -1 : this.#slots.find(this.#fingerprint.of(name), 128);
  }

  /** The one that the hand is at goes first, so that everybody stays for as long. */
  #slotFor(fingerprint: ParsedIPv6): number {
    if (this.#slots.size === this.#max) {
      this.#slots.remove(this.#hand);
      this.#hand = this.#hand + 1 === this.#max ? 0 : this.#hand + 1;
    }
    const slot = this.#slots.add(fingerprint, 128);
    if (this.#slots.room > this.#room) this.#grow(this.#slots.room);
    return slot;
  }

  #grow(room: number): void {
    this.#room = room;
    this.#times = grown(this.#times, room * EVENTS);
    this.#types = grown(this.#types, room * EVENTS);
    this.#sizes = grown(this.#sizes, room);
    this.#carried = grown(this.#carried, room);
    this.#scores = grown(this.#scores, room);
  }
}
