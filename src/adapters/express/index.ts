export type { HardeningInput, MountedPipeline } from '../../http/index.js';
export type { ExpressApp, ExpressMiddleware, ExpressRequest } from './express.js';
export {
  healthRoutes,
  rateLimitMiddleware,
  requestLoggingMiddleware,
  securityHeadersMiddleware,
  setupMiddleware,
} from './express.js';
