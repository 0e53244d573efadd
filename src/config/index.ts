export type {
  ApplicationValues,
  ConfigSection,
  PartialApplicationValues,
  SectionValues,
} from './application-config.js';
export { ApplicationConfig } from './application-config.js';
export { ConfigValidator } from './config-validator.js';
export type { ConfigOptions, ConfigResult, ConfigSchema, Environment } from './configuration.js';
export { Configuration } from './configuration.js';
export type { ConfigOrigin, ConfigValue } from './config-value.js';
export { ConfigStatus } from './config-value.js';
export type { DocsCheck } from './docs-files.js';
export { ConfigInvalidError } from './errors.js';
export type { FieldType, StandardResult, StandardSchema } from './fields/schema-field.js';
export type { ConfigChange, ConfigRejection, LiveConfigEvents } from './live/events.js';
export type { ReloadResult } from './live/live-config.js';
export { LiveConfig } from './live/live-config.js';
export type { LiveConfigOptions } from './live/options.js';
export type { LiveConfigSnapshot, Reloads } from './live/snapshot.js';
export type { ListItem } from './fields/text-fields.js';
export type { ConfigIssue, ConfigIssueCode, ConfigWarning } from './issues.js';
export type { RegisterOptions, RequiredWhen } from './options.js';
export type { Terminal } from './pages/summary.js';
export type { APIValues } from './ready-made/api-config.js';
export { APIConfig } from './ready-made/api-config.js';
export type { BotValues } from './ready-made/bot-config.js';
export { BotConfig } from './ready-made/bot-config.js';
export type { DatabaseValues } from './ready-made/database-config.js';
export { DatabaseConfig } from './ready-made/database-config.js';
export type { LoggingValues } from './ready-made/logging-config.js';
export { LoggingConfig } from './ready-made/logging-config.js';
export type { RedisValues } from './ready-made/redis-config.js';
export { RedisConfig } from './ready-made/redis-config.js';
export type { TLSValues } from './ready-made/tls-config.js';
export { TLSConfig } from './ready-made/tls-config.js';
export type { BuiltInType } from './registration.js';
export { Secret } from './secret.js';
export type { StartupCheckOptions } from './startup/options.js';
export type { ProbeContext, ProbeResult, StartupProbe } from './startup/probe.js';
export type { StartupReport } from './startup/startup-check.js';
export { startupCheck } from './startup/startup-check.js';
export type { TcpProbeOptions } from './startup/tcp-probe.js';
export { tcpProbe } from './startup/tcp-probe.js';
export type { ConfigDefaults, OwnTypeOptions, Registered, TypeOptions } from './types.js';
