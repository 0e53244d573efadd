import type { EventType } from './event-type.js';

/** The least that a logger can do: whoever only has events to tell takes this, and any logger can be it. */
export interface EventLogger {
  /** Tells of one event. */
  event(type: EventType, message: string, fields?: object): void;
}
