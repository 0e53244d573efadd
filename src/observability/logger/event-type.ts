/** What kind of event a line tells of. */
export const EventType = /* @__PURE__ */ Object.freeze({
  /** A person did something: logged in, ordered, changed a setting. */
  USER_ACTION: 'USER_ACTION',
  /** The service did something: started, ran a job, opened a circuit. */
  SYSTEM_EVENT: 'SYSTEM_EVENT',
  /** Something failed. */
  ERROR_EVENT: 'ERROR_EVENT',
  /** How long something took, or how much it needed. */
  PERFORMANCE_EVENT: 'PERFORMANCE_EVENT',
  /** Something that security people look at: a refusal, a block, a failed login. */
  SECURITY_EVENT: 'SECURITY_EVENT',
});
/** What kind of event a line tells of. */
export type EventType = (typeof EventType)[keyof typeof EventType];
