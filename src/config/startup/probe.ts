import type { Clock } from '../../core/clock.js';
import { errorText } from '../../core/error-text.js';
import type { PlatformAbortSignal } from '../../core/platform.js';
import { shownName } from '../stray-keys.js';

/** What a probe is given besides the values. */
export interface ProbeContext {
  /** Aborted when the probe's time is over. */
  readonly signal: PlatformAbortSignal;
}

/** Finds out whether something that the service needs can be reached. */
export interface StartupProbe<C extends object = Readonly<Record<string, unknown>>> {
  /** What it is called in the report; each name once. */
  readonly name: string;
  /**
   * The keys it needs; it is given these alone, and runs when they are right, whatever is wrong with others. Without it the
   * probe needs them all.
   */
  readonly needs?: readonly string[];
  /** How long it may take, in ms. @defaultValue that of the startup check */
  readonly timeoutMs?: number;
  /** Throws, rejects or gives `false` when it cannot be reached. */
  readonly run: (values: Readonly<C>, context: ProbeContext) => unknown;
}

/** What a probe found. */
export interface ProbeResult {
  /** Name of the probe. */
  readonly name: string;
  /** `SKIPPED`: what it needs is not right. */
  readonly status: 'PASS' | 'FAIL' | 'SKIPPED';
  /** Why; redacted, at most 200 characters. */
  readonly message?: string;
  /** How long it took, in ms. */
  readonly durationMs: number;
}

const LONGEST_MESSAGE = 200;

/** Runs one probe: there is an answer when its time is over, and what it does after that is dropped. @internal */
export function runProbe(
  run: (context: ProbeContext) => unknown,
  { name, timeoutMs, clock }: { readonly name: string; readonly timeoutMs: number; readonly clock: Clock },
): Promise<ProbeResult> {
  const startMs = clock.now();
  const controller = new AbortController();
  return new Promise((resolve) => {
    const end = (status: 'PASS' | 'FAIL', message?: string): void => {
      cancelTimer();
      const durationMs = Math.max(0, clock.now() - startMs);
      resolve(Object.freeze({ name, status, ...(message === undefined ? {} : { message }), durationMs }));
    };
    const cancelTimer = clock.schedule(
      () => {
        end('FAIL', `gave no answer within ${String(timeoutMs)} ms`);
        controller.abort();
      },
      timeoutMs,
      { hold: true },
    );
    // The constructor turns whatever happens in there into a promise, also what is thrown.
    new Promise<unknown>((settle) => {
      settle(run({ signal: controller.signal }));
    }).then(
      (answer) => {
        if (answer === false) end('FAIL', 'answered false');
        else end('PASS');
      },
      (error: unknown) => {
        end('FAIL', shownName(errorText(error), LONGEST_MESSAGE));
      },
    );
  });
}
