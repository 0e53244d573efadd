// #region basic
import { addressKey, CidrSet, createAddressResolver } from 'breakwater/client-address';

// Read once at the start: which proxies stand before this service.
const clientAddressOf = createAddressResolver(['10.0.0.0/8']);

const client = clientAddressOf({
  socketAddress: '10.0.0.7',
  headers: { 'x-forwarded-for': '6.6.6.6, 203.0.113.5' }, // the first entry is what the client claims
});
console.log(client); // 203.0.113.5

console.log(addressKey('2001:db8:0:1::17')); // 2001:db8:0:1::/64, everything that this client can use
console.log(new CidrSet(['203.0.113.0/24']).has('203.0.113.5')); // true
// #endregion basic
