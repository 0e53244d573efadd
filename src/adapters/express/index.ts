export type { HardeningInput, MountedPipeline } from '../../http/index.js';
export type { ExpressApp, ExpressErrorMiddleware, ExpressMiddleware, ExpressRequest } from './shapes.js';
export {
  errorMiddleware,
  healthRoutes,
  performanceTrackingMiddleware,
  rateLimitMiddleware,
  requestLoggingMiddleware,
  securityHeadersMiddleware,
} from './parts.js';
export { setupMiddleware } from './set-up.js';
