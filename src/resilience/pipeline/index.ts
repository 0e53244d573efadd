export type { Pipeline, PipelineSnapshot } from './pipeline.js';
export { pipeline } from './pipeline.js';
