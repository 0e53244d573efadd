import { MASK } from '../../core/mask-fields.js';
import { redactText } from '../../core/redaction.js';
import { isSensitiveKey } from '../../core/sensitive-names.js';

/** Longest value of a label, in characters. @internal */
export const LONGEST_VALUE = 200;
/** Text beyond it that is looked at for secrets. */
const BEYOND = 2_100;
const SPECIAL = /[\\"\n]/;

/**
 * A label's value as everybody may see it: text, without secrets, well-formed, and not too long. What cannot be read says so; a label
 * whose name says that it holds a secret shows none.
 * @internal
 */
export function labelValueText(label: string, value: unknown): string {
  if (isSensitiveKey(label)) return MASK;
  let text: string;
  try {
    text = typeof value === 'string' ? value : String(value);
  } catch {
    text = '[unreadable]';
  }
  return redactText(text, LONGEST_VALUE, BEYOND);
}

/** @internal */
export function escapeValue(text: string): string {
  return SPECIAL.test(text) ? text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n') : text;
}

/** HELP texts; OpenMetrics escapes quotes there as well. @internal */
export function escapeHelp(text: string, openMetrics: boolean): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return openMetrics ? escaped.replaceAll('"', '\\"') : escaped;
}

/** `a="1",b="2"`. @internal */
export function labelBlock(names: readonly string[], values: readonly string[]): string {
  // Joined, which leaves one flat text: what is added piece by piece stays a tree of all the pieces.
  return names.map((name, i) => `${name}="${escapeValue(values[i] ?? '')}"`).join();
}

/** A number as both formats read it. @internal */
export function numberText(value: number): string {
  if (value - value === 0) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}

/**
 * A bound as OpenMetrics wants it in `le`: always with a point or an exponent, the latter from a million on and below a
 * ten-thousandth, with at least two digits.
 * Source: OpenMetrics 1.0.0, "Considerations: Canonical Numbers".
 * @internal
 */
export function canonicalNumber(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && size - size === 0 && (size >= 1e6 || size < 1e-4)) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  }
  const text = numberText(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}
