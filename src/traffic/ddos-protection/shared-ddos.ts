import type { Component, ComponentEvent, MetricSample } from '../../core/component.js';
import { Emitter } from '../../core/emitter.js';
import type { HealthStatus } from '../../core/health-status.js';
import { checkCallOptions } from '../../core/options.js';
import { draw } from '../../core/random.js';
import { Reporter } from '../../core/reporter.js';
import { addressKeyOf } from '../../internal/address-text.js';
import { wordsIn } from '../arguments.js';
import { type Decision, NONE_VIOLATED } from '../decision.js';
import {
  LOST_RETRY_MS,
  microseconds,
  probeMark,
  readWindow,
  SharedTruth,
  STORE_EVENTS,
  storeHealth,
  storeHooks,
  storeMetrics,
  subscribeStore,
  type WindowAnswer,
} from '../store/index.js';
import { type Ban, inForce } from './bans.js';
import { askedAddress, warnOfNoAddress } from './addresses.js';
import { type BanPage, banPage } from './ban-page.js';
import type { DDoSProtection } from './ddos-protection.js';
import { DDOS_EVENTS, type DDoSProtectionEvents } from './events.js';
import { type BanFormat, exportedBans } from './export-bans.js';
import { localShare } from './local-share.js';
import {
  mostBlocks,
  type ParsedSharedDDoSProtectionOptions,
  parseSharedDDoSProtectionOptions,
  type SharedDDoSProtectionOptions,
} from './options.js';
import { SeenAddresses } from './seen-addresses.js';
import { isRangeText, SharedBans } from './shared-bans.js';
import type { SharedDDoSProtectionEvents, SharedDDoSStats } from './shared-types.js';
import { protectionMetrics } from './stats.js';
import { escalatedMs } from './strikes.js';

/** The shortest window that a store counts, in microseconds. */
const PARTS_OF_A_WINDOW = 12;

/**
 * A `DDoSProtection` whose counts and blocks are in a store that several processes share: an address that was blocked by
 * one is refused by all within a second. A decision is one question to the store, and none for an address that is known
 * to be blocked. When the store does not answer in time, or is lost, `onStoreError` decides, nobody new is blocked, and the
 * decision says that it was `degraded`.
 *
 * @example
 * const ddos = new SharedDDoSProtection({ store, instances: 4 });
 * const { allowed, retryAfterMs } = await ddos.check(request.socket.remoteAddress);
 */
export class SharedDDoSProtection implements Component<SharedDDoSStats> {
  readonly kind = 'ddos-protection';
  readonly name: string;
  readonly #options: ParsedSharedDDoSProtectionOptions;
  readonly #truth: SharedTruth;
  readonly #reporter: Reporter;
  readonly #events: Emitter<SharedDDoSProtectionEvents>;
  readonly #violated: readonly string[];
  readonly #bans: SharedBans;
  readonly #seen: SeenAddresses;
  readonly #local: DDoSProtection | undefined;
  readonly #shadow: boolean;
  #admitted = 0;
  #rejected = 0;
  #blocked = 0;
  #unaddressed = 0;
  #degraded = 0;
  #brakedMinute = NaN;
  #braked = 0;

  /** @throws {@link InvalidOptionsError} naming every option that is missing, unknown or out of range. */
  constructor(options: SharedDDoSProtectionOptions) {
    this.#options = parseSharedDDoSProtectionOptions(options);
    const { name, clock, windowMs, ipv6Prefix, maxAddresses, mode, onListenerError } = this.#options;
    this.name = name;
    this.#reporter = new Reporter(`SharedDDoSProtection '${name}'`, clock, onListenerError);
    this.#events = new Emitter(this.#reporter, [...DDOS_EVENTS, ...STORE_EVENTS]);
    this.#violated = Object.freeze([name]);
    this.#bans = new SharedBans(`SharedDDoSProtection '${name}'`, ipv6Prefix, () => this.#truth.now());
    this.#truth = new SharedTruth({
      ...this.#options,
      kind: this.kind,
      most: mostBlocks(maxAddresses),
      watch: this.#bans.watch,
      isPinned: isRangeText,
      probe: async (asked, key) => {
        readWindow(await asked.count({ ...key, windowUs: PARTS_OF_A_WINDOW, limit: 1 }));
        await probeMark(asked, key);
      },
      ...storeHooks(this.#events),
    });
    this.#seen = new SeenAddresses(windowMs);
    this.#shadow = mode === 'shadow';
    this.#local = localShare(this.#options);
  }

  /**
   * Counts one request of `address` and says whether it may go on. A request without a usable address is admitted and
   * counted nowhere but in `stats().unaddressed`. It resolves within `storeTimeoutMs`, or twice that for the request that
   * blocks its address.
   *
   * @param options - with `block: false` a request beyond the limit is refused, but its address is not blocked.
   * @throws {@link InvalidArgumentError} by rejecting, when `options` is no object.
   */
  async check(address: string | undefined, options?: { readonly block?: boolean | undefined }): Promise<Decision> {
    if (options !== undefined) checkCallOptions('SharedDDoSProtection.check', options);
    const { threshold, windowMs, ipv6Prefix, allow, deny } = this.#options;
    const key = typeof address === 'string' ? addressKeyOf(address, ipv6Prefix) : undefined;
    if (address === undefined || key === undefined) return this.#withoutAddress();
    if (allow.size > 0 && allow.has(address)) return this.#admit(threshold, 0, 'local');
    if (deny.size > 0 && deny.has(address)) return this.#refuse(Infinity, 'ban');
    const subject = this.#truth.names.of(key);
    this.#truth.look();
    const knownMs = this.#truth.marks.fresh ? this.#leftMs(key, subject) : 0;
    this.#seen.see(subject, knownMs > 0, this.#truth.now());
    if (knownMs > 0) return this.#refuse(knownMs, 'ban');
    const rule = { group: this.#truth.names.group, subject, windowUs: Math.round(windowMs * 1_000), limit: threshold };
    const answer = await this.#truth.ask({ sort: 'count', call: (store) => store.count(rule), read: readWindow });
    if (answer === undefined) return this.#withoutStore(address, key, subject);
    this.#truth.marks.learn(subject, answer.mark);
    const leftMs = this.#leftMs(key, subject);
    if (leftMs > 0) return this.#refuse(leftMs, 'ban');
    if (!answer.allowed) return this.#exceeded(key, subject, answer, options?.block ?? true);
    this.#local?.check(address, { block: false });
    return this.#admit(threshold - answer.count, answer.resetAfterUs / 1_000, 'store');
  }

  /**
   * Blocks an address or a range in all processes for `ms` milliseconds, whatever it does. An IPv6 address stands for its
   * client's range.
   *
   * @param ms - more than 0, at most ten years.
   * @param reason - shown in `bans()` and events; redacted, at most 200 characters.
   * @throws {@link InvalidArgumentError} when one of them is wrong, or 1,000 ranges are blocked already;
   * {@link StoreUnavailableError} when the store does not answer; both by rejecting.
   */
  async block(addressOrCidr: string, ms: number, reason: string): Promise<void> {
    const forUs = microseconds('SharedDDoSProtection.block', 'ms', ms);
    const shown = wordsIn('SharedDDoSProtection.block', 'reason', reason);
    const name = this.#bans.nameToBlock(addressOrCidr);
    const text = this.#bans.textOf(name, shown);
    const subject = this.#truth.names.of(name.text);
    await this.#truth.mark('block', { subject, held: true, forUs, keepUs: forUs, text, counts: false });
    this.#tellBlocked(name.text, shown, ms, 'hand');
  }

  /**
   * Lifts the block of an address or a range in all processes, within a second, and clears the count of the address and
   * what is remembered of its earlier blocks; of a range it clears no counts.
   *
   * @returns whether it was blocked.
   * @throws {@link InvalidArgumentError} when it is neither, {@link StoreUnavailableError} when the store does not answer;
   * both by rejecting.
   */
  async unblock(addressOrCidr: string): Promise<boolean> {
    const { text } = this.#bans.name(addressOrCidr);
    const was = await this.#truth.lift('unblock', this.#truth.names.of(text));
    this.#local?.unblock(addressOrCidr);
    if (was) this.#events.emit('unblocked', { protection: this.name, address: text });
    return was;
  }

  /**
   * Whether a request of this address would be refused for a block or the deny list, as far as this process knows. Each
   * call asks for what others blocked, and the next one a moment later knows; {@link SharedDDoSProtection.refresh} waits for it.
   *
   * @throws {@link InvalidArgumentError} when `address` is not text; text that is no address is never blocked.
   */
  isBlocked(address: string): boolean {
    askedAddress('SharedDDoSProtection', address);
    this.#truth.look();
    const { ipv6Prefix, allow, deny } = this.#options;
    const key = addressKeyOf(address, ipv6Prefix);
    if (this.#shadow || key === undefined || allow.has(address)) return false;
    return deny.has(address) || this.#leftMs(key, this.#truth.names.of(key)) > 0;
  }

  /** The blocks in force that this process knows, 100 a page; in shadow mode those that would be. */
  bans(cursor = 0): BanPage {
    return banPage('SharedDDoSProtection', this.#known(), cursor);
  }

  /**
   * The blocks in force that this process knows, for others to enforce: as `DDoSProtection.exportBans`.
   *
   * @throws {@link InvalidArgumentError} for another format.
   */
  exportBans(format: BanFormat): string {
    const { mode, clock } = this.#options;
    return exportedBans(
      'SharedDDoSProtection',
      format,
      { name: this.name, mode, takenAt: clock.wallNow() },
      this.#known(),
    );
  }

  /** Counts of this process as plain JSON; no address is in it. */
  stats(): SharedDDoSStats {
    const { mode, threshold, windowMs } = this.#options;
    return {
      name: this.name,
      mode,
      threshold,
      windowMs,
      admitted: this.#admitted,
      rejected: this.#rejected,
      blocks: this.#blocked,
      unaddressed: this.#unaddressed,
      blockedNow: this.#truth.marks.held,
      storeAvailable: !this.#truth.lost,
      degraded: this.#degraded,
    };
  }

  /** The same as {@link SharedDDoSProtection.stats}. */
  snapshot(): SharedDDoSStats {
    return this.stats();
  }

  /** Asks for what other processes blocked and lifted, so that lists and exports are up to date; whether the store answered. */
  refresh(): Promise<boolean> {
    return this.#truth.refresh();
  }

  /** Subscribes to `type`; the returned function unsubscribes. */
  on<K extends keyof SharedDDoSProtectionEvents>(
    type: K,
    listener: (event: SharedDDoSProtectionEvents[K]) => void,
  ): () => void {
    return this.#events.on(type, listener);
  }

  /** Hears of blocks that this process made, pressure, and once each time the store is lost or back; plain JSON. */
  subscribe(listener: (event: ComponentEvent) => void): () => void {
    const tell = (type: keyof DDoSProtectionEvents, level: ComponentEvent['level']) =>
      this.#events.on(type, (data) => listener({ type, level, data }));
    const stops = [
      tell('blocked', 'warn'),
      tell('unblocked', 'info'),
      tell('pressure', 'warn'),
      ...subscribeStore(this.#events, listener),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** Totals of this process for a scrape. */
  metrics(): Iterable<MetricSample> {
    return [
      ...protectionMetrics(this.stats(), { brake: this.#braked }),
      ...storeMetrics(this.kind, this.name, this.#truth.lost, this.#degraded),
    ];
  }

  /** DEGRADED while the store is lost. */
  health(): { readonly status: HealthStatus; readonly message?: string } {
    return storeHealth(this.#truth.lost, this.#options.onStoreError);
  }

  /** How long an address is blocked, by itself or within a range, as far as is known here. */
  #leftMs(key: string, subject: string): number {
    return Math.max(this.#truth.marks.heldLeftMs(subject), this.#bans.rangeLeftMs(key, this.#truth.now()));
  }

  #known(): Ban[] {
    this.#truth.look();
    return inForce(this.#bans.list(this.#truth.marks.entries(), this.#truth.now()), this.#options.allow);
  }

  /** The store decided that it is one too many. */
  async #exceeded(key: string, subject: string, answer: WindowAnswer, block: boolean): Promise<Decision> {
    const waitMs = answer.retryAfterUs / 1_000;
    if (!block) return this.#refuse(waitMs, 'store');
    if (!this.#seen.release(subject)) {
      if (this.#brakedMinute !== this.#seen.minute) {
        this.#brakedMinute = this.#seen.minute;
        this.#braked++;
        this.#events.emit('pressure', { protection: this.name, reason: 'brake' });
      }
      return this.#refuse(waitMs, 'store');
    }
    const { threshold, windowMs } = this.#options;
    const durationMs = this.#durationMs(answer.mark?.times ?? 0);
    const reason = `more than ${String(threshold)} requests in ${String(windowMs)} ms`;
    // Whoever was first has blocked it, or lifted a block since; then that counts.
    const made = await this.#truth.tryMark({
      subject,
      held: true,
      forUs: Math.max(1, Math.round(durationMs * 1_000)),
      keepUs: Math.max(1, Math.round((durationMs + (this.#options.escalate?.memoryMs ?? 0)) * 1_000)),
      text: this.#bans.textOf({ text: key, isRange: false }, reason),
      after: answer.mark?.version ?? 0,
      clear: true,
    });
    if (made?.applied === true) this.#tellBlocked(key, reason, durationMs, 'threshold');
    const leftMs = this.#leftMs(key, subject);
    const decision = leftMs > 0 ? this.#refuse(leftMs, 'ban') : this.#refuse(waitMs, 'store');
    if (made !== undefined) return decision;
    // It could be counted, but not blocked.
    this.#degraded++;
    return { ...decision, degraded: true };
  }

  #durationMs(times: number): number {
    const { escalate, blockDurationMs, random } = this.#options;
    return escalate === undefined
      ? blockDurationMs
      : escalatedMs(escalate, blockDurationMs, times, draw(random, this.#reporter));
  }

  #withoutAddress(): Decision {
    this.#unaddressed++;
    warnOfNoAddress(this.#reporter);
    return this.#admit(this.#options.threshold, 0, 'local');
  }

  /** By the rule for a store that does not answer. */
  #withoutStore(address: string, key: string, subject: string): Decision {
    this.#degraded++;
    const leftMs = this.#leftMs(key, subject);
    if (leftMs > 0) return { ...this.#refuse(leftMs, 'ban'), degraded: true };
    const { onStoreError, threshold } = this.#options;
    if (this.#local === undefined) {
      return onStoreError === 'allow' ? this.#admit(threshold, 0, 'fallback') : this.#refuse(LOST_RETRY_MS, 'fallback');
    }
    const { allowed, shadow, limit, remaining, retryAfterMs, resetAfterMs } = this.#local.check(address, {
      block: false,
    });
    const decision =
      allowed && !shadow ? this.#admit(remaining, resetAfterMs, 'fallback') : this.#refuse(retryAfterMs, 'fallback');
    return { ...decision, limit };
  }

  #tellBlocked(address: string, reason: string, durationMs: number, by: 'threshold' | 'hand'): void {
    this.#blocked++;
    this.#events.emit('blocked', { protection: this.name, address, reason, durationMs, by, shadow: this.#shadow });
  }

  #admit(remaining: number, resetAfterMs: number, source: Decision['source']): Decision {
    this.#admitted++;
    return this.#decision({ allowed: true, remaining, retryAfterMs: 0, resetAfterMs, source, shadow: false });
  }

  #refuse(retryAfterMs: number, source: Decision['source']): Decision {
    this.#rejected++;
    const shadow = this.#shadow;
    return this.#decision({
      allowed: shadow,
      remaining: 0,
      retryAfterMs,
      resetAfterMs: retryAfterMs,
      source,
      shadow,
      violated: this.#violated,
    });
  }

  #decision(
    of: Omit<Decision, 'limit' | 'cost' | 'policy' | 'degraded' | 'violated'> & Partial<Pick<Decision, 'violated'>>,
  ): Decision {
    const { violated = NONE_VIOLATED, source } = of;
    return {
      ...of,
      violated,
      limit: this.#options.threshold,
      cost: 1,
      policy: this.name,
      degraded: source === 'fallback',
    };
  }
}
