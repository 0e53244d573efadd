import type { ConfigOptions } from '../configuration.js';
import { ConfigValidator } from '../config-validator.js';
import type { Secret } from '../secret.js';
import { named } from './named.js';

/** The values of {@link RedisConfig}. */
export interface RedisValues {
  /** Where Redis is: `redis://`, or `rediss://` for TLS. */
  readonly REDIS_URL: string;
  /** Its password, where the URL has none. */
  readonly REDIS_PASSWORD?: Secret<string> | undefined;
  /** What all keys begin with. @defaultValue empty */
  readonly REDIS_KEY_PREFIX: string;
  /** How long connecting may take, in ms. @defaultValue 5000 */
  readonly REDIS_CONNECT_TIMEOUT: number;
  /** How long a command may take, in ms. @defaultValue 1000 */
  readonly REDIS_COMMAND_TIMEOUT: number;
}

/** The configuration of a Redis client. */
export class RedisConfig extends ConfigValidator<RedisValues> {
  /** @throws {@link InvalidOptionsError} naming every option that is unknown or impossible. */
  constructor(options?: ConfigOptions) {
    super(named('RedisConfig', options));
    this.register('REDIS_URL', 'url', {
      required: true,
      fromFile: true,
      schemes: ['redis', 'rediss'],
      describe: 'where Redis is',
    });
    this.register('REDIS_PASSWORD', 'str', { secret: true, describe: 'its password, where the URL has none' });
    this.register('REDIS_KEY_PREFIX', 'str', {
      default: '',
      allowEmpty: true,
      // By its name it would be a secret.
      secret: false,
      describe: 'what all keys begin with',
    });
    this.register('REDIS_CONNECT_TIMEOUT', 'duration', {
      min: 1,
      default: 5_000,
      describe: 'how long connecting may take',
    });
    this.register('REDIS_COMMAND_TIMEOUT', 'duration', {
      min: 1,
      default: 1_000,
      describe: 'how long a command may take',
    });
  }
}
