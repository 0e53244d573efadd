import type { Reporter } from '../../core/reporter.js';
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
  return enter(logger, response, reporter, () => {
    state.inContext = bound(logger, reporter);
    return next();
  });
}

/** Writes about a request in its context, also where nothing has run in it: it was refused, say. @internal */
export function tellInContext(
  logger: EventLogger | undefined,
  response: ResponseShape,
  reporter: Reporter,
  tell: () => void,
): void {
  const { inContext } = stateOf(response);
  if (inContext !== undefined) inContext(tell);
  else if (logger?.withContext === undefined) tell();
  else enter(logger, response, reporter, tell);
}

/** Calls `fn` once, whatever the logger does: where that fails, there is no context. */
function enter<T>(logger: EventLogger, response: ResponseShape, reporter: Reporter, fn: () => T): T {
  const { id, trace } = stateOf(response);
  const outcome: { value?: T; thrown?: { readonly error: unknown } } = {};
  let ran = false;
  const run = (): void => {
    if (ran) return;
    ran = true;
    try {
      outcome.value = fn();
    } catch (error) {
      outcome.thrown = { error };
    }
  };
  try {
    const within = (): void => {
      logger.withContext?.(id === undefined ? {} : { requestId: id }, run);
    };
    if (trace === undefined || logger.withTrace === undefined) within();
    else logger.withTrace(trace, within);
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
