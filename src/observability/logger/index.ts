export type { EventLogger } from './event-logger.js';
export { EventType } from './event-type.js';
export { StructuredLogger } from './structured-logger.js';
