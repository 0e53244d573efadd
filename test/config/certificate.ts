import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** A certificate that signs itself, and its key: made here, so that no machine needs a program for it. */
export interface SelfSigned {
  readonly name: string;
  readonly privateKey: KeyObject;
  readonly cert: string;
  readonly key: string;
  /** The key, to be read with this passphrase only. */
  readonly encryptedKey: (passphrase: string) => string;
}

/** A tag, a length and what is in it. Source: X.690, 8.1. */
function der(tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts: Uint8Array[]): Buffer => der(0x30, ...parts);
const identifier = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const time = (text: string): Buffer => der(0x17, Buffer.from(text));

/** When it is valid, as a UTCTime of X.680, and for which name. */
export interface SelfSignedOptions {
  readonly from?: string;
  readonly to?: string;
  readonly name?: string;
  /** Bits of an RSA key in the place of P-256. */
  readonly rsaBits?: number;
  readonly hash?: 'sha256' | 'sha1';
  /** Who signs it in its own place. */
  readonly by?: { readonly name: string; readonly privateKey: KeyObject };
}

/** By the key of who signs, and the hash. */
const ALGORITHMS = {
  ec: { sha256: '2a8648ce3d040302', sha1: '2a8648ce3d0401' },
  rsa: { sha256: '2a864886f70d01010b', sha1: '2a864886f70d010105' },
};

const nameOf = (host: string): Buffer =>
  sequence(der(0x31, sequence(identifier('550403'), der(0x0c, Buffer.from(host)))));

/** Source: RFC 5280, 4.1; RFC 5758, 3.2; RFC 8017, A.2.4. */
export function selfSigned({
  from = '260101000000Z',
  to = '491231235959Z',
  name = 'localhost',
  rsaBits,
  hash = 'sha256',
  by,
}: SelfSignedOptions = {}): SelfSigned {
  const { publicKey, privateKey } =
    rsaBits === undefined
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: rsaBits });
  const signer = by?.privateKey ?? privateKey;
  const algorithm = sequence(identifier(ALGORITHMS[signer.asymmetricKeyType as 'ec' | 'rsa'][hash]));
  const body = sequence(
    der(0x02, Buffer.from([1])),
    algorithm,
    nameOf(by?.name ?? name),
    sequence(time(from), time(to)),
    nameOf(name),
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = sign(hash, body, { key: signer, dsaEncoding: 'der' });
  const certificate = sequence(body, algorithm, der(0x03, Buffer.from([0]), signature));
  const lines = certificate.toString('base64').replace(/(.{64})/g, '$1\n');
  return {
    name,
    privateKey,
    cert: `-----BEGIN CERTIFICATE-----\n${lines.trimEnd()}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    encryptedKey: (passphrase) =>
      privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString(),
  };
}
