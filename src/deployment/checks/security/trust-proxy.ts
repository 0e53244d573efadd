import { isSameAddress, maskAddress, parseAddress } from '../../../internal/ip-address.js';
import type { DeploymentFinding } from '../../finding.js';
import { crashed, failed, warned } from '../report.js';

/** Addresses of nobody, which stand for everybody. Source: RFC 5737, RFC 3849. */
const STRANGERS = /* @__PURE__ */ Object.freeze(['192.0.2.77', '198.51.100.77', '203.0.113.77', '2001:db8::77']);
const ID = 'security.trust-proxy';
const HINT = 'name the addresses of your proxies: whoever else sends X-Forwarded-For chooses his own address';

/**
 * Judges which proxies are believed, as Express and Koa have the setting: whoever believes everybody takes any address
 * that a visitor invents. Source: Express, behind proxies.
 * @internal
 */
export function judgeTrustProxy(setting: unknown): DeploymentFinding[] {
  const everybody = [failed(ID, 'trust proxy believes everybody', { hint: HINT })];
  switch (typeof setting) {
    case 'boolean':
      return setting ? everybody : [];
    case 'number':
      return setting > 0
        ? [warned(ID, 'trust proxy counts proxies: whoever reaches the service past them is believed', { hint: HINT })]
        : [];
    case 'function':
      try {
        return STRANGERS.some((stranger) => Boolean((setting as (...of: unknown[]) => unknown)(stranger, 0)))
          ? everybody
          : [];
      } catch {
        return [crashed(ID, 'the function of trust proxy threw, and what it believes is not known', { hint: HINT })];
      }
    case 'string':
      return judgeRanges(setting.split(','), everybody);
    case 'object':
      return Array.isArray(setting) ? judgeRanges(setting as unknown[], everybody) : [];
    default:
      return [];
  }
}

function judgeRanges(ranges: readonly unknown[], everybody: DeploymentFinding[]): DeploymentFinding[] {
  let isOdd = false;
  for (const written of ranges) {
    const range = typeof written === 'string' ? written.trim() : '';
    if (range === '' || /^(?:loopback|linklocal|uniquelocal)$/.test(range)) continue;
    const [, host = range, mask = ''] = /^([^/]*)(?:\/(.*))?$/.exec(range) ?? [];
    const address = parseAddress(host);
    const prefix = mask === '0.0.0.0' ? '0' : mask;
    const longest = host.includes(':') ? 128 : 32;
    if (address === undefined || !/^\d{0,3}$/.test(prefix) || Number(prefix) > longest) {
      isOdd = true;
      continue;
    }
    if (prefix === '') continue;
    // A range of IPv4 inside IPv6 counts its prefix from the IPv6 start.
    const length = Math.max(0, Number(prefix) - (address.family === 4 && host.includes(':') ? 96 : 0));
    const trusted = maskAddress(address, length);
    const believes = STRANGERS.map(parseAddress).some(
      (stranger) =>
        stranger !== undefined &&
        stranger.family === address.family &&
        isSameAddress(maskAddress(stranger, length), trusted),
    );
    if (believes) return everybody;
  }
  return isOdd ? [warned(ID, 'trust proxy names what is no address and no range', { hint: HINT })] : [];
}
