import { redactText } from '../../core/redaction.js';

/** An error, safe to print. */
export interface ErrorSummary {
  readonly name: string;
  readonly code?: string;
  /** Redacted; at most 200 characters. */
  readonly message: string;
}

const LONGEST_MESSAGE = 200;

/** Describes whatever was thrown, even when reading it throws. @internal */
export function summarizeError(error: unknown): ErrorSummary {
  try {
    if (typeof error !== 'object' || error === null) {
      return { name: typeof error, message: redactText(String(error), LONGEST_MESSAGE) };
    }
    const { name, code, message } = error as { name?: unknown; code?: unknown; message?: unknown };
    return {
      name: redactText(typeof name === 'string' ? name : 'object', 64),
      ...(typeof code === 'string' || typeof code === 'number' ? { code: redactText(String(code), 64) } : {}),
      message: redactText(typeof message === 'string' ? message : '', LONGEST_MESSAGE),
    };
  } catch {
    return { name: 'unreadable', message: '' };
  }
}
