import type { Reporter } from '../../core/reporter.js';
import { type ExchangeState, type RequestContext, type ResponseShape, stateOf } from '../exchange.js';
import type { EventLogger } from '../options.js';
import { knowsContexts } from './logger.js';

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
  if (logger === undefined || !knowsContexts(logger)) return next();
  const context = contextOf(logger, stateOf(response), reporter);
  if (context.entered) return next();
  context.entered = true;
  return enter(context, reporter, next);
}

/** Writes about a request in its context, also where nothing has run in it: it was refused, say. @internal */
export function tellInContext(
  logger: EventLogger | undefined,
  response: ResponseShape,
  reporter: Reporter,
  tell: () => void,
): void {
  if (logger === undefined || !knowsContexts(logger)) tell();
  else enter(contextOf(logger, stateOf(response), reporter), reporter, tell);
}

/** Calls `fn` once, whatever the logger does: where that fails, there is no context. */
function enter<T>(context: RequestContext, reporter: Reporter, fn: () => T): T {
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
    context.run(run);
  } catch (error) {
    reporter.listenerError(error);
  }
  run();
  // Whatever it was.
  if (outcome.thrown !== undefined) throw outcome.thrown.error;
  return outcome.value as T;
}

function contextOf(logger: EventLogger, state: ExchangeState, reporter: Reporter): RequestContext {
  const contexts = (state.contexts ??= []);
  const known = contexts.find((context) => context.logger === logger);
  if (known !== undefined) return known;
  const context = { logger, run: runner(logger, state, reporter), entered: false };
  contexts.push(context);
  return context;
}

function runner(logger: EventLogger, { id, trace }: ExchangeState, reporter: Reporter): RequestContext['run'] {
  const fields = id === undefined ? {} : { requestId: id };
  if (logger.contextRunner === undefined) {
    const within = (fn: () => void): void => logger.withContext?.(fields, fn);
    if (trace === undefined || logger.withTrace === undefined) return within;
    return (fn) => logger.withTrace?.(trace, () => within(fn));
  }
  try {
    return logger.contextRunner(fields, { trace });
  } catch (error) {
    reporter.listenerError(error);
    return () => undefined;
  }
}
