import { HealthStatus } from '../../core/health-status.js';
import { InvalidArgumentError } from '../../core/errors.js';
import { describe } from '../../core/options.js';
import { redactValue } from '../../core/redaction.js';
import { finding } from '../finding.js';
import type { HealthFinding } from '../options.js';

/** A finding with its figures, both safe to print. @internal */
export function found(status: HealthStatus, message: string | undefined, details: object): HealthFinding {
  return { ...(message === undefined ? { status } : finding(status, message)), details: redactValue(details) };
}

/** The finding about a source that answered what it must not. @internal */
export function invalid(what: string, value: unknown): HealthFinding {
  return finding(HealthStatus.DEGRADED, `invalid result: ${what}, got ${describe(value)}`);
}

/** @throws {@link InvalidArgumentError} @internal */
export function checkFunction(owner: string, name: string, value: unknown): void {
  if (typeof value === 'function') return;
  throw new InvalidArgumentError(`${owner}: ${name} must be a function, got ${describe(value)}`);
}

/** Whether something can be counted with: a number from 0, which may be limitless. @internal */
export function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0;
}

/** What may be read of an answer, whatever it is. @internal */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}
