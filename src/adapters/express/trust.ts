import type { ExpressApp } from './shapes.js';

/** Two addresses that are nobody's proxy, and a place in a header that no chain of proxies reaches. */
const STRANGERS = ['192.0.2.1', '203.0.113.1'];
const FAR = 1_000_000;

/**
 * Whether an application believes everybody: its setting is `true`, all addresses as ranges, or a function that never says no.
 * @internal
 */
export function trustsAll(app: Pick<ExpressApp, 'get'>): boolean {
  const setting = app.get('trust proxy');
  if (setting === true) return true;
  if (typeof setting !== 'function' && typeof setting !== 'string' && !Array.isArray(setting)) return false;
  const trusts = app.get('trust proxy fn') as (address: string, hop: number) => unknown;
  try {
    return STRANGERS.every((address) => Boolean(trusts(address, FAR)));
  } catch {
    return false;
  }
}
