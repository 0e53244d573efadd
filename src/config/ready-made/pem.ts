import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { FieldType } from '../fields/schema-field.js';

const CERTIFICATE = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]+-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;
/** Of a key that can be read only with its passphrase. Source: RFC 5958 and RFC 1421. */
const ENCRYPTED = /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m;

/** Certificates, each of which can be read. Source: RFC 7468. @internal */
export const certificates: FieldType<string> = {
  type: 'certificates in PEM',
  parse(text) {
    const found = text.match(CERTIFICATE);
    if (found === null) throw new Error('none');
    for (const one of found) new X509Certificate(one);
    return text;
  },
};

/** A private key that can be read, unless it needs its passphrase. Source: RFC 7468. @internal */
export const privateKey: FieldType<string> = {
  type: 'private key in PEM',
  parse(text) {
    if (!ENCRYPTED.test(text)) createPrivateKey(text);
    return text;
  },
};
