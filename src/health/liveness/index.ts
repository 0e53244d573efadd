export { LivenessStartError } from './errors.js';
export type { LivenessDown, LivenessServerEvents, LivenessStall, LivenessUp } from './events.js';
export { LivenessServer } from './liveness-server.js';
export type { LivenessServerOptions } from './options.js';
export { LIVENESS_SERVER_DEFAULTS } from './options.js';
export type { LivenessServerSnapshot } from './snapshot.js';
export { LivenessServerState } from './snapshot.js';
