export type { HardeningInput, MountedPipeline } from '../../http/index.js';
export { setRoute } from '../../http/named-route.js';
export { harden } from './harden.js';
export type { FetchAnswer, FetchHeaders, FetchOptions, FetchRequest, FetchResponse } from './shapes.js';
