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

/** Whether something that came from elsewhere is a status. @internal */
export function isHealthStatus(value: unknown): value is HealthStatus {
  return typeof value === 'string' && Object.hasOwn(HealthStatus, value);
}

const SEVERITY = /* @__PURE__ */ Object.freeze({ HEALTHY: 0, DEGRADED: 1, UNHEALTHY: 2 });

/** The worse of two. @internal */
export function worse(a: HealthStatus, b: HealthStatus): HealthStatus {
  return SEVERITY[a] >= SEVERITY[b] ? a : b;
}

/** The milder of two. @internal */
export function milder(a: HealthStatus, b: HealthStatus): HealthStatus {
  return SEVERITY[a] <= SEVERITY[b] ? a : b;
}
