import {
  CircuitBreaker,
  deadline,
  fallback,
  pipeline,
  type CallContext,
  type ExecuteOptions,
  type Policy,
  retry,
  timeout,
  Bulkhead,
  hedge,
} from 'breakwater/resilience';
import { ManualClock } from 'breakwater/testing';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { runs } from '../../runs.js';

/** What each attempt does, in turn. */
interface Step {
  readonly does: 'succeed' | 'fail' | 'hang' | 'throw' | 'return';
  readonly afterMs: number;
  readonly heeds: boolean;
}

type Part =
  | { readonly kind: 'retry'; readonly maxAttempts: number; readonly attemptTimeoutMs: number | undefined }
  | { readonly kind: 'timeout' | 'deadline'; readonly ms: number }
  | { readonly kind: 'fallback' | 'breaker' | 'bulkhead' | 'hedge' };

/** Each part has odd times of its own: what falls on the same moment may come in either order. */
function make(part: Part, clock: ManualClock, odd: number): Policy<unknown> {
  switch (part.kind) {
    case 'retry': {
      const limit = part.attemptTimeoutMs === undefined ? {} : { attemptTimeoutMs: part.attemptTimeoutMs + odd };
      return retry({
        clock,
        jitter: 'none',
        baseDelayMs: 40 + odd,
        maxAttempts: part.maxAttempts,
        budget: false,
        ...limit,
      });
    }
    case 'timeout':
      return timeout(part.ms + odd, { clock });
    case 'deadline':
      return deadline(part.ms + odd, { clock });
    case 'fallback':
      return fallback(() => 'stale');
    case 'breaker':
      return new CircuitBreaker({ clock, failureThreshold: 2, recoveryTimeoutMs: 90 + odd });
    case 'bulkhead':
      return new Bulkhead({ clock, maxConcurrent: 1, maxQueued: 1, maxWaitMs: 130 + odd });
    case 'hedge':
      return hedge({ clock, delayMs: 60 + odd, budget: false });
  }
}

/** The same policies as closures in closures, each with a promise of its own. */
function nested(policies: readonly Policy<unknown>[]): Policy<unknown> {
  const [first, ...rest] = policies;
  if (first === undefined) throw new Error('a pipeline of nothing');
  if (rest.length === 0) return first;
  const inside = nested(rest);
  return {
    execute: <T>(operation: (call: CallContext) => T | PromiseLike<T>, options?: ExecuteOptions) =>
      first.execute((call) => inside.execute(operation, call), options),
  };
}

async function play(
  compose: (policies: readonly Policy<unknown>[]) => Policy<unknown>,
  parts: readonly Part[],
  steps: readonly Step[],
  abortAtMs: number | undefined,
) {
  const clock = new ManualClock();
  const log: string[] = [];
  const controller = new AbortController();
  if (abortAtMs !== undefined) clock.schedule(() => controller.abort('given up'), abortAtMs);
  const policy = compose(parts.map((part, i) => make(part, clock, (i + 1) * 0.137)));
  let begun = 0;
  const operation = (call: CallContext): unknown => {
    const n = begun++;
    const step = steps[n % steps.length] as Step;
    log.push(`${String(clock.now())}: ${String(n)} begins, ${String(call.remainingMs())} left, ${step.does}`);
    if (step.does === 'throw') throw new Error(`thrown ${String(n)}`);
    if (step.does === 'return') return `value ${String(n)}`;
    return new Promise((resolve, reject) => {
      if (step.heeds)
        call.signal.addEventListener('abort', () => {
          log.push(`${String(clock.now())}: ${String(n)} is aborted`);
          reject(call.signal.reason);
        });
      if (step.does === 'succeed') clock.schedule(() => resolve(`value ${String(n)}`), step.afterMs);
      if (step.does === 'fail') clock.schedule(() => reject(new Error(`failure ${String(n)}`)), step.afterMs);
    });
  };
  // A second call of the same policies shows what the first one left behind.
  for (const signal of [controller.signal, undefined]) {
    const running = policy.execute(operation, signal === undefined ? {} : { signal });
    let over = false;
    running
      .then(
        (value) => log.push(`${String(clock.now())}: resolved ${String(value)}`),
        (error: unknown) =>
          log.push(`${String(clock.now())}: rejected ${String((error as { code?: unknown }).code ?? error)}`),
      )
      .finally(() => (over = true));
    for (let i = 0; i < 200 && !over; i++) await clock.advanceAsync(10);
    log.push(over ? 'over' : 'not over');
  }
  await clock.advanceAsync(5_000);
  // Within one millisecond the order of aborts is nobody's promise.
  return { log: log.sort(), pending: clock.pending };
}

const ms = fc.integer({ min: 1, max: 30 }).map((tens) => tens * 10);
const part: fc.Arbitrary<Part> = fc.oneof(
  fc.record({
    kind: fc.constant('retry' as const),
    maxAttempts: fc.integer({ min: 1, max: 3 }),
    attemptTimeoutMs: fc.option(
      ms.map((n) => n + 3),
      { nil: undefined },
    ),
  }),
  fc.record({ kind: fc.constantFrom('timeout' as const, 'deadline' as const), ms: ms.map((n) => n + 7) }),
  fc.record({ kind: fc.constantFrom('fallback' as const, 'breaker' as const, 'bulkhead' as const, 'hedge' as const) }),
);
const step: fc.Arbitrary<Step> = fc.record({
  does: fc.constantFrom('succeed' as const, 'fail' as const, 'hang' as const, 'throw' as const, 'return' as const),
  afterMs: ms,
  heeds: fc.boolean(),
});

/** Whether a place of a bulkhead is free before the attempt that waits for it is superseded is nobody's promise either. */
const parts = fc
  .array(part, { minLength: 1, maxLength: 5 })
  .filter((all) => !(all.some(({ kind }) => kind === 'hedge') && all.some(({ kind }) => kind === 'bulkhead')));

describe('a fused pipeline', () => {
  it('does what its policies do one inside the other, at the same moments', async () => {
    // Of orders that nobody would write.
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    await fc.assert(
      fc.asyncProperty(
        parts,
        fc.array(step, { minLength: 1, maxLength: 4 }),
        fc.option(
          ms.map((n) => n + 5),
          { nil: undefined },
        ),
        async (all, steps, abortAtMs) => {
          const fused = await play((policies) => pipeline(...policies), all, steps, abortAtMs);
          const closures = await play(nested, all, steps, abortAtMs);
          expect(fused).toEqual(closures);
          expect(fused.pending).toBe(0);
        },
      ),
      { numRuns: runs(2_000) },
    );
    warn.mockRestore();
  });
});
