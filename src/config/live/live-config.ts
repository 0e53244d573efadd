import type { CancelTimer } from '../../core/clock.js';
import type { Component, ComponentEvent, MetricSample } from '../../core/component.js';
import { Emitter } from '../../core/emitter.js';
import { InvalidArgumentError } from '../../core/errors.js';
import { HealthStatus } from '../../core/health-status.js';
import { describe } from '../../core/options.js';
import { Reporter } from '../../core/reporter.js';
import { Configuration, READ, type ConfigReading } from '../configuration.js';
import type { Evaluation } from '../engine.js';
import { ConfigInvalidError } from '../errors.js';
import { type ConfigIssue, toldTogether } from '../issues.js';
import { Masks } from '../masks.js';
import { difference, justRead, look, type Watched } from './engine.js';
import { LIVE_CONFIG_EVENTS, type LiveConfigEvents, tellAsJson } from './events.js';
import { fileStamps } from './file-stamps.js';
import { liveConfigMetrics } from './metrics.js';
import { type LiveConfigOptions, parseLiveConfigOptions } from './options.js';
import type { LiveConfigSnapshot } from './snapshot.js';

/** What a reload did. */
export type ReloadResult<C extends object> =
  | {
      /** What was read is in use. */
      readonly ok: true;
      /** The keys whose values are others than before, or are there no more. */
      readonly changed: readonly string[];
      /** The values in use: the same object as before when nothing changed. */
      readonly values: Readonly<C>;
    }
  | {
      /** What was read is invalid; what was in use still is. */
      readonly ok: false;
      /** Everything that is wrong. */
      readonly errors: readonly ConfigIssue[];
      /** The values in use. */
      readonly values: Readonly<C>;
    };

/** How soon a second look follows one that saw a change: whoever writes the file may not be done. */
const SECOND_LOOK_MS = 200;
/** Readings in a row during which files changed, after which the last one counts. */
const MOST_READINGS = 10;

/**
 * A configuration that is read again, on demand and when a file changes that a value was read from, such as a mounted secret
 * of Kubernetes. What is in use is always valid: a reload that finds something wrong changes nothing and says so.
 *
 * @typeParam C - the values.
 *
 * @example
 * const live = new LiveConfig(new DatabaseConfig());
 * live.on('change', ({ changed, values }) => {
 *   if (changed.includes('DATABASE_URL')) pool.reconnect(values.DATABASE_URL);
 * });
 */
export class LiveConfig<C extends object> implements Component<LiveConfigSnapshot>, Disposable {
  readonly kind = 'live-config';
  readonly name: string;
  readonly #config: Configuration<C, object>;
  readonly #options: ReturnType<typeof parseLiveConfigOptions>;
  readonly #events: Emitter<LiveConfigEvents<C>>;
  /** Secrets in use and just before, which stay masked however often something wrong is read. */
  readonly #masks = new Masks();
  /** Secrets of what was read, whatever became of it. */
  readonly #attempts = new Masks();
  readonly #reloads = { changed: 0, unchanged: 0, rejected: 0 };
  #values: Readonly<C>;
  #found: Evaluation;
  #version = 1;
  #readAt: number;
  #errors: readonly ConfigIssue[] = [];
  /** The files of what is in use. */
  #usedFiles: readonly string[] = [];
  /** These, and those of what was read last. */
  #files: readonly string[] = [];
  #watched: Watched = justRead('');
  #cancelTimer: CancelTimer = () => undefined;
  #disposed = false;

  /**
   * Reads the configuration, and watches the files that it names.
   *
   * @throws {@link ConfigInvalidError} with everything that is wrong: there is nothing yet to go on with.
   * @throws {@link InvalidOptionsError} naming every option that is unknown or out of range.
   * @throws {@link InvalidArgumentError} when `config` is no configuration.
   */
  constructor(config: Configuration<C, object>, options?: LiveConfigOptions) {
    if (!(config instanceof Configuration))
      throw new InvalidArgumentError(
        `LiveConfig: the configuration must be a ConfigValidator or an ApplicationConfig, got ${describe(config)}`,
      );
    this.#options = parseLiveConfigOptions(options);
    const { name = config.name, clock, onListenerError } = this.#options;
    this.name = name;
    this.#config = config;
    const reporter = new Reporter(`LiveConfig '${name}'`, clock, onListenerError);
    this.#events = new Emitter(reporter, LIVE_CONFIG_EVENTS);
    const { result, found, files } = this.#read();
    if (result.warnings.length > 0) reporter.warn('BREAKWATER_W_CONFIG', toldTogether(result.warnings));
    if (!result.ok) {
      // There will be nobody to dispose of: the configuration itself masks them from here on.
      config.validate();
      this.#attempts[Symbol.dispose]();
      throw new ConfigInvalidError(config.name, result.errors);
    }
    this.#values = result.values;
    this.#found = found;
    this.#readAt = clock.wallNow();
    this.#usedFiles = files;
    this.#masks.add(found.secrets);
    this.#wait(this.#options.pollMs);
  }

  /** The values in use: valid, frozen, and the same object until something changes. */
  get values(): Readonly<C> {
    return this.#values;
  }

  /** Reads everything anew, and uses it if nothing is wrong. */
  reload(): ReloadResult<C> {
    const { result, found, files } = this.#read();
    // What is read now is watched from now on, also where nothing was before.
    this.#wait(this.#options.pollMs);
    if (!result.ok) {
      this.#errors = result.errors;
      this.#reloads.rejected++;
      this.#events.emit('rejected', Object.freeze({ config: this.name, errors: result.errors }));
      return Object.freeze({ ok: false, errors: result.errors, values: this.#values });
    }
    const changed = Object.freeze(difference(this.#found, found));
    this.#errors = [];
    this.#usedFiles = files;
    if (changed.length === 0) {
      this.#reloads.unchanged++;
      return Object.freeze({ ok: true, changed, values: this.#values });
    }
    this.#values = result.values;
    this.#found = found;
    this.#version++;
    this.#readAt = this.#options.clock.wallNow();
    this.#reloads.changed++;
    if (!this.#disposed) this.#masks.add(found.secrets);
    this.#events.emit('change', Object.freeze({ config: this.name, changed, values: this.#values }));
    return Object.freeze({ ok: true, changed, values: result.values });
  }

  /** Subscribes to `type`; the returned function unsubscribes. */
  on<K extends keyof LiveConfigEvents<C>>(type: K, listener: (event: LiveConfigEvents<C>[K]) => void): () => void {
    return this.#events.on(type, listener);
  }

  /** Hears of changes and rejections, as plain JSON without values. */
  subscribe(listener: (event: ComponentEvent) => void): () => void {
    if (typeof listener !== 'function')
      throw new InvalidArgumentError(`subscribe: the listener must be a function, got ${describe(listener)}`);
    return tellAsJson(this.#events, listener);
  }

  /** The state now, without values. */
  snapshot(): LiveConfigSnapshot {
    const isWatching = this.#options.pollMs > 0 && !this.#disposed;
    return {
      name: this.name,
      version: this.#version,
      readAt: this.#readAt,
      watchedFiles: isWatching ? this.#files.length : 0,
      reloads: { ...this.#reloads },
      errors: this.#errors,
    };
  }

  /** The values for a scrape. */
  metrics(): Iterable<MetricSample> {
    return liveConfigMetrics(this.snapshot());
  }

  /** `DEGRADED` while what is in use is not what is set. */
  health(): { readonly status: HealthStatus; readonly message?: string } {
    if (this.#errors.length === 0) return { status: HealthStatus.HEALTHY };
    const message = `the last reload found something wrong, and earlier values are in use: ${toldTogether(this.#errors)}`;
    return { status: HealthStatus.DEGRADED, message: message.slice(0, 200) };
  }

  /** Watches no more; and its secrets are no longer masked in what other parts show. The values stay. */
  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#cancelTimer();
    this.#masks[Symbol.dispose]();
    this.#attempts[Symbol.dispose]();
  }

  /** Reads until no file changed meanwhile: of two that belong together, such as key and certificate, one could be old. */
  #read(): ConfigReading<C, object> {
    for (let readings = 1; ; readings++) {
      const files = this.#files;
      const before = fileStamps(files);
      const reading = this.#config[READ](undefined, this.#attempts);
      this.#files = [...new Set([...this.#usedFiles, ...reading.files])];
      const stamps = fileStamps(this.#files);
      this.#watched = justRead(stamps);
      // Nobody is left to dispose of what it masks.
      if (this.#disposed) this.#attempts[Symbol.dispose]();
      const isOfOneMoment = stamps === before && this.#files.join('\n') === files.join('\n');
      if (isOfOneMoment || readings >= MOST_READINGS) return reading;
    }
  }

  #wait(delayMs: number): void {
    this.#cancelTimer();
    const { pollMs, clock } = this.#options;
    if (this.#disposed || pollMs === 0 || this.#files.length === 0) return;
    this.#cancelTimer = clock.schedule(() => {
      this.#look();
    }, delayMs);
  }

  #look(): void {
    const { watched, step } = look(this.#watched, fileStamps(this.#files));
    this.#watched = watched;
    const { pollMs } = this.#options;
    if (step === 'read') this.reload();
    else this.#wait(step === 'look again' ? SECOND_LOOK_MS : pollMs);
  }
}
