import type { Reporter } from '../../core/reporter.js';
import { wrongArgument } from '../arguments.js';

/** An address that is asked about: any text, since what is no address is never blocked. @internal */
export function askedAddress(owner: string, address: unknown): string {
  if (typeof address === 'string') return address;
  throw wrongArgument(`${owner}.isBlocked`, 'the address must be text', address);
}

/** Says once that requests come whose address nobody knows. @internal */
export function warnOfNoAddress(reporter: Reporter): void {
  reporter.warn(
    'BREAKWATER_W_NO_ADDRESS',
    'a request had no usable address and was admitted uncounted; check trustProxy and what the proxy writes; ' +
      'breakwater/fetch is told addresses by its option address',
  );
}
