// #region basic
import { DDoSProtection } from 'breakwater/ddos-protection';

const ddos = new DDoSProtection({ allow: ['192.0.2.0/28'] });
ddos.on('blocked', ({ address, reason }) => {
  console.log(`blocked ${address}: ${reason}`);
});

for (let request = 1; request <= 101; request++) {
  const { allowed, retryAfterMs } = ddos.check('203.0.113.5');
  if (!allowed) console.log(`request ${String(request)} refused for ${String(retryAfterMs / 1_000)} s`);
}
// #endregion basic

console.log(ddos.bans());
ddos.unblock('203.0.113.5');

// #region export
const strict = new DDoSProtection({ threshold: 1, escalate: { maxDurationMs: 7_200_000 } });
strict.check('203.0.113.5');
strict.check('203.0.113.5');
// For `nft -f -`: what the machine need not even accept any more.
console.log(strict.exportBans('nftables'));
// #endregion export
