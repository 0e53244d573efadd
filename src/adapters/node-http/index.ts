export type { HardeningInput, MountedPipeline } from '../../http/index.js';
export { setError, setRoute } from '../../http/request-notes.js';
export { harden } from './harden.js';
export { hardenUpgrade } from './harden-upgrade.js';
export type { NodeRequest, NodeResponse } from './node-exchange.js';
export { nodeExchange } from './node-exchange.js';
export type { UpgradeSocket } from './upgrade-socket.js';
