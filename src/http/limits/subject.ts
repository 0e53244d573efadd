import { addressKey } from '../../traffic/client-address/index.js';
import type { RequestView } from '../exchange.js';

/**
 * Under which name somebody is counted: by their id, or else by their address. Both have prefixes, so that no id reads like an
 * address.
 *
 * @returns `undefined` for nobody with an address that can be used.
 * @internal
 */
export function subjectOf(request: RequestView, id: string | undefined): string | undefined {
  if (id !== undefined && id !== '') return `id:${id}`;
  const address = addressKey(request.address ?? '');
  return address === undefined ? undefined : `address:${address}`;
}
