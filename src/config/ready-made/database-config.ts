import type { ConfigOptions } from '../configuration.js';
import { ConfigValidator } from '../config-validator.js';
import { named } from './named.js';

/** The values of {@link DatabaseConfig}. */
export interface DatabaseValues {
  /** Where the database is. Its scheme may name a driver, and it may name several hosts. */
  readonly DATABASE_URL: string;
  /** Connections that are kept. @defaultValue 10 */
  readonly DB_POOL_SIZE: number;
  /** Connections beyond these when all are busy. @defaultValue 20 */
  readonly DB_MAX_OVERFLOW: number;
}

/** The configuration of a database. */
export class DatabaseConfig extends ConfigValidator<DatabaseValues> {
  /** @throws {@link InvalidOptionsError} naming every option that is unknown or impossible. */
  constructor(options?: ConfigOptions) {
    super(named('DatabaseConfig', options));
    this.register('DATABASE_URL', 'url', { required: true, fromFile: true, describe: 'where the database is' });
    this.register('DB_POOL_SIZE', 'int', { min: 1, default: 10, describe: 'connections that are kept' });
    this.register('DB_MAX_OVERFLOW', 'int', { min: 0, default: 20, describe: 'connections beyond these' });
  }
}
