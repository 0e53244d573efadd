import type { Reporter } from '../../core/reporter.js';
import { formatTraceparent } from '../../internal/traceparent.js';
import { type ResponseShape, stateOf } from '../exchange.js';
import type { EventLogger } from '../options.js';

/**
 * Runs what comes after the pipeline so that every line that is written there carries the request's id and trace, if the
 * logger knows contexts. Once for each request.
 * @internal
 */
export function inRequestContext<T>(
  logger: EventLogger | undefined,
  response: ResponseShape,
  reporter: Reporter,
  next: () => T,
): T {
  if (logger?.withContext === undefined) return next();
  const state = stateOf(response);
  if (state.entered === true) return next();
  state.entered = true;
  const { id, trace } = state;
  // Where the logger itself fails, the request goes on without its context.
  const outcome: { value?: T; thrown?: { readonly error: unknown } } = {};
  let ran = false;
  const run = (): void => {
    if (ran) return;
    ran = true;
    state.inContext = bound(logger, reporter);
    try {
      outcome.value = next();
    } catch (error) {
      outcome.thrown = { error };
    }
  };
  try {
    const within = (): void => {
      logger.withContext?.(id === undefined ? {} : { requestId: id }, run);
    };
    if (trace === undefined || logger.withTrace === undefined) within();
    else logger.withTrace(formatTraceparent(trace), within);
  } catch (error) {
    reporter.listenerError(error);
  }
  run();
  // Whatever it was.
  if (outcome.thrown !== undefined) throw outcome.thrown.error;
  return outcome.value as T;
}

/** Calls functions in the context that holds now, if the logger can keep it. */
function bound(logger: EventLogger, reporter: Reporter): ((fn: () => void) => void) | undefined {
  try {
    return logger.bind?.((fn: () => void) => {
      fn();
    });
  } catch (error) {
    reporter.listenerError(error);
    return undefined;
  }
}
