import { CircuitBreaker, classifyDatabaseError } from '../circuit-breaker/index.js';

/**
 * The options of the ready-made breakers, for ones of your own (`new CircuitBreaker({ ...CIRCUIT_BREAKER_PRESETS.DB, name })`),
 * for a registry and for services.
 */
export const CIRCUIT_BREAKER_PRESETS = /* @__PURE__ */ Object.freeze({
  /** A database: 5 failures in a row, 30 seconds; what the database answered about a statement is no failure. */
  DB: /* @__PURE__ */ Object.freeze({
    failureThreshold: 5,
    recoveryTimeoutMs: 30_000,
    /** What the database answered about a statement is no failure. */
    classify: classifyDatabaseError,
  }),
  /** A computation with another one to fall back to: 3 failures in a row, 60 seconds. */
  ALGORITHM: /* @__PURE__ */ Object.freeze({ failureThreshold: 3, recoveryTimeoutMs: 60_000 }),
  /** Notifications, which may wait: 10 failures in a row, 120 seconds. */
  NOTIFICATION: /* @__PURE__ */ Object.freeze({
    failureThreshold: 10,
    recoveryTimeoutMs: 120_000,
  }),
});

/** One breaker for the database of the process; see {@link CIRCUIT_BREAKER_PRESETS}. */
export const DB_CIRCUIT_BREAKER = /* @__PURE__ */ new CircuitBreaker({
  ...CIRCUIT_BREAKER_PRESETS.DB,
  name: 'database',
});

/** One breaker for the algorithm of the process; see {@link CIRCUIT_BREAKER_PRESETS}. */
export const ALGORITHM_CIRCUIT_BREAKER = /* @__PURE__ */ new CircuitBreaker({
  ...CIRCUIT_BREAKER_PRESETS.ALGORITHM,
  name: 'algorithm',
});

/** One breaker for the notifications of the process; see {@link CIRCUIT_BREAKER_PRESETS}. */
export const NOTIFICATION_CIRCUIT_BREAKER = /* @__PURE__ */ new CircuitBreaker({
  ...CIRCUIT_BREAKER_PRESETS.NOTIFICATION,
  name: 'notification',
});
