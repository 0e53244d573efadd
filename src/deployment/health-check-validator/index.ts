export { HealthCheckValidator } from './health-check-validator.js';
export type { HealthCheckValidatorOptions, TrustedCertificates } from './options.js';
export { HEALTH_CHECK_VALIDATOR_DEFAULTS } from './options.js';
export type { HealthCheckReport, HealthRouteFact } from './report.js';
