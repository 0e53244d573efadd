export {
  observe,
  OBSERVE_DEFAULTS,
  type ObserveOptions,
  SECURITY_KINDS,
} from '../../../src/observability/bridge/index.js';
