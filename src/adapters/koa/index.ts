export type { HardeningInput, MountedPipeline } from '../../http/index.js';
export type { KoaApp, KoaContext, KoaMiddleware } from './koa.js';
export {
  healthRoutes,
  rateLimitMiddleware,
  requestLoggingMiddleware,
  securityHeadersMiddleware,
  setupMiddleware,
} from './koa.js';
