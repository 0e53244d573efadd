export { EventType, StructuredLogger } from './logger/index.js';
