import { redactName } from '../../core/redaction.js';

/** Longest value of a label, in characters. @internal */
export const LONGEST_VALUE = 200;
const LONE_SURROGATES = /\p{Surrogate}/gu;
const SPECIAL = /[\\"\n]/;

/**
 * A label's value as everybody may see it: text, without secrets, well-formed, and not too long. What cannot be read says so.
 * @internal
 */
export function labelValueText(value: unknown): string {
  let text: string;
  try {
    text = typeof value === 'string' ? value : String(value);
  } catch {
    text = '[unreadable]';
  }
  return redactName(text, LONGEST_VALUE).replace(LONE_SURROGATES, '\ufffd');
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
  let text = '';
  for (const [i, name] of names.entries()) text += `${i === 0 ? '' : ','}${name}="${escapeValue(values[i] ?? '')}"`;
  return text;
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
