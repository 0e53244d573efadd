import type { ConfigOptions } from '../configuration.js';
import { ConfigValidator } from '../config-validator.js';
import { named } from './named.js';

/** The values of {@link LoggingConfig}, as `StructuredLogger` takes them. */
export interface LoggingValues {
  /** Lines below it are left out. @defaultValue `'info'` */
  readonly LOG_LEVEL: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  /** Name of the service on every line. */
  readonly SERVICE_NAME?: string | undefined;
}

/** The configuration of a logger. */
export class LoggingConfig extends ConfigValidator<LoggingValues> {
  /** @throws {@link InvalidOptionsError} naming every option that is unknown or impossible. */
  constructor(options?: ConfigOptions) {
    super(named('LoggingConfig', options));
    this.register('LOG_LEVEL', 'enum', {
      choices: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
      default: 'info',
      describe: 'lines below it are left out',
    });
    this.register('SERVICE_NAME', 'str', { describe: 'name of the service on every line' });
  }
}
