import { InvalidArgumentError } from './errors.js';
import { checkCallOptions, describe } from './options.js';
import type { AbortSignalShape, PlatformAbortSignal } from './platform.js';

/**
 * The signal among the options of a call, which must not have been given up yet.
 *
 * @param owner - the method, for texts.
 * @throws {@link InvalidArgumentError} when there is something else in its place, or the options are the signal itself.
 * @throws `signal.reason` when the signal is aborted already.
 * @internal
 */
export function liveSignal(
  owner: string,
  options: { readonly signal?: PlatformAbortSignal | undefined } | undefined,
): PlatformAbortSignal | undefined {
  if (options === undefined) return undefined;
  checkCallOptions(owner, options);
  const { signal } = options;
  if (signal === undefined) {
    if (isAbortSignal(options)) throw new InvalidArgumentError(`${owner}: expected { signal }, got the signal itself`);
    return undefined;
  }
  if (!isAbortSignal(signal)) {
    throw new InvalidArgumentError(`${owner}: signal must be an AbortSignal, got ${describe(signal)}`);
  }
  if (signal.aborted) throw signal.reason;
  return signal;
}

/** From whichever realm or library it comes. */
function isAbortSignal(value: unknown): value is PlatformAbortSignal {
  const { aborted, addEventListener, removeEventListener } = (value ?? {}) as {
    readonly [K in keyof AbortSignalShape]?: unknown;
  };
  return (
    typeof aborted === 'boolean' && typeof addEventListener === 'function' && typeof removeEventListener === 'function'
  );
}
