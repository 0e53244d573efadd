export type { HardeningInput, MountedPipeline } from '../../http/index.js';
export { setError, setRoute } from '../../http/request-notes.js';
export { harden } from './harden.js';
export type { FetchAnswer, FetchHeaders, FetchOptions, FetchRequest, FetchResponse } from './shapes.js';
