import type { Clock } from '../../core/clock.js';
import { clockOption, count, describe, finite, flag, type OptionKind, parseOptions } from '../../core/options.js';
import { HealthStatus } from '../../core/health-status.js';
import { failure } from '../finding.js';
import type { HealthCheckContext, HealthFinding } from '../options.js';
import { daysLeft, judgeCertificate, type PeerCertificate } from './certificate.js';
import { found, invalid } from './found.js';
import { type CertificateAuthorities, peerCertificate } from './peer-certificate.js';

/** A server that shows a certificate. */
export interface CertificateTarget {
  /** Name or address to connect to. */
  readonly host: string;
  /** 1 to 65535. @defaultValue `443` */
  readonly port?: number | undefined;
  /** Name that is asked for, and that the certificate must be for. @defaultValue `host` */
  readonly servername?: string | undefined;
}

/** Options of {@link certificateCheck}. */
export interface CertificateCheckOptions {
  /** Valid for fewer days it is `DEGRADED`; at least `unhealthyBelowDays`. @defaultValue `21` */
  readonly degradedBelowDays?: number | undefined;
  /** Valid for fewer days it is `UNHEALTHY`; at least 0. @defaultValue `7` */
  readonly unhealthyBelowDays?: number | undefined;
  /** Certificates in PEM that are trusted instead of the platform's own. @defaultValue the platform's */
  readonly ca?: CertificateAuthorities | undefined;
  /** Whether a certificate counts that nobody known has signed. Dates and name count all the same. @defaultValue `false` */
  readonly allowUntrusted?: boolean | undefined;
  /** Time source: days are counted by its wall time. @defaultValue `systemClock` */
  readonly clock?: Clock | undefined;
}

/** Defaults of {@link CertificateTarget} and {@link CertificateCheckOptions}. */
export const CERTIFICATE_CHECK_DEFAULTS = /* @__PURE__ */ Object.freeze({
  port: 443,
  degradedBelowDays: 21,
  unhealthyBelowDays: 7,
  allowUntrusted: false,
});

/**
 * A check of the certificate that a server shows: `DEGRADED` and `UNHEALTHY` when it is valid for fewer days than the two
 * limits ask for; `UNHEALTHY` when it has expired, is not valid yet, is for another name or is not trusted, and when the
 * server cannot be reached. Nothing is sent to the server.
 *
 * @param target - a host name or address, at port 443, or where else.
 * @throws {@link InvalidOptionsError} naming every part of the target and every option that is unknown or impossible.
 *
 * @example
 * health.register('certificate', certificateCheck('shop.example'), { ttlMs: 25_000 });
 */
export function certificateCheck(
  target: string | CertificateTarget,
  options?: CertificateCheckOptions,
): (context: HealthCheckContext) => Promise<HealthFinding> {
  const defaults = CERTIFICATE_CHECK_DEFAULTS;
  const place = parseOptions(
    'certificateCheck target',
    {
      host: hostOption(true),
      port: count({ min: 1, max: 65_535, default: defaults.port }),
      servername: hostOption(false),
    },
    typeof target === 'string' ? { host: target } : target,
  );
  const host = place.host ?? '';
  const schema = {
    degradedBelowDays: finite({ min: 0, default: defaults.degradedBelowDays }),
    unhealthyBelowDays: finite({ min: 0, default: defaults.unhealthyBelowDays }),
    ca: authoritiesOption(),
    allowUntrusted: flag(defaults.allowUntrusted),
    clock: clockOption(),
  };
  const { ca, clock, ...limits } = parseOptions('certificateCheck', schema, options, (all, report) => {
    if (all.degradedBelowDays < all.unhealthyBelowDays)
      report('degradedBelowDays', `must be at least unhealthyBelowDays, which is ${String(all.unhealthyBelowDays)}`);
  });
  return async ({ signal }) => {
    let certificate: PeerCertificate;
    try {
      certificate = await peerCertificate({ ...place, host, ca }, signal);
    } catch (error) {
      return failure(HealthStatus.UNHEALTHY, `no certificate of ${host}`, error);
    }
    const { validFromMs, validToMs } = certificate;
    const dates = validFromMs + validToMs;
    if (!Number.isFinite(dates)) return invalid('the certificate has dates that cannot be read', dates);
    const wallMs = clock.wallNow();
    const { status, message } = judgeCertificate(certificate, limits, wallMs, place.servername ?? host);
    return found(status, message, {
      host,
      port: place.port,
      validFrom: new Date(validFromMs).toISOString(),
      validTo: new Date(validToMs).toISOString(),
      daysLeft: Math.floor(daysLeft(certificate, wallMs) * 10) / 10,
    });
  };
}

/** A name or an IPv4 address, or an IPv6 address, which has two colons at least: one alone would be a port's. */
const HOST = /^(?:[\w.-]{1,253}|(?=.*:.*:)[\da-f:.]+(?:%[\w.-]+)?)$/i;

function hostOption(required: boolean): OptionKind<string | undefined> {
  return {
    parse(value, path, report) {
      if (value === undefined && !required) return undefined;
      if (typeof value !== 'string') report(path, `must be a string, got ${describe(value)}`);
      else if (!HOST.test(value)) report(path, 'must be a host name or an address, without scheme, port and path');
      return value as string | undefined;
    },
  };
}

function authoritiesOption(): OptionKind<CertificateAuthorities | undefined> {
  return {
    parse(value, path, report) {
      const all = Array.isArray(value) ? (value as unknown[]) : [value];
      if (all.length === 0) report(path, 'must have at least one certificate');
      for (const one of all) {
        if (one !== undefined && !isPem(one)) {
          report(path, `must be certificates in PEM, as text or bytes, not the name of a file, got ${describe(one)}`);
        }
      }
      return value as CertificateAuthorities | undefined;
    },
  };
}

function isPem(value: unknown): boolean {
  if (typeof value === 'string') return value.includes(PEM);
  return value instanceof Uint8Array && new TextDecoder().decode(value).includes(PEM);
}

const PEM = '-----BEGIN CERTIFICATE-----';
