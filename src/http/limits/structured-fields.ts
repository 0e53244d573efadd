/** Text that a structured field can carry (RFC 9651, section 3.3.3). @internal */
export function isFieldText(value: unknown): value is string {
  return typeof value === 'string' && /^[\x20-\x7e]+$/.test(value);
}

/** Such text in quotes. @internal */
export function quoted(text: string): string {
  return `"${/["\\]/.test(text) ? text.replace(/["\\]/g, '\\$&') : text}"`;
}

/** A number as structured fields have it: whole, 15 digits at most, and never an exponent. @internal */
export function integer(value: number): string {
  return String(Math.min(Math.floor(value), 999_999_999_999_999));
}

/** Whole seconds, rounded up, never less than one: who waits for none comes back too early. @internal */
export function seconds(ms: number): number {
  return ms > 1_000 ? Math.ceil(ms / 1_000) : 1;
}
