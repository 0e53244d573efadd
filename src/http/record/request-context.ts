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
  let outcome: { readonly value: T } | { readonly thrown: unknown } | undefined;
  const run = (): void => {
    if (outcome !== undefined) return;
    try {
      state.inContext = logger.bind?.((fn: () => void) => {
        fn();
      });
      outcome = { value: next() };
    } catch (thrown) {
      outcome = { thrown };
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
  const { value, thrown } = outcome as unknown as { readonly value: T; readonly thrown?: Error };
  // Whatever it was.
  if (thrown !== undefined) throw thrown;
  return value;
}
