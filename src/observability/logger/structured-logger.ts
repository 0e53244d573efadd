import type { EventLogger } from './event-logger.js';
import type { EventType } from './event-type.js';

/** Placeholder on this branch: the real one replaces this file. */
export class StructuredLogger implements EventLogger {
  event(_type: EventType, _message: string, _fields?: object): void {}
}
