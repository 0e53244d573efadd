import { errorText } from '../core/error-text.js';
import { HealthStatus, isHealthStatus } from '../core/health-status.js';
import { redactLine, redactText, redactValue } from '../core/redaction.js';
import { deepFreeze } from '../internal/deep-freeze.js';

/** A finding that is safe to print and to keep. @internal */
export interface SafeFinding {
  readonly status: HealthStatus;
  readonly message?: string;
  readonly details?: unknown;
}

const LONGEST_MESSAGE = 200;
const LARGEST_DETAILS = 16_384;
/** What an answer is that cannot be understood. @internal */
export const INVALID: SafeFinding = /* @__PURE__ */ Object.freeze({ status: 'DEGRADED', message: 'invalid result' });

/** Text as it is shown: in one line, since it may come from elsewhere and end in a terminal. @internal */
export function shownText(text: string): string {
  return redactLine(text, LONGEST_MESSAGE);
}

/** A status with one line of reason. @internal */
export function finding(status: HealthStatus, message: string): SafeFinding {
  return { status, message: shownText(message) };
}

/** A status because of an error. @internal */
export function failure(status: HealthStatus, what: string, error: unknown): SafeFinding {
  // Masked by itself first: a prefix that ends in a colon would look like the name of what follows.
  return finding(status, `${what}: ${redactText(errorText(error), LONGEST_MESSAGE)}`);
}

/** What a check answered, whatever that is. @internal */
export function readOutcome(outcome: unknown): SafeFinding {
  if (outcome === undefined || outcome === true) return { status: HealthStatus.HEALTHY };
  if (outcome === false) return { status: HealthStatus.UNHEALTHY };
  if (isHealthStatus(outcome)) return { status: outcome };
  return readFinding(outcome);
}

/** The object form of an answer; reading it may throw. @internal */
export function readFinding(outcome: unknown): SafeFinding {
  if (typeof outcome !== 'object' || outcome === null) return INVALID;
  try {
    const { status, message, details } = outcome as { status?: unknown; message?: unknown; details?: unknown };
    const text = message ?? undefined;
    if (!isHealthStatus(status) || (text !== undefined && typeof text !== 'string')) return INVALID;
    const safe = safeDetails(details);
    return {
      status,
      ...(text === undefined ? {} : { message: shownText(text) }),
      ...(safe === undefined ? {} : { details: safe }),
    };
  } catch {
    return INVALID;
  }
}

function safeDetails(details: unknown): unknown {
  const copy = redactValue(details);
  if (copy === undefined) return undefined;
  // Frozen, because every report until the next run shows the same copy.
  return JSON.stringify(copy).length > LARGEST_DETAILS ? '[too large]' : deepFreeze(copy);
}

/** Milliseconds as text, for people. @internal */
export function shortMs(ms: number): string {
  return `${String(Math.round(ms * 10) / 10)} ms`;
}
