/** What a decision may take, for whoever can be told so. */
export const DEADLINE_MS = 200;
/** How many share a limit. */
export const INSTANCES = 2;
/** The limit that is shared while the trouble lasts. */
export const SCARCE = 100;
/** How long after the trouble it is waited for Redis to be used again, and for what has not been answered by then. */
export const PATIENCE_MS = 5_000;
/** What happens, in this order; what it is stands in faults.js. */
export const FAULTS = [
  'killed, back after 1 s',
  'paused for 1 s',
  '500 ms each way for 2 s',
  'connections cut six times',
  'READONLY',
  'memory full',
  'SCRIPT FLUSH',
  'failover',
];
