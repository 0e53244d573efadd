import { InvalidArgumentError } from '../../core/errors.js';
import { MASK } from '../../core/mask-fields.js';
import { redactText } from '../../core/redaction.js';
import { isSensitiveKey } from '../../core/sensitive-names.js';
import { isThenable, quiet } from '../../core/thenable.js';
import { isLabelName } from './names.js';
import { escapeValue, numberText } from './text.js';
import type { ExemplarLabels } from './types.js';

/**
 * Which trace is active: the source of exemplars. `undefined` or `null` for none; so are ids of nothing but zeros, and a trace
 * that `traceFlags` says nobody keeps.
 */
export type ExemplarSource = () =>
  | { readonly traceId: string; readonly spanId?: string | undefined; readonly traceFlags?: number | undefined }
  | null
  | undefined;

/** One value, and where it came from. @internal */
export interface Exemplar {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly atMs: number;
}

/** All names and values together. Source: OpenMetrics 1.0.0, "Exemplars". */
const MOST_CHARACTERS = 128;
/** An id that is none. Source: W3C Trace Context, "trace-id" and "parent-id". */
const NO_ID = /^0+$/;
/** Of `traceFlags`: the trace is kept. */
const SAMPLED = 1;

/** Makes exemplars; what does not fit, or cannot be read, makes none. @internal */
export class Exemplars {
  readonly #source: ExemplarSource | undefined;
  readonly #wallNow: () => number;
  readonly #failed: (error: unknown) => void;
  #asking = false;

  constructor(source: ExemplarSource | undefined, wallNow: () => number, failed: (error: unknown) => void) {
    this.#source = source;
    this.#wallNow = wallNow;
    this.#failed = failed;
  }

  /** Whether every value may have one. */
  get always(): boolean {
    return this.#source !== undefined;
  }

  make(value: number, given: ExemplarLabels | undefined): Exemplar | undefined {
    try {
      const labels = given === undefined ? this.#active() : checked(Object.entries(given));
      return labels === undefined ? undefined : { labels, value, atMs: this.#wallNow() };
    } catch (error) {
      this.#failed(error);
      return undefined;
    }
  }

  #active(): Readonly<Record<string, string>> | undefined {
    const trace = this.#ask();
    if (trace === undefined || trace === null) return undefined;
    if (isThenable(trace)) {
      quiet(trace);
      throw new InvalidArgumentError('exemplar must answer at once, with traceId and spanId, got a promise');
    }
    const { traceId, spanId, traceFlags } = trace;
    if (NO_ID.test(traceId) || (spanId !== undefined && NO_ID.test(spanId))) return undefined;
    if (traceFlags !== undefined && (traceFlags & SAMPLED) === 0) return undefined;
    return checked(
      spanId === undefined
        ? [['trace_id', traceId]]
        : [
            ['trace_id', traceId],
            ['span_id', spanId],
          ],
    );
  }

  /** A source that counts values itself is not asked where those come from. */
  #ask(): ReturnType<ExemplarSource> {
    if (this.#asking) return undefined;
    this.#asking = true;
    try {
      return this.#source?.();
    } finally {
      this.#asking = false;
    }
  }
}

function checked(entries: readonly (readonly [string, unknown])[]): Readonly<Record<string, string>> | undefined {
  let length = 0;
  const labels: Record<string, string> = {};
  for (const [name, value] of entries) {
    if (!isLabelName(name) || typeof value !== 'string' || value.length > MOST_CHARACTERS) return undefined;
    const shown = isSensitiveKey(name) ? MASK : redactText(value, MOST_CHARACTERS);
    length += name.length + shown.length;
    labels[name] = shown;
  }
  return length === 0 || length > MOST_CHARACTERS ? undefined : labels;
}

/** ` # {trace_id="…"} 0.3 1700000000.5`, as OpenMetrics has it behind a value. @internal */
export function exemplarText(exemplar: Exemplar | undefined): string {
  if (exemplar === undefined) return '';
  const { labels, value, atMs } = exemplar;
  const block = Object.entries(labels).map(([name, text]) => `${name}="${escapeValue(text)}"`);
  const at = Number.isFinite(atMs) ? ` ${numberText(atMs / 1_000)}` : '';
  return ` # {${block.join(',')}} ${numberText(value)}${at}`;
}
