import type { SecretMatcher } from '../core/secret-matcher.js';

/** Any list or dump of bytes: `<Buffer 6b 51>`, `[ 107, 81 ]`, `{"0":107,"1":81}`, `6b:51`, `0x6b, 0x51`, `\x6b\x51`. */
const RUN =
  /(?<![a-z\d](?<!\\[nrt]))(?:(?:0?x)?(?:[\da-f]{2}){1,2}|\d{1,5})(?:(?:\\[nrt]|[^a-z\d]){1,40}(?:(?:0?x)?(?:[\da-f]{2}){1,2}|\d{1,5})(?![a-z\d])){3,}/gi;
const ITEM = /(?:0?x)?[\da-f]+/gi;
/** As numbers in this base, from this one on, each or every second: an object has the number of each byte before it. */
const READINGS = /* @__PURE__ */ Object.freeze([
  [16, 0, 1],
  [10, 0, 1],
  [10, 0, 2],
  [10, 1, 2],
] as const);
/** Fewer digits are no secret. */
const SHORTEST = 8;

/**
 * Masks the values of `matcher` whose hex stands in the bytes that a text lists one by one, whichever way it writes them,
 * in time that grows with the text alone.
 * @internal
 */
export function maskBytes(text: string, matcher: SecretMatcher, mask: string): string {
  return text.replace(RUN, (run) => {
    const items = [...run.matchAll(ITEM)];
    const hidden = new Set<number>();
    for (const [base, from, step] of /[a-f]/i.test(run) ? READINGS.slice(0, 1) : READINGS) {
      let hex = '';
      const origins: number[] = [];
      for (let i = from; i < items.length; i += step) {
        const one = hexOf(items[i]?.[0] ?? '', base);
        for (let digit = 0; digit < one.length; digit++) origins.push(i);
        hex += one;
      }
      if (hex.length < SHORTEST || !matcher.mayHold(hex)) continue;
      for (const { start, end } of matcher.places(hex))
        for (let i = origins[start] ?? 0; i <= (origins[end - 1] ?? -1); i++) hidden.add(i);
    }
    return hidden.size === 0 ? run : without(run, items, hidden, mask);
  });
}

function hexOf(item: string, base: number): string {
  const digits = base === 16 ? item.toLowerCase().replace(/^0?x/, '') : Number(item).toString(16).padStart(2, '0');
  return digits.length % 2 === 0 && (base === 16 || digits.length === 2) ? digits : '.';
}

function without(run: string, items: readonly RegExpExecArray[], hidden: ReadonlySet<number>, mask: string): string {
  let shown = '';
  let doneTo = 0;
  items.forEach(({ 0: item, index }, i) => {
    if (!hidden.has(i)) return;
    if (!hidden.has(i - 1)) shown += run.slice(doneTo, index) + mask;
    doneTo = index + item.length;
  });
  return shown + run.slice(doneTo);
}
