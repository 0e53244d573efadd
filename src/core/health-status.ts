/**
 * How well a part of the service works. `DEGRADED` still serves, with less; `UNHEALTHY` does not serve.
 */
export const HealthStatus = /* @__PURE__ */ Object.freeze({
  HEALTHY: 'HEALTHY',
  DEGRADED: 'DEGRADED',
  UNHEALTHY: 'UNHEALTHY',
});
/** One of the values of the constant {@link HealthStatus}. */
export type HealthStatus = (typeof HealthStatus)[keyof typeof HealthStatus];
