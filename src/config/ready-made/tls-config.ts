import type { ConfigOptions } from '../configuration.js';
import { ConfigValidator } from '../config-validator.js';
import type { Secret } from '../secret.js';
import { named } from './named.js';
import { certificates, privateKey } from './pem.js';

/** The values of {@link TLSConfig}: contents, not paths. `tls.createServer` takes them, secrets revealed. */
export interface TLSValues {
  /** The certificate, with those between it and the authority. */
  readonly TLS_CERT: string;
  /** Its private key. */
  readonly TLS_KEY: Secret<string>;
  /** What the key is encrypted with, if it is. */
  readonly TLS_KEY_PASSPHRASE?: Secret<string> | undefined;
  /** Authorities that are trusted in the place of the usual ones. */
  readonly TLS_CA?: string | undefined;
  /** Oldest version of the protocol. @defaultValue `'TLSv1.2'` */
  readonly TLS_MIN_VERSION: 'TLSv1.2' | 'TLSv1.3';
}

/**
 * The configuration of a server with TLS. `TLS_CERT_FILE`, `TLS_KEY_FILE` and `TLS_CA_FILE` name files in PEM, as usual;
 * what is no certificate, and no key unless it is encrypted, is an error before anything listens.
 */
export class TLSConfig extends ConfigValidator<TLSValues> {
  /** @throws {@link InvalidOptionsError} naming every option that is unknown or impossible. */
  constructor(options?: ConfigOptions) {
    super(named('TLSConfig', options));
    this.register('TLS_CERT', certificates, {
      required: true,
      fromFile: true,
      describe: 'the certificate, with its chain',
    });
    this.register('TLS_KEY', privateKey, { required: true, secret: true, describe: 'its private key' });
    this.register('TLS_KEY_PASSPHRASE', 'str', { secret: true, describe: 'what the key is encrypted with' });
    this.register('TLS_CA', certificates, { fromFile: true, describe: 'authorities that are trusted' });
    this.register('TLS_MIN_VERSION', 'enum', {
      choices: ['TLSv1.2', 'TLSv1.3'],
      default: 'TLSv1.2',
      describe: 'oldest version of the protocol',
    });
  }
}
