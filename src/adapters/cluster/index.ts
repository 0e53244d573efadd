// Beside the usual files: the two forms of the store, what is sent between them, and the edge to the platform.
export { createClusterStore } from './cluster-store.js';
export type { ClusterStore } from './contract.js';
export type { ClusterStoreOptions } from './options.js';
export { CLUSTER_STORE_DEFAULTS } from './options.js';
