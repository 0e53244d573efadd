/** Any list or dump of bytes: `<Buffer 6b 51>`, `[ 107, 81 ]`, `{"0":107,"1":81}`, `6b:51`, `0x6b, 0x51`, `\x6b\x51`. */
const RUN =
  /(?<![a-z\d](?<!\\[nrt]))(?:(?:0?x)?(?:[\da-f]{2}){1,2}|\d{1,5})(?:(?:\\[nrt]|[^a-z\d]){1,40}(?:(?:0?x)?(?:[\da-f]{2}){1,2}|\d{1,5})(?![a-z\d])){3,}/gi;
const ITEM = /(?:0?x)?[\da-f]+/gi;
/** Where what is looked for stands in a text. */
type Find = (text: string) => readonly { readonly start: number; readonly end: number }[];

/**
 * Masks what `find` finds in the hex of bytes that a text lists one by one, whichever way it writes them, in time that grows
 * with the text alone.
 * @internal
 */
export function maskBytes(text: string, find: Find, mask: string): string {
  return text.replace(RUN, (run) => {
    const items = [...run.matchAll(ITEM)];
    const hidden = new Set<number>();
    const isHex = /[a-f]/i.test(run);
    // Numbers may be decimal, and an object has the number of each before it.
    for (const [from, step, hexOf] of isHex ? [ALL_HEX] : [ALL_HEX, ALL_DECIMAL, EVEN, ODD]) {
      let hex = '';
      const origins: number[] = [];
      for (let i = from; i < items.length; i += step) {
        const one = hexOf(items[i]?.[0] ?? '');
        for (let digit = 0; digit < one.length; digit++) origins.push(i);
        hex += one;
      }
      for (const { start, end } of find(hex))
        for (let i = origins[start] ?? 0; i <= (origins[end - 1] ?? -1); i++) hidden.add(i);
    }
    return hidden.size === 0 ? run : without(run, items, hidden, mask);
  });
}

type ReadingOfBytes = readonly [from: number, step: number, hexOf: (item: string) => string];
const ALL_HEX: ReadingOfBytes = /* @__PURE__ */ Object.freeze([
  0,
  1,
  (item: string) => {
    const digits = item.toLowerCase().replace(/^0?x/, '');
    return digits.length % 2 === 0 ? digits : '.';
  },
] as const);
const decimal = (item: string): string => {
  return Number(item) > 255 ? '.' : Number(item).toString(16).padStart(2, '0');
};
const ALL_DECIMAL: ReadingOfBytes = /* @__PURE__ */ Object.freeze([0, 1, decimal] as const);
const EVEN: ReadingOfBytes = /* @__PURE__ */ Object.freeze([0, 2, decimal] as const);
const ODD: ReadingOfBytes = /* @__PURE__ */ Object.freeze([1, 2, decimal] as const);

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
