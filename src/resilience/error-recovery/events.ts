import type { ComponentEvent } from '../../core/component.js';
import type { Emitter } from '../../core/emitter.js';
import type { ErrorTrend } from './engine.js';
import type { RecordedError } from './error-log.js';

/** An error was recorded. */
export interface ServiceError extends RecordedError {
  /** Name of the `ErrorRecoveryService`. */
  readonly recovery: string;
  readonly service: string;
}

/** A call of a service succeeded after others had failed. */
export interface ServiceRecovered {
  /** Name of the `ErrorRecoveryService`. */
  readonly recovery: string;
  readonly service: string;
  /** Calls in a row that had failed. */
  readonly failures: number;
  /** Milliseconds since the first of them. */
  readonly durationMs: number;
}

/** The errors of a service took another direction. */
export interface TrendChange extends Omit<ErrorTrend, 'direction'> {
  /** Name of the `ErrorRecoveryService`. */
  readonly recovery: string;
  readonly service: string;
  readonly from: ErrorTrend['direction'];
  readonly to: ErrorTrend['direction'];
}

/** The events of an `ErrorRecoveryService`, by name. */
export interface ErrorRecoveryEvents {
  error: ServiceError;
  recovered: ServiceRecovered;
  trend: TrendChange;
}

/** @internal */
export const RECOVERY_EVENTS: readonly (keyof ErrorRecoveryEvents)[] = ['error', 'recovered', 'trend'];

/** Passes changes of trend on; the returned function stops that. @internal */
export function tellAsJson(
  events: Emitter<ErrorRecoveryEvents>,
  listener: (event: ComponentEvent) => void,
): () => void {
  return events.on('trend', (data) => listener({ type: 'trend', level: data.to === 'RISING' ? 'warn' : 'info', data }));
}
