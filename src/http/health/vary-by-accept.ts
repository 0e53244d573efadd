import type { ResponseShape } from '../exchange.js';

/** Says that the answer depends on what was asked for, beside what somebody else has said of that. @internal */
export function varyByAccept(response: ResponseShape): void {
  const given = response.getHeader?.('Vary');
  const before = Array.isArray(given) ? given.join(', ') : String(given ?? '');
  if (/(?:^|,)\s*(?:\*|accept)\s*(?:,|$)/i.test(before)) return;
  response.setHeader('Vary', before === '' ? 'Accept' : `${before}, Accept`);
}
