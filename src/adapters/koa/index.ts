export type { HardeningInput, MountedPipeline } from '../../http/index.js';
export type { KoaApp, KoaContext, KoaMiddleware } from './shapes.js';
export {
  errorMiddleware,
  healthRoutes,
  performanceTrackingMiddleware,
  rateLimitMiddleware,
  requestLoggingMiddleware,
  securityHeadersMiddleware,
} from './parts.js';
export { setupMiddleware } from './set-up.js';
