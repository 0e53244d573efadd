import type { KeyObject, X509Certificate } from 'node:crypto';
import type { DeploymentFinding } from '../../finding.js';
import { redactName } from '../../../core/redaction.js';
import { cryptography } from '../../host.js';
import { type FileReading, pathIn, readFileAt } from '../disk.js';
import { counted, crashed, failed, idPart, warned } from '../report.js';
import { rightsOf } from '../rights.js';
import { decoded } from '../text.js';
import type { TLSFiles } from './options.js';
import { isWeakSignature } from './signature.js';

const DAY_MS = 86_400_000;
const MOST_BYTES = 4 * 1_024 ** 2;
const MOST_CERTIFICATES = 1_000;
const FEWEST_RSA_BITS = 2_048;
const FEWEST_CURVE_BITS = 224;
const PEM = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]*-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;

/** Judges the files of one server's TLS. @internal */
export async function judgeTLS(
  files: TLSFiles,
  root: string | undefined,
  nowMs: number,
): Promise<readonly DeploymentFinding[]> {
  const shown = redactName(files.cert, 150);
  const findings: DeploymentFinding[] = [];
  const certificates = await certificatesOf(files.cert, root, findings);
  const [leaf, ...chain] = certificates;
  const days = files.expiresWithinDays ?? 30;
  certificates.forEach((one, i) => {
    findings.push(...judgeOne(one, i, files.cert, shown, nowMs, days));
  });
  let above = leaf;
  for (const next of chain) {
    if (above?.checkIssued(next) === false) {
      findings.push(
        warned(idOf('chain', files.cert), `${shown} has certificates that did not sign each other in this order`, {
          place: { file: shown },
          hint: "put the server's own first, then the one that signed it, and so on",
        }),
      );
      break;
    }
    above = next;
  }
  if (files.key !== undefined) findings.push(...(await judgeKey(files.key, files.passphrase, root, leaf)));
  if (files.ca !== undefined)
    findings.push(...(await judgeAuthority(files.ca, root, certificates, files.cert, nowMs, days)));
  return findings;
}

function idOf(rule: string, path: string, more = ''): string {
  return `security.tls.${rule}.${idPart(path)}${more}`;
}

/** Every certificate of a file. */
async function certificatesOf(
  path: string,
  root: string | undefined,
  findings: DeploymentFinding[],
): Promise<X509Certificate[]> {
  const shown = redactName(path, 150);
  const more = { place: { file: shown } };
  const reading = await readFileAt(pathIn(root, path), MOST_BYTES);
  if (reading.state !== 'read') {
    findings.push(failed(idOf('unreadable', path), `${shown} ${unreadable(reading)}`, more));
    return [];
  }
  const text = decoded(reading.bytes) ?? '';
  const blocks = text.match(PEM)?.slice(0, MOST_CERTIFICATES);
  const { X509Certificate } = cryptography();
  try {
    const all = (blocks ?? [reading.bytes]).map((block) => new X509Certificate(block));
    if (
      blocks === undefined ||
      all.length === (text.match(/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/g) ?? []).length
    )
      return all;
  } catch {
    // What it says quotes nothing, and helps nobody.
  }
  findings.push(failed(idOf('invalid', path), `${shown} holds no certificate that can be read`, more));
  return [];
}

function unreadable(reading: Exclude<FileReading, { state: 'read' }>): string {
  switch (reading.state) {
    case 'missing':
      return 'is not there';
    case 'broken-link':
      return 'is a link that leads nowhere';
    case 'unreadable':
      return `cannot be read (${reading.code})`;
    case 'too-large':
      return 'is too large';
    default:
      return 'is no file';
  }
}

/** Judges a certificate by itself; that of the server has the ids without a number. */
function judgeOne(
  one: X509Certificate,
  index: number,
  path: string,
  shown: string,
  nowMs: number,
  days: number,
): DeploymentFinding[] {
  const what = index === 0 ? shown : `certificate ${String(index + 1)} of ${shown}`;
  const id = (rule: string) => idOf(rule, path, index === 0 ? '' : `.${String(index + 1)}`);
  const more = { place: { file: shown } };
  const findings: DeploymentFinding[] = [];
  const left = (Date.parse(one.validTo) - nowMs) / DAY_MS;
  const renew = { ...more, hint: 'renew it, and let that be done by itself' };
  if (Number.isNaN(left)) findings.push(crashed(id('expired'), `${what} says no end that can be read`, more));
  else if (left < 0) findings.push(failed(id('expired'), `${what} has expired`, renew));
  else if (left < days)
    findings.push(warned(id('expires-soon'), `${what} expires in ${counted(Math.floor(left), 'day')}`, renew));
  if (Date.parse(one.validFrom) > nowMs) findings.push(failed(id('not-yet-valid'), `${what} is not valid yet`, more));
  if (isWeakKey(one.publicKey))
    findings.push(
      failed(id('weak-key'), `${what} has a key that is too short`, {
        ...more,
        hint: 'take RSA of 2048 bits, or P-256',
      }),
    );
  // One that signed itself is trusted for being known, and not for its signature.
  if (!one.checkIssued(one) && isWeakSignature(one.raw))
    findings.push(failed(id('weak-signature'), `${what} is signed by way of a hash that is broken`, more));
  return findings;
}

function isWeakKey({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): boolean {
  if (type === 'dsa') return true;
  if (type === 'rsa' || type === 'rsa-pss') return (details?.modulusLength ?? 0) < FEWEST_RSA_BITS;
  if (type !== 'ec') return false;
  const bits = /\d{3}/.exec(details?.namedCurve ?? '')?.[0];
  return bits !== undefined && Number(bits) < FEWEST_CURVE_BITS;
}

async function judgeKey(
  path: string,
  passphrase: string | undefined,
  root: string | undefined,
  leaf: X509Certificate | undefined,
): Promise<DeploymentFinding[]> {
  const shown = redactName(path, 150);
  const more = { place: { file: shown } };
  const reading = await readFileAt(pathIn(root, path), MOST_BYTES);
  const rights = 'mode' in reading ? rightsOf(idOf('key-permissions', path), shown, reading.mode, true, more) : [];
  if (reading.state !== 'read')
    return [...rights, failed(idOf('unreadable', path), `${shown} ${unreadable(reading)}`, more)];
  const text = decoded(reading.bytes) ?? '';
  let key: KeyObject;
  try {
    key = cryptography().createPrivateKey(
      passphrase === undefined ? { key: text, format: 'pem' } : { key: text, format: 'pem', passphrase },
    );
  } catch {
    // The reason may quote the file.
    const isClosed = /ENCRYPTED/.test(text);
    return [
      ...rights,
      isClosed
        ? crashed(idOf('key-invalid', path), `${shown} is encrypted, and does not open with the passphrase`, more)
        : failed(idOf('key-invalid', path), `${shown} holds no private key that can be read`, more),
    ];
  }
  if (leaf === undefined || leaf.checkPrivateKey(key)) return rights;
  return [...rights, failed(idOf('key-mismatch', path), `${shown} is not the key of its certificate`, more)];
}

/** Judges the authority, and whether it is the one that signed. */
async function judgeAuthority(
  path: string,
  root: string | undefined,
  certificates: readonly X509Certificate[],
  cert: string,
  nowMs: number,
  days: number,
): Promise<DeploymentFinding[]> {
  const findings: DeploymentFinding[] = [];
  const shown = redactName(path, 150);
  const authorities = await certificatesOf(path, root, findings);
  authorities.forEach((one, i) => {
    findings.push(...judgeOne(one, i, path, shown, nowMs, days));
  });
  if (certificates.length === 0 || authorities.length === 0) return findings;
  // Each up to the first that one of them signed: the chain that is sent may end before its root.
  const isSigned = certificates.some((one, i) => {
    const before = certificates.slice(0, i);
    return (
      before.every((lower, j) => isSignedBy(lower, certificates[j + 1])) &&
      authorities.some((authority) => isSignedBy(one, authority))
    );
  });
  if (!isSigned)
    findings.push(
      failed(idOf('untrusted', cert), `${redactName(cert, 150)} is signed by none of ${shown}`, {
        place: { file: shown },
      }),
    );
  return findings;
}

function isSignedBy(one: X509Certificate, by: X509Certificate | undefined): boolean {
  try {
    return by !== undefined && one.checkIssued(by) && one.verify(by.publicKey);
  } catch {
    return false;
  }
}
