import type { ConfigOptions } from '../configuration.js';
import { ConfigValidator } from '../config-validator.js';
import type { Secret } from '../secret.js';
import { named } from './named.js';

/** The values of {@link BotConfig}. */
export interface BotValues {
  /** Token that the bot signs in with. */
  readonly BOT_TOKEN: Secret<string>;
  /** Who may administer it; texts, as identifiers of 64 bits are no exact numbers. @defaultValue none */
  readonly ADMIN_IDS: readonly string[];
}

/** The configuration of a chat bot. */
export class BotConfig extends ConfigValidator<BotValues> {
  /** @throws {@link InvalidOptionsError} naming every option that is unknown or impossible. */
  constructor(options?: ConfigOptions) {
    super(named('BotConfig', options));
    this.register('BOT_TOKEN', 'str', { required: true, secret: true, describe: 'token that the bot signs in with' });
    this.register('ADMIN_IDS', 'list', { default: [], describe: 'who may administer it' });
  }
}
