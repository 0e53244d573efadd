import { securityCheck, type TLSFiles } from 'breakwater/deployment';
import { ManualClock } from 'breakwater/testing';
import { X509Certificate } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isWeakSignature } from '../../../src/deployment/checks/security/signature.js';
import { selfSigned } from '../../config/certificate.js';
import { Folder, lines, run } from './run.js';

const END = Date.UTC(2030, 0, 1);
const DAY = 86_400_000;
const good = selfSigned({ to: '300101000000Z' });

/** What is found in files of these contents, as many milliseconds before the certificates end. */
async function found(
  contents: Record<string, string | Uint8Array>,
  files: TLSFiles = { cert: 'cert.pem' },
  before = 100 * DAY,
): Promise<string[]> {
  using folder = new Folder();
  for (const [name, content] of Object.entries(contents)) folder.write(name, content);
  const clock = new ManualClock({ wallNow: END - before });
  const environment = { NODE_ENV: 'production' };
  const options = { environment, userId: 1_000, execArgv: [], root: folder.path, tls: [files], clock };
  return lines(await run(securityCheck(options)));
}

describe('files of TLS', () => {
  it('are well when certificate and key belong together', async () => {
    const both = { 'cert.pem': good.cert, 'key.pem': good.key };
    expect(await found(both, { cert: 'cert.pem', key: 'key.pem' })).toEqual([]);
    expect(await found({ 'cert.der': new X509Certificate(good.cert).raw }, { cert: 'cert.der' })).toEqual([]);
    expect(await found({ 'cert.pem': `some words\n${good.cert}` })).toEqual([]);
  });

  it.each([
    [30 * DAY, 30, []],
    [30 * DAY - 1, 30, ['WARN security.tls.expires-soon.cert.pem: cert.pem expires in 29 days']],
    [30 * DAY - 1, 10, []],
    [DAY, 10, ['WARN security.tls.expires-soon.cert.pem: cert.pem expires in 1 day']],
    [0, 10, ['WARN security.tls.expires-soon.cert.pem: cert.pem expires in 0 days']],
    [-1, 10, ['FAIL security.tls.expired.cert.pem: cert.pem has expired']],
    [END - Date.UTC(2026, 0, 1) + 1, 10, ['FAIL security.tls.not-yet-valid.cert.pem: cert.pem is not valid yet']],
  ])('%i ms before the end, warned %i days before: %j', async (before, expiresWithinDays, expected) => {
    expect(await found({ 'cert.pem': good.cert }, { cert: 'cert.pem', expiresWithinDays }, before)).toEqual(expected);
  });

  it.each<[string, string | undefined, string]>([
    ['nothing', undefined, 'FAIL security.tls.unreadable.cert.pem: cert.pem is not there'],
    ['words', 'hidden', 'FAIL security.tls.invalid.cert.pem: cert.pem holds no certificate that can be read'],
    ['a key', good.key, 'FAIL security.tls.invalid.cert.pem: cert.pem holds no certificate that can be read'],
    [
      'half',
      good.cert.slice(0, 200),
      'FAIL security.tls.invalid.cert.pem: cert.pem holds no certificate that can be read',
    ],
    [
      'one and a half',
      good.cert + good.cert.slice(0, 200),
      'FAIL security.tls.invalid.cert.pem: cert.pem holds no certificate that can be read',
    ],
  ])('with %s in the place of the certificate', async (_, content, line) => {
    expect(await found(content === undefined ? {} : { 'cert.pem': content })).toEqual([line]);
  });

  it.each<[string, string | undefined, Partial<TLSFiles>, string[]]>([
    ['no key', undefined, {}, ['FAIL security.tls.unreadable.key.pem: key.pem is not there']],
    [
      'the key of another',
      selfSigned().key,
      {},
      ['FAIL security.tls.key-mismatch.key.pem: key.pem is not the key of its certificate'],
    ],
    ['words', 'hidden', {}, ['FAIL security.tls.key-invalid.key.pem: key.pem holds no private key that can be read']],
    [
      'a closed key',
      good.encryptedKey('hidden'),
      {},
      ['CRASHED security.tls.key-invalid.key.pem: key.pem is encrypted, and does not open with the passphrase'],
    ],
    [
      'a closed key and another passphrase',
      good.encryptedKey('hidden'),
      { passphrase: 'seen' },
      ['CRASHED security.tls.key-invalid.key.pem: key.pem is encrypted, and does not open with the passphrase'],
    ],
    ['a closed key and its passphrase', good.encryptedKey('hidden'), { passphrase: 'hidden' }, []],
  ])('with %s', async (_, key, files, expected) => {
    const contents = { 'cert.pem': good.cert, ...(key === undefined ? {} : { 'key.pem': key }) };
    expect(await found(contents, { cert: 'cert.pem', key: 'key.pem', ...files })).toEqual(expected);
  });

  it('tell of a key that lies open', async (context) => {
    context.skip(process.platform === 'win32', 'Windows has no such rights');
    using folder = new Folder();
    folder.write('cert.pem', good.cert);
    chmodSync(folder.write('key.pem', good.key), 0o644);
    const clock = new ManualClock({ wallNow: END - 100 * DAY });
    const tls = [{ cert: 'cert.pem', key: 'key.pem' }];
    const report = await run(
      securityCheck({ environment: {}, nodeEnv: false, userId: 1, root: folder.path, tls, clock }),
    );
    expect(lines(report)).toEqual([
      'FAIL security.tls.key-permissions.key.pem: key.pem holds secrets and can be read by others than its owner',
    ]);
  });

  it('tell of weak keys and broken hashes, but for the hash of what signed itself', async () => {
    const short = selfSigned({ rsaBits: 1_024, hash: 'sha1' });
    expect(await found({ 'cert.pem': short.cert })).toEqual([
      'FAIL security.tls.weak-key.cert.pem: cert.pem has a key that is too short',
    ]);
    for (const signer of [selfSigned({ name: 'authority' }), selfSigned({ name: 'authority', rsaBits: 2_048 })]) {
      const broken = selfSigned({ hash: 'sha1', by: signer });
      expect(isWeakSignature(new X509Certificate(broken.cert).raw)).toBe(true);
      expect(await found({ 'cert.pem': broken.cert })).toEqual([
        'FAIL security.tls.weak-signature.cert.pem: cert.pem is signed by way of a hash that is broken',
      ]);
      expect(await found({ 'cert.pem': selfSigned({ by: signer }).cert })).toEqual([]);
    }
    expect(await found({ 'cert.pem': selfSigned({ rsaBits: 2_048 }).cert })).toEqual([]);
  });

  it('look at each certificate of a file, and at their order', async () => {
    const authority = selfSigned({ name: 'authority', to: '300101000000Z' });
    const middle = selfSigned({ name: 'middle', by: authority, to: '291001000000Z' });
    const leaf = selfSigned({ name: 'leaf', by: middle });
    expect(await found({ 'cert.pem': leaf.cert + middle.cert + authority.cert }, undefined, 200 * DAY)).toEqual([]);
    expect(await found({ 'cert.pem': leaf.cert + middle.cert }, undefined, 10 * DAY)).toEqual([
      'FAIL security.tls.expired.cert.pem.2: certificate 2 of cert.pem has expired',
    ]);
    expect(await found({ 'cert.pem': leaf.cert + authority.cert }, undefined, 200 * DAY)).toEqual([
      'WARN security.tls.chain.cert.pem: cert.pem has certificates that did not sign each other in this order',
    ]);
  });

  it('hold the certificate against its authority', async () => {
    const authority = selfSigned({ name: 'authority' });
    const middle = selfSigned({ name: 'middle', by: authority });
    const leaf = selfSigned({ name: 'leaf', by: middle });
    const files = { cert: 'cert.pem', ca: 'ca.pem' };
    const untrusted = ['FAIL security.tls.untrusted.cert.pem: cert.pem is signed by none of ca.pem'];
    expect(await found({ 'cert.pem': leaf.cert + middle.cert, 'ca.pem': authority.cert }, files)).toEqual([]);
    expect(await found({ 'cert.pem': middle.cert, 'ca.pem': good.cert + authority.cert }, files)).toEqual([]);
    expect(await found({ 'cert.pem': leaf.cert, 'ca.pem': authority.cert }, files)).toEqual(untrusted);
    // It has the name of the authority, and not its key.
    const twin = selfSigned({ name: 'authority' });
    expect(await found({ 'cert.pem': middle.cert, 'ca.pem': twin.cert }, files)).toEqual(untrusted);
    expect(await found({ 'cert.pem': middle.cert }, files)).toEqual([
      'FAIL security.tls.unreadable.ca.pem: ca.pem is not there',
    ]);
  });
});
