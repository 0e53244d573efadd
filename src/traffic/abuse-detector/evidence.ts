import { redactText, redactValue } from '../../core/redaction.js';
import { detached } from '../../internal/detached.js';
import { BoundedMap } from '../../internal/bounded-map.js';

/** Events that are kept of each subject, … */
const MOST_EVENTS = 5;
/** … subjects of which some are, … */
const MOST_SUBJECTS = 2_048;
/** … and characters of what came with each. */
const LONGEST = 200;

/** One event that is kept. @internal */
export interface KeptEvent {
  readonly atMs: number;
  readonly type: string;
  readonly weight: number;
  readonly text: string | undefined;
}

interface Kept<S> {
  readonly suspect: S;
  readonly events: KeptEvent[];
}

/** The latest events of those who matter most, bounded whoever comes and whatever they send. @internal */
export class EvidenceLog<S> {
  readonly #kept: BoundedMap<Kept<S>>;

  /** @param importance - how much losing the evidence against a subject would matter. */
  constructor(importance: (suspect: S) => number) {
    this.#kept = new BoundedMap(MOST_SUBJECTS, ({ suspect }) => importance(suspect));
  }

  add(name: string, suspect: S, event: KeptEvent): void {
    let kept = this.#kept.get(name);
    if (kept === undefined) this.#kept.offer(name, (kept = { suspect, events: [] }));
    if (kept.events.push(event) > MOST_EVENTS) kept.events.shift();
  }

  of(name: string): readonly KeptEvent[] {
    return this.#kept.get(name)?.events ?? [];
  }

  delete(name: string): void {
    this.#kept.delete(name);
  }
}

/** What came with an event, as short text without secrets. @internal */
export function evidenceText(evidence: unknown): string | undefined {
  if (evidence === undefined) return undefined;
  if (typeof evidence === 'string') return detached(redactText(evidence, LONGEST));
  const shown = redactValue(evidence);
  // A function or a symbol says nothing.
  const json = shown === undefined ? typeof evidence : JSON.stringify(shown);
  // Of a longer text it would keep the whole.
  return detached(json.length > LONGEST ? `${json.slice(0, LONGEST - 1)}…` : json);
}
