import { words } from './words.js';

/** How something is to be seen: well, to be looked at, wrong, or neither. @internal */
export type Tone = 'ok' | 'warn' | 'bad' | 'idle';

/** A state as a word, with its tone. @internal */
export interface Mark {
  readonly tone: Tone;
  readonly word: string;
}

const TONES: Readonly<Record<string, Tone>> = /* @__PURE__ */ Object.freeze({
  HEALTHY: 'ok',
  DEGRADED: 'warn',
  UNHEALTHY: 'bad',
  STARTING: 'warn',
  READY: 'ok',
  DRAINING: 'warn',
  STOPPED: 'bad',
  CLOSED: 'ok',
  HALF_OPEN: 'warn',
  OPEN: 'bad',
  ISOLATED: 'bad',
  DISABLED: 'warn',
  PASS: 'ok',
  WARN: 'warn',
  FAIL: 'bad',
  DONE: 'ok',
  SKIPPED: 'idle',
  TIMED_OUT: 'bad',
  FAILED: 'bad',
});

const WORDS: Readonly<Record<string, string>> = /* @__PURE__ */ Object.freeze({
  PASS: 'Passed',
  WARN: 'Warning',
  FAIL: 'Failed',
});

/** The mark of a status, a state or a phase. @internal */
export function markOf(state: string): Mark {
  return { tone: Object.hasOwn(TONES, state) ? (TONES[state] ?? 'idle') : 'idle', word: WORDS[state] ?? words(state) };
}

const SEVERITY: readonly Tone[] = /* @__PURE__ */ Object.freeze(['ok', 'idle', 'warn', 'bad'] as const);

/** The worst of them; `ok` of none. @internal */
export function worstTone(tones: readonly Tone[]): Tone {
  return SEVERITY[Math.max(0, ...tones.map((tone) => SEVERITY.indexOf(tone)))] ?? 'ok';
}

/** What is wrong first, otherwise in their order. @internal */
export function worstFirst<T>(lines: readonly T[], toneOf: (line: T) => Tone): T[] {
  const rank = (line: T): number => Math.max(1, SEVERITY.indexOf(toneOf(line)));
  return [...lines].sort((a, b) => rank(b) - rank(a));
}
