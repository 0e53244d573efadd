import type { Component, ComponentEvent, MetricSample } from '../../core/component.js';
import { Emitter } from '../../core/emitter.js';
import { checkCallOptions } from '../../core/options.js';
import { draw } from '../../core/random.js';
import { Reporter } from '../../core/reporter.js';
import { steady } from '../../core/steady.js';
import { addressKeyOf, parsedKeyOf } from '../../internal/address-text.js';
import { type ParsedAddress, parseAddress } from '../../internal/ip-address.js';
import { CidrSet } from '../client-address/index.js';
import { timeIn, wordsIn } from '../arguments.js';
import { type Decision, NONE_VIOLATED } from '../decision.js';
import { askedAddress, warnOfNoAddress } from './addresses.js';
import { type BanPage, banPage } from './ban-page.js';
import { type Ban, Bans, inForce } from './bans.js';
import { Brake } from './brake.js';
import { DDOS_EVENTS, type DDoSProtectionEvents } from './events.js';
import {
  type DDoSProtectionOptions,
  mostBlocks,
  type ParsedDDoSProtectionOptions,
  parseDDoSProtectionOptions,
} from './options.js';
import { type BanFormat, exportedBans } from './export-bans.js';
import { type DDoSStats, protectionMetrics } from './stats.js';
import { Strikes } from './strikes.js';
import { VisitTable } from './visits.js';

/**
 * Blocks addresses that make more requests than anybody needs: with the defaults, request 101 within a minute is
 * refused and blocks its address for 15 minutes. In bounded memory, whatever addresses come.
 *
 * @example
 * const ddos = new DDoSProtection({ allow: ['192.0.2.0/28'] });
 * const { allowed, retryAfterMs } = ddos.check(request.socket.remoteAddress);
 */
export class DDoSProtection implements Component<DDoSStats> {
  readonly kind = 'ddos-protection';
  readonly name: string;
  readonly #options: ParsedDDoSProtectionOptions;
  readonly #time: () => number;
  readonly #reporter: Reporter;
  readonly #events: Emitter<DDoSProtectionEvents>;
  readonly #violated: readonly string[];
  /** One text for all that the limit blocks. */
  readonly #reason: string;
  readonly #visits: VisitTable;
  readonly #bans: Bans;
  readonly #brake: Brake;
  readonly #strikes: Strikes | undefined;
  readonly #shadow: boolean;
  #latestMs = 0;
  #admitted = 0;
  #rejected = 0;
  #blocked = 0;
  #unaddressed = 0;
  readonly #toldInMinute = { brake: NaN, memory: NaN };
  readonly #pressure = { brake: 0, memory: 0 };

  /** @throws {@link InvalidOptionsError} naming every option that is unknown or out of range. */
  constructor(options?: DDoSProtectionOptions) {
    this.#options = parseDDoSProtectionOptions(options);
    const { name, clock, threshold, windowMs, ipv6Prefix, maxAddresses, mode, onListenerError } = this.#options;
    const { escalate, blockDurationMs } = this.#options;
    this.name = name;
    this.#time = steady(clock);
    this.#reporter = new Reporter(`DDoSProtection '${name}'`, clock, onListenerError);
    this.#events = new Emitter(this.#reporter, DDOS_EVENTS);
    this.#violated = Object.freeze([name]);
    this.#reason = `more than ${String(threshold)} requests in ${String(windowMs)} ms`;
    this.#visits = new VisitTable(this.#options);
    const blocks = mostBlocks(maxAddresses);
    this.#bans = new Bans(`DDoSProtection '${name}'`, ipv6Prefix, blocks);
    this.#brake = new Brake(windowMs);
    this.#shadow = mode === 'shadow';
    this.#strikes = escalate === undefined ? undefined : new Strikes(escalate, blockDurationMs, Math.ceil(blocks / 4));
  }

  /**
   * Counts one request of `address` and says whether it may go on. A request without a usable address is admitted and
   * counted nowhere but in `stats().unaddressed`: a bucket for all of those would let one client lock out the others.
   *
   * @param options - with `block: false` a request beyond the limit is refused, but its address is not blocked.
   * @throws {@link InvalidArgumentError} when `options` is no object.
   */
  check(address: string | undefined, options?: { readonly block?: boolean | undefined }): Decision {
    if (options !== undefined) checkCallOptions('DDoSProtection.check', options);
    const block = options?.block ?? true;
    const { threshold, ipv6Prefix, allow, deny } = this.#options;
    const parsed = typeof address === 'string' ? parseAddress(address) : undefined;
    if (address === undefined || parsed === undefined) return this.#withoutAddress();
    if (allow.size > 0 && allow.hasParsed(parsed)) return this.#admit(threshold, 0);
    if (deny.size > 0 && deny.hasParsed(parsed)) return this.#refuse(Infinity, 'ban');
    const nowMs = this.#now();
    if (this.#bans.size > 0) {
      const leftMs = this.#banLeftMs(parsedKeyOf(address, parsed, ipv6Prefix), nowMs);
      if (leftMs > 0) return this.#refuse(leftMs, 'ban');
    }
    const slot = this.#slotOf(parsed, nowMs);
    const count = this.#visits.count(slot, nowMs);
    if (count >= threshold) return this.#exceeded(parsedKeyOf(address, parsed, ipv6Prefix), slot, block);
    this.#visits.add(slot, nowMs);
    return this.#admit(threshold - count - 1, this.#visits.resetMs(slot, nowMs));
  }

  /**
   * Blocks an address or a range for `ms` milliseconds, whatever it does. An IPv6 address stands for its client's range.
   *
   * @param ms - more than 0; `Infinity` until {@link DDoSProtection.unblock}.
   * @param reason - shown in `bans()` and events; redacted, at most 200 characters.
   * @throws {@link InvalidArgumentError} when one of them is wrong, or 1,000 ranges are blocked already.
   */
  block(addressOrCidr: string, ms: number, reason: string): void {
    const forMs = timeIn('DDoSProtection.block', 'ms', ms);
    const shown = wordsIn('DDoSProtection.block', 'reason', reason);
    const nowMs = this.#now();
    const { evicted } = this.#bans;
    const address = this.#bans.addText(addressOrCidr, nowMs + forMs, shown, nowMs);
    if (this.#bans.evicted > evicted) this.#tellPressure('memory');
    this.#tellBlocked(address, shown, forMs, 'hand');
  }

  /**
   * Lifts the block of an address or a range, and clears its count and what is remembered of earlier blocks.
   *
   * @returns whether it was blocked.
   * @throws {@link InvalidArgumentError} when it is neither.
   */
  unblock(addressOrCidr: string): boolean {
    const { key, cidr } = this.#bans.name(addressOrCidr);
    const name = key ?? cidr;
    if (key === undefined) this.#forgetRange(cidr);
    else {
      const parsed = parseAddress(firstAddress(key));
      if (parsed !== undefined) this.#visits.forgetAddress(parsed);
      this.#strikes?.delete(key);
    }
    const was = this.#bans.lift(name, this.#now());
    if (was) this.#events.emit('unblocked', { protection: this.name, address: name });
    return was;
  }

  /** Clears the counts of all addresses of a range. */
  #forgetRange(cidr: string): void {
    const range = new CidrSet([cidr]);
    this.#visits.forgetAll((address) => range.hasParsed(address));
    this.#strikes?.deleteAll((key) => range.has(firstAddress(key)));
  }

  /**
   * Whether a request of this address would be refused for a block or the deny list; changes no count.
   *
   * @throws {@link InvalidArgumentError} when `address` is not text; text that is no address is never blocked.
   */
  isBlocked(address: string): boolean {
    askedAddress('DDoSProtection', address);
    const { ipv6Prefix, allow, deny } = this.#options;
    const key = addressKeyOf(address, ipv6Prefix);
    if (this.#shadow || key === undefined || allow.has(address)) return false;
    return deny.has(address) || this.#bans.leftMs(key, this.#now()) > 0;
  }

  /** The blocks in force, 100 a page; in shadow mode those that would be. What lies in `allow` is left out. */
  bans(cursor = 0): BanPage {
    return banPage('DDoSProtection', this.#inForce(), cursor);
  }

  /**
   * The blocks in force for others to enforce. `'nginx'` is the inside of a `geo` block, `'nftables'` a script for `nft -f`,
   * `'json'` has the reasons as well. In shadow mode only `'json'` lists anybody. What lies in `allow` is left out, but
   * a range that is blocked may have some of it inside: let that pass first.
   *
   * @throws {@link InvalidArgumentError} for another format.
   */
  exportBans(format: BanFormat): string {
    const { mode, clock } = this.#options;
    return exportedBans('DDoSProtection', format, { name: this.name, mode, takenAt: clock.wallNow() }, this.#inForce());
  }

  /** Counts as plain JSON; no address is in it. */
  stats(): DDoSStats {
    return {
      name: this.name,
      mode: this.#options.mode,
      threshold: this.#options.threshold,
      windowMs: this.#options.windowMs,
      admitted: this.#admitted,
      rejected: this.#rejected,
      blocks: this.#blocked,
      unaddressed: this.#unaddressed,
      addresses: this.#visits.size,
      evictedAddresses: this.#visits.evicted,
      blockedNow: this.#bans.size,
    };
  }

  /** The same as {@link DDoSProtection.stats}. */
  snapshot(): DDoSStats {
    return this.stats();
  }

  /** Subscribes to `type`; the returned function unsubscribes. */
  on<K extends keyof DDoSProtectionEvents>(type: K, listener: (event: DDoSProtectionEvents[K]) => void): () => void {
    return this.#events.on(type, listener);
  }

  /** Hears of blocks and pressure, as plain JSON. */
  subscribe(listener: (event: ComponentEvent) => void): () => void {
    const tell = (type: keyof DDoSProtectionEvents, level: 'info' | 'warn') =>
      this.#events.on(type, (event) => listener({ type, level, data: eventData(event) }));
    const stops = [tell('blocked', 'warn'), tell('unblocked', 'info'), tell('pressure', 'warn')];
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** Totals for a scrape. */
  metrics(): Iterable<MetricSample> {
    return protectionMetrics(this.stats(), this.#pressure);
  }

  #inForce(): Ban[] {
    return inForce(this.#bans.list(this.#now()), this.#options.allow);
  }

  #now(): number {
    return (this.#latestMs = this.#time());
  }

  #banLeftMs(key: string, nowMs: number): number {
    const leftMs = this.#bans.leftMs(key, nowMs);
    if (leftMs > 0) {
      this.#brake.advance(nowMs);
      if (this.#bans.comesFirst(key, this.#brake.minute)) this.#brake.seeBlocked();
    }
    return leftMs;
  }

  #slotOf(address: ParsedAddress, nowMs: number): number {
    this.#brake.advance(nowMs);
    const { evicted } = this.#visits;
    const slot = this.#visits.slotOf(address, nowMs);
    if (this.#visits.evicted > evicted) this.#tellPressure('memory');
    if (this.#visits.comesFirst(slot, this.#brake.minute)) this.#brake.see();
    return slot;
  }

  #exceeded(key: string, slot: number, block: boolean): Decision {
    const { minute } = this.#brake;
    const waitMs = this.#visits.waitMs(slot, this.#latestMs);
    if (!block || this.#visits.isBraked(slot, minute)) return this.#refuse(waitMs, 'local');
    if (!this.#brake.release()) {
      this.#visits.noteBraked(slot, minute);
      this.#tellPressure('brake');
      return this.#refuse(waitMs, 'local');
    }
    this.#visits.forget(slot);
    const blockDurationMs = this.#durationMs(key);
    const { evicted } = this.#bans;
    this.#bans.add(key, this.#latestMs + blockDurationMs, this.#reason, this.#latestMs);
    this.#bans.comesFirst(key, this.#brake.minute);
    if (this.#bans.evicted > evicted) this.#tellPressure('memory');
    this.#tellBlocked(key, this.#reason, blockDurationMs, 'threshold');
    return this.#refuse(blockDurationMs, 'ban');
  }

  #durationMs(key: string): number {
    const { blockDurationMs, random } = this.#options;
    return this.#strikes?.durationMs(key, this.#latestMs, draw(random, this.#reporter)) ?? blockDurationMs;
  }

  #withoutAddress(): Decision {
    this.#unaddressed++;
    warnOfNoAddress(this.#reporter);
    return this.#admit(this.#options.threshold, 0);
  }

  #tellBlocked(address: string, reason: string, durationMs: number, by: 'threshold' | 'hand'): void {
    this.#blocked++;
    this.#events.emit('blocked', { protection: this.name, address, reason, durationMs, by, shadow: this.#shadow });
  }

  #tellPressure(reason: 'brake' | 'memory'): void {
    if (this.#toldInMinute[reason] === this.#brake.minute) return;
    this.#toldInMinute[reason] = this.#brake.minute;
    this.#pressure[reason]++;
    this.#events.emit('pressure', { protection: this.name, reason });
  }

  #admit(remaining: number, resetAfterMs: number): Decision {
    this.#admitted++;
    return {
      allowed: true,
      limit: this.#options.threshold,
      remaining,
      retryAfterMs: 0,
      resetAfterMs,
      cost: 1,
      policy: this.name,
      violated: NONE_VIOLATED,
      source: 'local',
      degraded: false,
      shadow: false,
    };
  }

  #refuse(retryAfterMs: number, source: 'local' | 'ban'): Decision {
    this.#rejected++;
    return {
      allowed: this.#shadow,
      limit: this.#options.threshold,
      remaining: 0,
      retryAfterMs,
      resetAfterMs: retryAfterMs,
      cost: 1,
      policy: this.name,
      violated: this.#violated,
      source,
      degraded: false,
      shadow: this.#shadow,
    };
  }
}

/** Of the name of an address or a range. */
function firstAddress(name: string): string {
  return name.split('/')[0] ?? '';
}

/** An event as plain JSON: a block for ever has no duration. */
function eventData(event: DDoSProtectionEvents[keyof DDoSProtectionEvents]): object {
  const forever = 'durationMs' in event && event.durationMs === Infinity;
  return forever ? { ...event, durationMs: null } : event;
}
