/** A whole number with its thousands apart; one with a fraction to a tenth. @internal */
export function countText(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'unlimited' : '–';
  if (Math.abs(value) >= 1e15) return value.toExponential(2);
  const [whole = '', fraction] = String(Math.round(value * 10) / 10).split('.');
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

const UNITS = /* @__PURE__ */ Object.freeze([
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const);

/** Milliseconds as people say it: `0.4 ms`, `12 ms`, `1.5 s`, `3 min 5 s`, `2 d 4 h`. @internal */
export function durationText(ms: number): string {
  if (ms === Infinity) return 'without end';
  if (!(ms >= 0)) return '–';
  if (ms < 10) return `${String(Math.round(ms * 10) / 10)} ms`;
  if (ms < 999.5) return `${String(Math.round(ms))} ms`;
  if (ms < 9_950) return `${String(Math.round(ms / 100) / 10)} s`;
  const seconds = Math.round(ms / 1_000) * 1_000;
  const at = UNITS.findIndex(([, length]) => seconds >= length);
  const [unit, length] = UNITS[at] ?? UNITS[3];
  const below = UNITS[at + 1];
  const rest = below === undefined ? 0 : Math.floor((seconds % length) / below[1]);
  const first = `${countText(Math.floor(seconds / length))} ${unit}`;
  return below === undefined || rest === 0 ? first : `${first} ${String(rest)} ${below[0]}`;
}

const PERIODS = /* @__PURE__ */ Object.freeze([
  ['s', 1],
  ['min', 60],
  ['h', 3_600],
] as const);

/** How many a time of some length, by that in which it is a round number: `5/s`, `100/min`, `3/h`. @internal */
export function rateText(perSecond: number): string {
  const isRound = (seconds: number): boolean => {
    const many = perSecond * seconds;
    return many >= 1 && Math.abs(many - Math.round(many)) < 1e-6;
  };
  const [unit, seconds] =
    PERIODS.find(([, length]) => isRound(length)) ??
    PERIODS.find(([, length]) => perSecond * length >= 1) ??
    PERIODS[2];
  return `${countText(perSecond * seconds)}/${unit}`;
}

/** An instant, in ms since the Unix epoch: `2026-03-01 12:00:05 UTC`, or `undefined` when it is none. @internal */
export function instantText(epochMs: number): string | undefined {
  const iso = instantIso(epochMs);
  return iso === undefined ? undefined : `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

/** The same for machines. @internal */
export function instantIso(epochMs: number): string | undefined {
  const date = new Date(epochMs);
  const iso = Number.isNaN(date.getTime()) ? '' : date.toISOString();
  // Before the year 0 and after 9999 it has a sign.
  return /^\d/.test(iso) ? iso : undefined;
}

/** The name of a constant, a field or a kind as words: `HALF_OPEN` is `Half open`, `maxConcurrent` is `Max concurrent`. @internal */
export function words(name: string): string {
  const apart = name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .trim()
    .toLowerCase();
  return apart.charAt(0).toUpperCase() + apart.slice(1);
}

/** `1 check`, `3 checks`. @internal */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}
