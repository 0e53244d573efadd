import { InvalidArgumentError, InvalidOptionsError } from '../../core/errors.js';
import { describe } from '../../core/options.js';
import { formatAddress } from '../../internal/address-text.js';
import { type ParsedAddress, parseAddress } from '../../internal/ip-address.js';
import { parseCidr } from '../../internal/ip-range.js';
import { type Cidr, CidrSet } from './cidr-set.js';
import { isGiven } from './is-given.js';

/** What is known about where a request comes from. */
export interface AddressSource {
  /** The peer of the connection; `undefined` when it is gone. */
  readonly socketAddress: string | undefined;
  /** Request headers by lower-case name, as Node has them. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/**
 * Which proxies stand before the service: how many, or the ranges that they call from. `0` states that there is none.
 */
export type TrustProxy = number | readonly Cidr[];

/**
 * Finds the client's address of a request; `undefined` when it cannot be known. Throws an {@link InvalidArgumentError} when
 * something of `source` has a type that it must not have.
 */
export type AddressResolver = (source: AddressSource) => string | undefined;

/** No proxy calls from a range that wide: 2000::/3 is all of public IPv6, and two /1 are all of IPv4. */
const SHORTEST_PREFIX = 4;

/** More proxies than this in a row are a loop or an attack. */
const MOST_HOPS = 32;

/**
 * Reads `trustProxy` once and returns a function that finds the client's address of each request.
 *
 * @throws {@link InvalidOptionsError} when `trustProxy` is neither an integer from 0 to 32 nor a list of ranges, or
 * when it trusts every address, which lets every client choose its own.
 */
export function createAddressResolver(trustProxy: TrustProxy): AddressResolver {
  if (typeof trustProxy === 'number') {
    if (Number.isInteger(trustProxy) && trustProxy >= 0 && trustProxy <= MOST_HOPS)
      return (source) => byCount(source, trustProxy);
    throw refused(
      `must be an integer from 0 to ${String(MOST_HOPS)} or a list of CIDR ranges, got ${String(trustProxy)}`,
    );
  }
  if (!Array.isArray(trustProxy)) {
    const hint =
      (trustProxy as unknown) === true ? '; trusting everything lets every client choose its own address' : '';
    throw refused(`must be a number of proxies or a list of CIDR ranges, got ${describe(trustProxy)}${hint}`);
  }
  for (const cidr of trustProxy as readonly Cidr[]) {
    const parsed = parseCidr(cidr);
    if (typeof parsed === 'string') throw refused(parsed);
    if (parsed.prefix < SHORTEST_PREFIX)
      throw refused(
        `'${cidr}' trusts nearly every address, which lets every client choose its own; name the proxies' ranges`,
      );
  }
  const trusted = new CidrSet(trustProxy as readonly Cidr[]);
  return (source) => byRange(source, trusted);
}

/**
 * The client's address of one request, from the connection and the `X-Forwarded-For` header. The header is read from its
 * end, where the proxies that are trusted have written; what a client puts there itself is never reached. A resolver
 * from {@link createAddressResolver} does the same without reading the options again.
 *
 * @returns the address in its usual form, or `undefined` when the socket is gone or the entry is not an address.
 * @throws {@link InvalidOptionsError} as {@link createAddressResolver} does.
 * @throws {@link InvalidArgumentError} when something of `source` has a type that it must not have.
 */
export function clientAddress(source: AddressSource, options: { readonly trustProxy: TrustProxy }): string | undefined {
  return createAddressResolver((options as typeof options | undefined)?.trustProxy as TrustProxy)(source);
}

function refused(message: string): InvalidOptionsError {
  return new InvalidOptionsError('clientAddress', [{ path: 'trustProxy', message }]);
}

/** The entries of the header from the last to the first, without reading more of it than is asked for. */
function* forwarded({ headers }: AddressSource): Generator<string> {
  const text = textOf(headers['x-forwarded-for']);
  if (text === undefined) return;
  for (let end = text.length; end >= 0;) {
    const comma = end === 0 ? -1 : text.lastIndexOf(',', end - 1);
    yield text.slice(comma + 1, end).trim();
    end = comma;
  }
}

function textOf(header: unknown): string | undefined {
  if (header === undefined || header === null) return undefined;
  if (typeof header === 'string') return header;
  if (Array.isArray(header) && header.every((value) => typeof value === 'string')) return header.join(',');
  const got = Array.isArray(header) ? 'a list with something else' : describe(header);
  throw wrong("source.headers['x-forwarded-for'] must be text or a list of texts", got);
}

/** The peer's address; what a framework or a test hands over may be anything. */
function socketAddressOf(source: AddressSource): string | undefined {
  const given: unknown = source;
  if (typeof given !== 'object' || given === null) throw wrong('the source must be an object', describe(given));
  const { headers, socketAddress }: { headers?: unknown; socketAddress?: unknown } = given;
  if (typeof headers !== 'object' || headers === null) {
    throw wrong('source.headers must be an object', describe(headers));
  }
  return isGiven('clientAddress: source.socketAddress', socketAddress) ? socketAddress : undefined;
}

function wrong(what: string, got: string): InvalidArgumentError {
  return new InvalidArgumentError(`clientAddress: ${what}, got ${got}`);
}

function byCount(source: AddressSource, proxies: number): string | undefined {
  let address = socketAddressOf(source);
  if (proxies > 0) {
    let hops = 0;
    for (const entry of forwarded(source)) {
      address = entry;
      if (++hops === proxies) break;
    }
  }
  return usual(address);
}

function byRange(source: AddressSource, trusted: CidrSet): string | undefined {
  let address = parse(socketAddressOf(source));
  if (address === undefined) return undefined;
  if (!trusted.hasParsed(address)) return formatAddress(address);
  let hops = 0;
  for (const entry of forwarded(source)) {
    address = parse(entry);
    if (address === undefined || !trusted.hasParsed(address) || ++hops === MOST_HOPS) break;
  }
  return address === undefined ? undefined : formatAddress(address);
}

function parse(text: string | undefined): ParsedAddress | undefined {
  return text === undefined ? undefined : parseAddress(text);
}

function usual(text: string | undefined): string | undefined {
  const address = parse(text);
  return address === undefined ? undefined : formatAddress(address);
}
