import { InvalidOptionsError } from '../core/errors.js';
import { createHardening } from './create-hardening.js';
import type { Hardening } from './hardening.js';
import type { HardeningOptions } from './options.js';

/** What set-up gives back. */
export interface MountedPipeline {
  /** Takes every part out of the way: requests pass through from then on. */
  dispose(): void;
}

/** A pipeline, or what to make one of. */
export type HardeningInput = Hardening | HardeningOptions | undefined;

/** The pipeline that was given, or one made of the options. @internal */
export function toHardening(given: HardeningInput): Hardening {
  return isHardening(given) ? given : createHardening(given);
}

/**
 * Refuses an application that believes whatever address a client claims, unless `trustProxy` decides instead.
 *
 * @throws {@link InvalidOptionsError}
 * @internal
 */
export function refuseTrustingAll(given: HardeningInput, setting: string, trustsAll: boolean): void {
  if (!trustsAll || declaresProxies(given)) return;
  const message =
    'trusts every proxy, which lets every client choose its own address; name the number or the ranges of the proxies ' +
    'there or in the trustProxy option';
  throw new InvalidOptionsError('setupMiddleware', [{ path: setting, message }]);
}

function isHardening(value: HardeningInput): value is Hardening {
  return (value as { kind?: unknown } | undefined)?.kind === 'hardening';
}

function declaresProxies(given: HardeningInput): boolean {
  if (!isHardening(given)) return given?.trustProxy !== undefined;
  return (given as Hardening & { readonly declaresProxies?: boolean }).declaresProxies === true;
}
