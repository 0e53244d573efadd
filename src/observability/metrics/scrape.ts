import type { Clock } from '../../core/clock.js';
import type { MetricSample } from '../../core/component.js';
import { quiet } from '../../core/thenable.js';
import { Askers } from './askers.js';
import { exposition, type TextFormat } from './exposition.js';
import { type ForeignAnswer, foreignLines } from './foreign.js';
import type { MetricsFormat } from './format.js';
import { loopTurn } from './loop-turn.js';
import type { Registry } from './registry.js';
import { type SampleFamily, SampleMerger } from './samples.js';
import { selfFamilies, selfMetrics } from './self-metrics.js';
import { type AnyFamily, type MetricsSnapshot, snapshotOf, snapshotText } from './snapshot.js';
import type { Troubles } from './troubles.js';

/** @internal */
export interface ScrapeOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly collectTimeoutMs: number;
  readonly seriesTtlMs: number;
  /** Monotonic time, in ms. */
  readonly now: () => number;
}

/** How a scrape comes about: who is asked, in what order, and how it is written. @internal */
export class Scrape {
  readonly hooks: Askers<void>;
  readonly foreign: Askers<ForeignAnswer>;
  readonly #sources = new Set<{ readonly read: () => Iterable<MetricSample> }>();
  readonly #registry: Registry;
  readonly #troubles: Troubles;
  readonly #options: ScrapeOptions;
  readonly #ownNames = new Map<string, string>();
  #durationMs = 0;
  #reading = false;
  #collected: Promise<void> | undefined;

  constructor(registry: Registry, troubles: Troubles, options: ScrapeOptions) {
    this.#registry = registry;
    this.#troubles = troubles;
    this.#options = options;
    const { clock, collectTimeoutMs } = options;
    const failed = (error: unknown): void => troubles.failed(error);
    this.hooks = new Askers('collector', clock, collectTimeoutMs, failed);
    this.foreign = new Askers('foreign registry', clock, collectTimeoutMs, failed);
    for (const { name, type } of this.own()) {
      registry.claims.take(type, name);
      this.#ownNames.set(name, type);
    }
  }

  addSource(read: () => Iterable<MetricSample>): () => void {
    const source = { read };
    this.#sources.add(source);
    return () => {
      this.#sources.delete(source);
    };
  }

  clear(): void {
    this.hooks.clear();
    this.foreign.clear();
    this.#sources.clear();
  }

  own(): MetricSample[] {
    return selfMetrics(this.#options.name, this.#troubles, this.#durationMs);
  }

  /** What was to be collected is; for several who ask at the same moment, once. */
  collected(): Promise<void> {
    return (this.#collected ??= this.hooks.soon().then(() => {
      this.#collected = undefined;
      this.#sweep();
    }));
  }

  snapshot(): MetricsSnapshot {
    this.#ask();
    const registered = this.#registry.families();
    const merger = this.#merger();
    drain(this.#merge(merger));
    return snapshotOf([...registered, ...this.#others(merger)]);
  }

  render(format: MetricsFormat): string {
    const startMs = this.#options.now();
    this.#ask();
    const answers = format === 'json' ? [] : this.foreign.now();
    const text = drain(this.#text(format, answers));
    this.#durationMs = this.#options.now() - startMs;
    return text;
  }

  async *stream(format: MetricsFormat): AsyncGenerator<string, void> {
    const { now } = this.#options;
    let startMs = now();
    const asked = Promise.all([this.hooks.soon(), format === 'json' ? [] : this.foreign.soon()]);
    const [, answers] = await asked;
    this.#sweep();
    let busyMs = now() - startMs;
    const text = this.#text(format, answers);
    for (;;) {
      startMs = now();
      const { value, done } = text.next();
      busyMs += now() - startMs;
      if (done === true) break;
      if (value !== '') yield value;
      await loopTurn();
    }
    this.#durationMs = busyMs;
  }

  #ask(): void {
    this.hooks.now();
    this.#sweep();
  }

  #sweep(): void {
    const { seriesTtlMs, now } = this.#options;
    if (seriesTtlMs === Infinity) return;
    const nowMs = now();
    for (const family of this.#registry.families()) family.table.sweep(nowMs, seriesTtlMs);
  }

  #merger(): SampleMerger {
    const troubles = {
      bad: () => this.#troubles.badSamples(),
      conflict: (name: string, holder: string) => this.#troubles.conflict(name, holder),
      tooMany: () =>
        this.#troubles.failed(new RangeError('a source gave more than 10,000 samples; the rest was left out')),
    };
    return new SampleMerger(this.#registry.claims, troubles, this.#ownNames);
  }

  *#merge(merger: SampleMerger): Generator<'', void> {
    for (const { read } of [...this.#sources]) {
      let samples: Generator<'', void> | undefined;
      const step = (): boolean => (samples ??= merger.add(asked(read()))).next().done === true;
      try {
        while (!this.#read(step)) yield '';
      } catch (error) {
        this.#troubles.failed(error);
      } finally {
        samples?.return();
      }
      yield '';
    }
  }

  /** Whether a source is done; so it is for those who ask for a snapshot while one is being read, as sources may. */
  #read(step: () => boolean): boolean {
    if (this.#reading) return true;
    this.#reading = true;
    try {
      return step();
    } finally {
      this.#reading = false;
    }
  }

  *#text(format: MetricsFormat, answers: readonly ForeignAnswer[]): Generator<string, void> {
    // Before sources are read: what is registered meanwhile may have a name that a sample has by then.
    const registered = this.#registry.families();
    const merger = this.#merger();
    yield* this.#merge(merger);
    if (format === 'json') {
      yield* snapshotText([...registered, ...this.#others(merger)]);
      return;
    }
    for (const family of registered) yield* exposition(family, format);
    for (const family of merger.families()) yield* exposition(family, format);
    yield* this.#foreignText(format, answers, merger);
    // Last, so that they know of what went wrong until now.
    for (const family of this.#self(merger)) yield* exposition(family, format);
    if (format === 'openmetrics') yield '# EOF\n';
  }

  #others(merger: SampleMerger): AnyFamily[] {
    return [...merger.families(), ...this.#self(merger)];
  }

  #self(merger: SampleMerger): readonly SampleFamily[] {
    return selfFamilies(this.own(), merger.others, (name, holder) => this.#troubles.conflict(name, holder));
  }

  #foreignText(format: TextFormat, answers: readonly ForeignAnswer[], merger: SampleMerger): Generator<string, void> {
    return foreignLines(answers, format, merger.claims, {
      bad: (lines) => this.#troubles.badSamples(lines),
      conflict: (name, holder) => this.#troubles.conflict(name, holder),
    });
  }
}

/** A source answers at once; a promise that it gives by mistake must at least not end the process. */
function asked<T>(answer: T): T {
  quiet(answer);
  return answer;
}

function drain(chunks: Iterable<string>): string {
  let text = '';
  for (const chunk of chunks) text += chunk;
  return text;
}
