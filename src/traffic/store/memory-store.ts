import type { Clock } from '../../core/clock.js';
import { clockOption, count, parseOptions } from '../../core/options.js';
import { steady } from '../../core/steady.js';
import { BoundedMap } from '../../internal/bounded-map.js';
import {
  type BucketAnswer,
  type BucketRule,
  type ChangedMark,
  type EventAnswer,
  type EventRule,
  type LimitStore,
  type MarkAnswer,
  type MarkChange,
  type MarkChanges,
  MOST_CHANGES,
  type StoreKey,
  type StoreMark,
  type WindowAnswer,
  type WindowRule,
} from './contract.js';
import {
  type BucketState,
  bucketLook,
  bucketStep,
  type EventState,
  eventsEndUs,
  eventStep,
  holds,
  markAt,
  markStep,
  windowLook,
  type WindowState,
  windowStep,
} from './engine.js';
import { MarkTable } from './mark-table.js';
import { checkBuckets, checkEvent, checkGroup, checkKey, checkMark, checkVersion, checkWindow } from './rules.js';

/** Options of {@link createMemoryStore}. */
export interface MemoryStoreOptions {
  /** Most keys of each sort that are remembered. Integer, at least 1. @defaultValue `100_000` */
  readonly maxKeys?: number | undefined;
  /** Time source. @defaultValue `systemClock` */
  readonly clock?: Clock | undefined;
}

/** Defaults of {@link MemoryStoreOptions}. */
export const MEMORY_STORE_DEFAULTS = /* @__PURE__ */ Object.freeze({ maxKeys: 100_000 });

/** Something with an end. */
interface Kept<S> {
  readonly state: S;
  readonly endUs: number;
}

/**
 * A store in the memory of this process: for tests of what shares one, and the reference that the suite holds others
 * against. Several processes share nothing with it.
 *
 * @throws `InvalidOptionsError` naming every option that is unknown or out of range.
 */
export function createMemoryStore(options?: MemoryStoreOptions): LimitStore {
  const schema = {
    maxKeys: count({ min: 1, max: 16_000_000, default: MEMORY_STORE_DEFAULTS.maxKeys }),
    clock: clockOption(),
  };
  const { maxKeys, clock } = parseOptions('createMemoryStore', schema, options);
  return memoryStoreOf(maxKeys, steady(clock));
}

/**
 * A store in memory with the time of whoever makes it.
 *
 * @param time - in ms, never going back, also not over the stores that follow one another.
 * @internal
 */
export function memoryStoreOf(maxKeys: number, time: () => number): LimitStore {
  return new MemoryStore(maxKeys, time);
}

class MemoryStore implements LimitStore {
  readonly #time: () => number;
  readonly #maxKeys: number;
  readonly #buckets: BoundedMap<Kept<BucketState>>;
  readonly #windows: BoundedMap<Kept<WindowState>>;
  readonly #events: BoundedMap<Kept<EventState>>;
  /** By group, of which there are as many as limiters. */
  readonly #marks = new Map<string, MarkTable>();
  #nowUs = 0;
  #version = 0;

  constructor(maxKeys: number, time: () => number) {
    this.#time = time;
    this.#maxKeys = maxKeys;
    this.#buckets = this.#table();
    this.#windows = this.#table();
    this.#events = this.#table();
  }

  take(rules: readonly BucketRule[]): Promise<readonly BucketAnswer[]> {
    return this.#step(() => {
      checkBuckets(rules);
      const asked = rules.map((rule) => {
        const key = keyOf(rule);
        const state = this.#find(this.#buckets, key);
        const mark = this.#markOf(rule);
        return { rule, key, state, mark, step: bucketStep(rule, state, this.#nowUs) };
      });
      const passes = asked.every(
        ({ rule, step, mark }) => rule.advisory === true || (step.answer.allowed && !holds(mark)),
      );
      return asked.map(({ rule, key, state, mark, step }) => {
        const { allowed } = step.answer;
        if (passes && allowed && !holds(mark)) {
          if (step.taken !== undefined) this.#keep(this.#buckets, key, step.taken, step.taken.us + 1);
          return { ...step.answer, ...withMark(mark) };
        }
        const looked = bucketLook(rule, state, this.#nowUs);
        const { retryAfterUs } = step.answer;
        if (holds(mark)) return { ...looked, allowed: false, retryAfterUs: Math.max(mark.leftUs, retryAfterUs), mark };
        return { ...looked, allowed, retryAfterUs, ...withMark(mark) };
      });
    });
  }

  count(rule: WindowRule): Promise<WindowAnswer> {
    return this.#step(() => {
      checkWindow(rule);
      const key = keyOf(rule);
      const state = this.#find(this.#windows, key);
      const mark = this.#markOf(rule);
      if (holds(mark)) {
        const looked = windowLook(rule, state, this.#nowUs);
        return { ...looked, allowed: false, retryAfterUs: Math.max(mark.leftUs, looked.retryAfterUs), mark };
      }
      const { answer, counted } = windowStep(rule, state, this.#nowUs);
      if (counted !== undefined) this.#keep(this.#windows, key, counted, this.#nowUs + answer.resetAfterUs);
      return { ...answer, ...withMark(mark) };
    });
  }

  record(rule: EventRule): Promise<EventAnswer> {
    return this.#step(() => {
      checkEvent(rule);
      const key = keyOf(rule);
      const { answer, state } = eventStep(rule, this.#find(this.#events, key), this.#nowUs);
      if (rule.weight > 0) this.#keep(this.#events, key, state, eventsEndUs(rule, state));
      return { ...answer, ...withMark(this.#markOf(rule)) };
    });
  }

  mark(change: MarkChange): Promise<MarkAnswer> {
    return this.#step(() => {
      checkMark(change);
      const marks = this.#marksOf(change.group);
      const wasHeld = holds(this.#markOf(change));
      const next = markStep(change, marks.get(change.subject), this.#version, this.#nowUs);
      if (next !== undefined) {
        this.#version = next.version;
        marks.keep(change.subject, next);
        if (change.clear === true) this.#forget(keyOf(change));
      }
      return { applied: next !== undefined, wasHeld, ...withMark(this.#markOf(change)) };
    });
  }

  changes(group: string, version: number): Promise<MarkChanges> {
    return this.#step(() => {
      checkGroup(group);
      checkVersion(version);
      const marks: ChangedMark[] = [];
      let more = false;
      const table = this.#marks.get(group);
      for (const [subject, state] of table?.since(version) ?? []) {
        const mark = markAt(state, this.#nowUs);
        if (mark === undefined) continue;
        more = marks.length === MOST_CHANGES;
        if (more) break;
        marks.push({ subject, ...mark });
      }
      const last = table?.last ?? 0;
      return { marks, version: more ? (marks.at(-1)?.version ?? last) : last, more };
    });
  }

  clear(key: StoreKey): Promise<void> {
    return this.#step(() => {
      checkKey(key);
      this.#forget(keyOf(key));
    });
  }

  /** One step at one moment; what is wrong with it rejects. */
  #step<T>(run: () => T): Promise<T> {
    return new Promise((resolve) => {
      this.#nowUs = Math.max(this.#nowUs, Math.round(this.#time() * 1_000));
      resolve(run());
    });
  }

  #table<S>(): BoundedMap<Kept<S>> {
    return new BoundedMap<Kept<S>>(this.#maxKeys, ({ endUs }) => endUs - this.#nowUs);
  }

  #marksOf(group: string): MarkTable {
    let marks = this.#marks.get(group);
    if (marks === undefined) {
      marks = new MarkTable(this.#maxKeys, ({ keptUntilUs }) => keptUntilUs - this.#nowUs);
      this.#marks.set(group, marks);
    }
    return marks;
  }

  #find<S>(table: BoundedMap<Kept<S>>, key: string): S | undefined {
    const kept = table.get(key);
    if (kept === undefined || kept.endUs > this.#nowUs) return kept?.state;
    table.delete(key);
    return undefined;
  }

  #keep<S>(table: BoundedMap<Kept<S>>, key: string, state: S, endUs: number): void {
    table.delete(key);
    table.add(key, { state, endUs });
  }

  #markOf({ group, subject }: StoreKey): StoreMark | undefined {
    const marks = this.#marks.get(group);
    const mark = markAt(marks?.get(subject), this.#nowUs);
    if (mark === undefined) marks?.delete(subject);
    return mark;
  }

  #forget(key: string): void {
    this.#buckets.delete(key);
    this.#windows.delete(key);
    this.#events.delete(key);
  }
}

function keyOf({ group, subject }: StoreKey): string {
  return `${group} ${subject}`;
}

function withMark(mark: StoreMark | undefined): { readonly mark?: StoreMark } {
  return mark === undefined ? {} : { mark };
}
