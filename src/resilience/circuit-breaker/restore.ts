import { redactText } from '../../core/redaction.js';
import type { BreakerCore } from './breaker-core.js';
import { type ErrorSummary, summarizeError } from './error-summary.js';
import type { CircuitBreakerOptions } from './options.js';
import { Ramp } from './ramp.js';
import type { CircuitBreakerSnapshot } from './snapshot.js';
import { CircuitState } from './state.js';

/** How far the clocks of two hosts may differ. */
const SKEW_MS = 5_000;

/** The options of a breaker that is to go on where the snapshot's was: it has the same name unless told otherwise. @internal */
export function namedAfter(
  snapshot: unknown,
  options: CircuitBreakerOptions | undefined,
): CircuitBreakerOptions | undefined {
  const name = options?.name ?? fieldOf(snapshot, 'name');
  return isText(name) && name.length <= 200 && typeof (options ?? {}) === 'object' ? { ...options, name } : options;
}

/** Beyond it two generations in a row could be the same number. */
const MOST_GENERATIONS = 2 ** 52;

/** Puts a new circuit where the snapshot says; a snapshot that cannot be right leaves it closed, with a warning. @internal */
export function resumeFrom(core: BreakerCore, given: unknown): void {
  const wallNowMs = core.blueprint.options.clock.wallNow();
  // A copy first: whatever is read once must not read differently the next time.
  const snapshot = plainCopy(given);
  const wrong = flawOf(snapshot, wallNowMs);
  if (wrong !== undefined) {
    const text = `the snapshot cannot be used: ${wrong}; the circuit starts CLOSED`;
    core.blueprint.reporter.warn('BREAKWATER_W_SNAPSHOT', text);
    return;
  }
  resume(core, snapshot as CircuitBreakerSnapshot, wallNowMs);
}

function resume(core: BreakerCore, snapshot: CircuitBreakerSnapshot, wallNowMs: number): void {
  const { state, generation, breaks, counts, lastError, isolatedBecause, takenAt, rampRatio } = snapshot;
  const nowMs = core.blueprint.now();
  const { breaks: rules, maxThrottleMs, ramp } = core.blueprint.rules;
  // A break that the dependency asked for has a limit of its own.
  const throttled = snapshot.reason === 'throttled';
  const longestMs = throttled ? maxThrottleMs : rules.maxMs;
  const leftMs = state === 'OPEN' ? (snapshot.remainingMs ?? 0) - Math.max(0, wallNowMs - takenAt) : 0;
  const summary = lastError === undefined ? undefined : summarizeError(lastError);
  const counting = state === 'CLOSED' ? counts.consecutiveFailures > 0 : state === 'OPEN' || state === 'HALF_OPEN';
  if (!counting) core.lastBreak = summary;
  core.resume({
    state,
    // Whoever restores it once more has to know.
    reason: throttled ? 'throttled' : undefined,
    // Whoever counts on from here must not count beyond what is known.
    generation: generation < MOST_GENERATIONS / 2 ? generation : 0,
    consecutiveFailures: counts.consecutiveFailures,
    cause: counting ? summary : undefined,
    breaks,
    openedAtMs: nowMs - Math.max(0, wallNowMs - (snapshot.openedAt ?? wallNowMs)),
    openUntilMs: nowMs + Math.min(Math.max(0, leftMs), longestMs),
    isolatedBecause: isolatedBecause === undefined ? undefined : redactText(isolatedBecause, 200),
    ramp: ramp === undefined || rampRatio === undefined ? undefined : Ramp.at(rampRatio, nowMs, ramp),
  });
}

function plainCopy(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value));
  } catch {
    return undefined;
  }
}

/** What is wrong with a snapshot, for people; `undefined` when it can be used. */
function flawOf(snapshot: unknown, wallNowMs: number): string | undefined {
  if (typeof snapshot !== 'object' || snapshot === null) return 'it is no object';
  if (fieldOf(snapshot, 'version') !== 1) return 'its version is not 1';
  const wrong =
    firstWrong(snapshot, FIELDS) ??
    firstWrong(fieldOf(snapshot, 'counts'), COUNTS) ??
    (fieldOf(snapshot, 'state') === 'OPEN' && fieldOf(snapshot, 'remainingMs') === undefined
      ? 'remainingMs'
      : undefined);
  if (wrong !== undefined) return `its ${wrong} is missing or not what it should be`;
  return (fieldOf(snapshot, 'takenAt') as number) > wallNowMs + SKEW_MS ? 'it was taken in the future' : undefined;
}

type Test = (value: unknown) => boolean;

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0;
}

const isNumber: Test = (value) => typeof value === 'number' && Number.isFinite(value);
const isSpan: Test = (value) => isNumber(value) && (value as number) >= 0;
const isCount: Test = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isError: Test = (value) =>
  isText(fieldOf(value, 'name')) &&
  typeof (value as ErrorSummary).message === 'string' &&
  orAbsent((code) => typeof code === 'string')(fieldOf(value, 'code'));

function orAbsent(test: Test): Test {
  return (value) => value === undefined || test(value);
}

const FIELDS: Readonly<Record<string, Test>> = {
  name: isText,
  takenAt: isNumber,
  mode: (value) => value === 'enforce' || value === 'shadow',
  state: (value) => typeof value === 'string' && Object.hasOwn(CircuitState, value),
  reason: orAbsent(isText),
  generation: (value) => isCount(value) && (value as number) <= MOST_GENERATIONS,
  breaks: isCount,
  rates: orAbsent(Array.isArray),
  rampRatio: orAbsent(isSpan),
  openedAt: orAbsent(isNumber),
  remainingMs: orAbsent(isSpan),
  lastError: orAbsent(isError),
  isolatedBecause: orAbsent((value) => typeof value === 'string'),
};

const COUNTS: Readonly<Record<string, Test>> = {
  consecutiveFailures: isCount,
  inFlight: isCount,
  probesInFlight: isCount,
  probeSuccesses: isCount,
  successes: isCount,
  failures: isCount,
  ignored: isCount,
  throttled: isCount,
  stale: isCount,
  rejected: isCount,
};

function firstWrong(value: unknown, tests: Readonly<Record<string, Test>>): string | undefined {
  return Object.keys(tests).find((name) => tests[name]?.(fieldOf(value, name)) === false);
}

function fieldOf(value: unknown, name: string): unknown {
  try {
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  } catch {
    return undefined;
  }
}
