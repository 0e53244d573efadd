import { BoundedMap } from '../../internal/bounded-map.js';
import type { EventAnswer, LocalMark } from '../store/index.js';
import { evidenceText, EvidenceLog, type KeptEvent } from './evidence.js';
import { readLifting, type SharedLifting } from './shared-flag.js';
import type { LocalSuspect } from './shared-suspect.js';

/** More types share one name. */
const MOST_TYPES = 254;
/** From this event on a subject is suspected: its evidence is kept. */
const SUSPECTED = 5;

/** Liftings that are remembered, the latest ones. */
const MOST_LIFTINGS = 1_000;

/** Who lifted a flag, why, and when this process heard of it. @internal */
export interface KnownLifting {
  readonly atMs: number;
  readonly said: SharedLifting;
}

/** What one process knows of the subjects that came to it; bounded whoever comes. @internal */
export class LocalKnowledge {
  readonly #threshold: number;
  readonly #now: () => number;
  readonly #suspects: BoundedMap<LocalSuspect>;
  readonly #evidence: EvidenceLog<LocalSuspect>;
  /** Who lifted flags, by the names of their subjects in the store. */
  readonly #liftings = new BoundedMap<KnownLifting>(MOST_LIFTINGS, ({ atMs }) => atMs);
  /** The types by their names in the store; they come from the program and are few. */
  readonly #types = new Map<string, string>();

  constructor(threshold: number, windowMs: number, most: number, now: () => number) {
    this.#threshold = threshold;
    this.#now = now;
    const importance = ({ count, lastMs }: LocalSuspect): number => (now() - lastMs > windowMs ? 0 : count);
    this.#suspects = new BoundedMap(most, importance);
    this.#evidence = new EvidenceLog(importance);
  }

  get size(): number {
    return this.#suspects.size;
  }

  get evicted(): number {
    return this.#suspects.evicted;
  }

  /** Remembers what a type is called in the store. */
  name(type: string, tag: string): void {
    if (this.#types.size < MOST_TYPES) this.#types.set(tag, type);
  }

  /** One more event of a subject, and what the store said to it, if it did. */
  learn(subject: string, answer: EventAnswer | undefined): LocalSuspect {
    const nowMs = this.#now();
    let known = this.#suspects.get(subject);
    if (known === undefined) {
      known = { firstMs: nowMs, lastMs: nowMs, total: 0, count: 0, score: 0, byType: {} };
      const evicted = this.#suspects.add(subject, known);
      if (evicted !== undefined) this.#evidence.delete(evicted[0]);
    }
    known.lastMs = nowMs;
    known.total++;
    if (answer !== undefined) {
      known.count = answer.count;
      known.score = answer.score;
      known.byType = this.#named(answer.tags);
    }
    return known;
  }

  /** Keeps the event as evidence, when its subject is flagged or suspected. */
  keep(
    subject: string,
    known: LocalSuspect,
    flagged: boolean,
    event: Omit<KeptEvent, 'atMs' | 'text'>,
    text: unknown,
  ): void {
    if (!flagged && known.count < Math.min(SUSPECTED, this.#threshold)) return;
    this.#evidence.add(subject, known, { ...event, atMs: known.lastMs, text: evidenceText(text) });
  }

  /** Follows the marks, for who lifted a flag. */
  readonly watch = (name: string, mark: LocalMark | undefined): void => {
    const said = readLifting(mark);
    if (said === undefined) return;
    this.#liftings.delete(name);
    this.#liftings.add(name, { atMs: this.#now(), said });
  };

  /** Who lifted the last flag of a subject, by its name in the store. */
  liftingOf(name: string): KnownLifting | undefined {
    return this.#liftings.get(name);
  }

  of(subject: string): LocalSuspect | undefined {
    return this.#suspects.get(subject);
  }

  evidenceOf(subject: string): readonly KeptEvent[] {
    return this.#evidence.of(subject);
  }

  delete(subject: string): void {
    this.#suspects.delete(subject);
    this.#evidence.delete(subject);
  }

  #named(tags: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
    const byType: Record<string, number> = {};
    for (const [tag, count] of Object.entries(tags)) {
      const type = this.#types.get(tag) ?? 'other';
      byType[type] = (byType[type] ?? 0) + count;
    }
    return byType;
  }
}
