import type { ConfigOptions } from '../configuration.js';
import { ConfigValidator } from '../config-validator.js';
import type { Secret } from '../secret.js';
import { named } from './named.js';

/** The values of {@link APIConfig}. */
export interface APIValues {
  /** Address to listen on. @defaultValue `'0.0.0.0'`, all of IPv4 */
  readonly API_HOST: string;
  /** Port to listen on; 0 picks a free one. @defaultValue 8000 */
  readonly API_PORT: number;
  /** Processes that serve. @defaultValue 4 */
  readonly API_WORKERS: number;
  /** Key to sign with, of at least 32 characters. */
  readonly SECRET_KEY: Secret<string>;
}

/** The configuration of an HTTP service. */
export class APIConfig extends ConfigValidator<APIValues> {
  /** @throws {@link InvalidOptionsError} naming every option that is unknown or impossible. */
  constructor(options?: ConfigOptions) {
    super(named('APIConfig', options));
    this.register('API_HOST', 'str', { default: '0.0.0.0', pattern: /^\S+$/, describe: 'address to listen on' });
    this.register('API_PORT', 'int', {
      min: 0,
      max: 65_535,
      default: 8_000,
      describe: 'port to listen on; 0 picks a free one',
    });
    this.register('API_WORKERS', 'int', { min: 1, max: 1_024, default: 4, describe: 'processes that serve' });
    this.register('SECRET_KEY', 'str', {
      required: true,
      secret: true,
      minLength: 32,
      describe: 'key to sign with; make one with: openssl rand -hex 32',
    });
  }
}
