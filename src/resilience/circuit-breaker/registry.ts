import { AWAITS_CALL, type Component, type ComponentEvent, type MetricSample } from '../../core/component.js';
import type { Clock } from '../../core/clock.js';
import { Emitter } from '../../core/emitter.js';
import { InvalidArgumentError } from '../../core/errors.js';
import { HealthStatus } from '../../core/health-status.js';
import { describe } from '../../core/options.js';
import { redactText } from '../../core/redaction.js';
import { Reporter } from '../../core/reporter.js';
import { steady } from '../../core/steady.js';
import { detached } from '../../internal/detached.js';
import { CLOCK } from '../stages.js';
import { Blueprint } from './blueprint.js';
import { CircuitBreaker } from './circuit-breaker.js';
import type { CircuitStateChange } from './events.js';
import { KeyedCore, type Keeper } from './keyed-core.js';
import type { KeyedBreakerOptions, ParsedKeyedOptions } from './options.js';
import { PassThroughBreaker } from './pass-through.js';
import { type CircuitBreakerRegistryEvents, type RegistryEviction, tellRegistryAsJson } from './registry-events.js';
import {
  type CircuitBreakerRegistryOptions,
  copyOptions,
  parseKeyedOptions,
  type ParsedRegistryOptions,
  parseRegistryOptions,
  sameOptions,
} from './registry-options.js';
import { type CircuitBreakerRegistrySnapshot, registryMetrics } from './registry-snapshot.js';
import { BreakerShelf } from './shelf.js';
import { StateCounts } from './state-counts.js';
import { circuitSnapshot } from './take-snapshot.js';

const EVENTS = ['stateChange', 'pressure', 'evicted'] as const;
/** Breakers that are looked at for idleness with each call of `for`. */
const LOOKS = 2;
/** Those that are looked at for each new key while all had to stay a moment ago. */
const LOOKS_WHEN_FULL = 64;
const MOST_SHOWN = 20;
const PRESSURE_EVERY_MS = 1_000;

/**
 * Breakers by key, such as one for each tenant or host: made on first use, let go when nobody needs them, and never more
 * than `maxEntries`. A breaker that is open, isolated, disabled, busy or listened to stays.
 *
 * @example
 * const breakers = new CircuitBreakerRegistry({ name: 'tenants', maxEntries: 10_000 });
 * const rows = await breakers.for(tenantId).execute(() => query(tenantId));
 */
export class CircuitBreakerRegistry implements Component<CircuitBreakerRegistrySnapshot> {
  readonly kind = 'circuit-breaker-registry';
  readonly name: string;
  readonly #options: ParsedRegistryOptions;
  readonly #defaults: KeyedBreakerOptions;
  readonly #reporter: Reporter;
  readonly #now: () => number;
  readonly #events: Emitter<CircuitBreakerRegistryEvents>;
  readonly #shelf = new BreakerShelf();
  readonly #states = new StateCounts();
  readonly #keeper: Keeper;
  readonly #blueprint: Blueprint;
  /** The latest one of a `for` with options: those who need one often need it for many keys. */
  #ownBlueprint: Blueprint | undefined;
  #passThrough: CircuitBreaker | undefined;
  #passedThrough = 0;
  #evicted = 0;
  readonly #untold: RegistryEviction[] = [];
  /** Until then nobody looks again whether a full registry has room. */
  #fullUntilMs = 0;
  #quietUntilMs = 0;

  /** @throws {@link InvalidOptionsError} naming every option that is unknown, out of range or impossible. */
  constructor(options?: CircuitBreakerRegistryOptions) {
    this.#options = parseRegistryOptions(options);
    this.#defaults = copyOptions(options?.defaults);
    const { name, clock, onListenerError, defaults } = this.#options;
    this.name = name;
    this.#reporter = new Reporter(`CircuitBreakerRegistry '${name}'`, clock, onListenerError);
    this.#now = steady(clock);
    this.#events = new Emitter(this.#reporter, EVENTS);
    this.#keeper = keeperOf(this.#states, this.#events);
    this.#blueprint = this.#newBlueprint(defaults);
  }

  /**
   * The breaker for `key`: the same one each time, as long as it is there. When there is no room for a new one, a breaker
   * that lets everything through, and the event `pressure`.
   *
   * @param key - 1 to 200 characters; shown as the breaker's name, so it should not be a secret.
   * @param options - in the place of the registry's defaults, for a breaker that is new.
   * @throws {@link InvalidArgumentError} for another key, and for options that are not those of the breaker there is.
   * @throws {@link InvalidOptionsError} naming every option that is unknown, out of range or impossible.
   */
  for(key: string, options?: KeyedBreakerOptions): CircuitBreaker {
    if (typeof key !== 'string' || key.length === 0 || key.length > 200) {
      throw new InvalidArgumentError(
        `CircuitBreakerRegistry.for: the key must be text of 1 to 200 characters, got ${describe(key)}`,
      );
    }
    const nowMs = this.#now();
    let core = this.#shelf.get(key);
    const parsed = options === undefined ? undefined : parseKeyedOptions(this.#defaults, options);
    if (core === undefined) {
      core = this.#add(key, parsed, nowMs);
    } else {
      if (parsed !== undefined && !sameOptions(parsed, core.blueprint.options)) {
        throw new InvalidArgumentError(
          `CircuitBreakerRegistry.for: the breaker '${core.name}' exists with other options; use the same ones for each call, or delete it first`,
        );
      }
      this.#shelf.touch(core, nowMs);
      this.#letIdleGo(nowMs);
    }
    this.#tellEvicted();
    return core?.breaker ?? this.#letThrough(nowMs);
  }

  /** The breaker for `key` if there is one; this is no use that keeps it. */
  get(key: string): CircuitBreaker | undefined {
    return this.#shelf.get(key)?.breaker;
  }

  /** Lets the breaker for `key` go, whatever its state; `false` when there is none. */
  delete(key: string): boolean {
    const core = this.#shelf.get(key);
    if (core !== undefined) this.#remove(core);
    return core !== undefined;
  }

  /** How many breakers there are. */
  get size(): number {
    return this.#shelf.size;
  }

  /** Subscribes to `type`; the returned function unsubscribes. */
  on<K extends keyof CircuitBreakerRegistryEvents>(
    type: K,
    listener: (event: CircuitBreakerRegistryEvents[K]) => void,
  ): () => void {
    return this.#events.on(type, listener);
  }

  /** Hears of the transitions of all breakers and of pressure, as plain JSON, for loggers and status pages. */
  subscribe(listener: (event: ComponentEvent) => void): () => void {
    return tellRegistryAsJson(this.#events, listener);
  }

  /** Counts, and those that are not closed, 20 at most, as plain JSON. */
  snapshot(): CircuitBreakerRegistrySnapshot {
    const shown: KeyedCore[] = [];
    for (const core of this.#states.notClosed) if (shown.push(core) === MOST_SHOWN) break;
    const notClosed = shown.map((core) => circuitSnapshot(core, core.blueprint.now()));
    return {
      version: 1,
      name: this.name,
      size: this.size,
      maxEntries: this.#options.maxEntries,
      byState: this.#states.of(this.size),
      evicted: this.#evicted,
      passedThrough: this.#passedThrough,
      notClosed,
    };
  }

  /** `DEGRADED` while a breaker is broken, isolated or takes up its load again. */
  health(): { readonly status: HealthStatus; readonly message?: string } {
    const refusing = this.#states.refusing();
    if (refusing === undefined) return { status: HealthStatus.HEALTHY };
    return { status: HealthStatus.DEGRADED, message: `${refusing} of ${String(this.size)} circuits` };
  }

  /** @internal */
  get [CLOCK](): Clock {
    return this.#options.clock;
  }

  /** @internal */
  [AWAITS_CALL](): boolean {
    let waiting = this.#states.ramping();
    for (const core of this.#states.notClosed) {
      // One that only watches refuses nobody.
      if (core.blueprint.shadow) continue;
      core.look();
      if (core.state === 'OPEN' || core.state === 'ISOLATED') return false;
      if (core.state === 'HALF_OPEN') waiting++;
    }
    return waiting > 0;
  }

  /** Counts for a scrape; no label is a key. */
  metrics(): Iterable<MetricSample> {
    return registryMetrics(this.name, this.#states.of(this.size), this.#evicted, this.#passedThrough);
  }

  #add(key: string, parsed: ParsedKeyedOptions | undefined, nowMs: number): KeyedCore | undefined {
    this.#letIdleGo(nowMs);
    if (!this.#makeRoom(nowMs)) return undefined;
    const kept = detached(key);
    const shown = redactText(kept);
    // The same text twice would be two strings.
    const name = shown === kept ? kept : shown;
    const core = new KeyedCore(this.#blueprintFor(parsed), name, kept, this.#keeper);
    core.breaker = new CircuitBreaker(core);
    this.#shelf.add(core, nowMs);
    return core;
  }

  #blueprintFor(parsed: ParsedKeyedOptions | undefined): Blueprint {
    if (parsed === undefined) return this.#blueprint;
    for (const blueprint of [this.#blueprint, this.#ownBlueprint]) {
      if (blueprint !== undefined && sameOptions(parsed, blueprint.options)) return blueprint;
    }
    return (this.#ownBlueprint = this.#newBlueprint(parsed));
  }

  #newBlueprint(parsed: ParsedKeyedOptions): Blueprint {
    const { name, clock, onListenerError } = this.#options;
    return new Blueprint({ ...parsed, name, clock, onListenerError }, this.#reporter);
  }

  #letIdleGo(nowMs: number): void {
    for (let i = 0; i < LOOKS; i++) {
      const core = this.#shelf.next();
      if (core === undefined) return;
      if (this.#shelf.look(core, nowMs, this.#options.idleMs) === 'idle') this.#evict(core, 'idle');
    }
  }

  /** `false` when every breaker has to stay. */
  #makeRoom(nowMs: number): boolean {
    const { maxEntries, idleMs } = this.#options;
    if (this.size < maxEntries) return true;
    // A look at all of them each time would make a full registry slow as well.
    const all = nowMs >= this.#fullUntilMs;
    let spare: KeyedCore | undefined;
    for (let left = all ? this.size : Math.min(this.size, LOOKS_WHEN_FULL); left > 0; left--) {
      const core = this.#shelf.next();
      if (core === undefined) break;
      const found = this.#shelf.look(core, nowMs, idleMs);
      if (found === 'in-use') continue;
      spare ??= core;
      if (found === 'recent') continue;
      spare = core;
      break;
    }
    if (spare === undefined) {
      if (all) this.#fullUntilMs = nowMs + PRESSURE_EVERY_MS;
      return false;
    }
    this.#evict(spare, 'full');
    return true;
  }

  #letThrough(nowMs: number): CircuitBreaker {
    this.#passedThrough++;
    if (nowMs >= this.#quietUntilMs) {
      this.#quietUntilMs = nowMs + PRESSURE_EVERY_MS;
      const { size } = this;
      const { maxEntries } = this.#options;
      this.#events.emit('pressure', { registry: this.name, size, maxEntries, passedThrough: this.#passedThrough });
    }
    return (this.#passThrough ??= PassThroughBreaker.make(this.name, this.#options.clock));
  }

  #evict(core: KeyedCore, reason: 'idle' | 'full'): void {
    this.#remove(core);
    this.#evicted++;
    if (this.#events.has('evicted')) this.#untold.push({ registry: this.name, key: core.name, reason });
  }

  /** Last: a listener may use the registry again. */
  #tellEvicted(): void {
    for (const eviction of this.#untold.splice(0)) this.#events.emit('evicted', eviction);
  }

  #remove(core: KeyedCore): void {
    core.keeper = undefined;
    this.#shelf.remove(core);
    this.#states.gone(core);
  }
}

/** What a registry's breakers know of it. */
function keeperOf(states: StateCounts, events: Emitter<CircuitBreakerRegistryEvents>): Keeper {
  const waiting: CircuitStateChange[] = [];
  return {
    moved(core, from, to, reason, cause) {
      states.moved(core, from, to);
      if (!events.has('stateChange')) return;
      const because = to === 'OPEN' && cause !== undefined ? { cause } : {};
      waiting.push({ breaker: core.name, from, to, reason, ...because });
    },
    tell() {
      for (let change = waiting.shift(); change !== undefined; change = waiting.shift()) {
        events.emit('stateChange', change);
      }
    },
  };
}
