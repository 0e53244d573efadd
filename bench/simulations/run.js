import { blackHole } from './black-hole.js';
import { coldRecovery } from './cold-recovery.js';
import { retryStorm } from './retry-storm.js';

const simulations = { 'retry-storm': retryStorm, 'black-hole': blackHole, 'cold-recovery': coldRecovery };
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(simulations, name));
if (unknown.length > 0) {
  console.error(`no such simulation: ${unknown.join(', ')}; there are ${Object.keys(simulations).join(', ')}`);
  process.exit(2);
}
let met = true;
for (const [name, simulate] of Object.entries(simulations)) {
  if (asked.length === 0 || asked.includes(name)) met = (await simulate()) && met;
}
process.exitCode = met ? 0 : 1;
