import { HealthStatus } from '../../core/health-status.js';

const DAY_MS = 86_400_000;

/** What a server showed. @internal */
export interface PeerCertificate {
  readonly validFromMs: number;
  readonly validToMs: number;
  /** Whether it is for the name that was asked for. */
  readonly namesHost: boolean;
  /** Why it cannot be trusted, as a code; nothing when it can. */
  readonly distrust?: string | undefined;
}

/** How long it must still be valid, in days. @internal */
export interface CertificateLimits {
  readonly degradedBelowDays: number;
  readonly unhealthyBelowDays: number;
  readonly allowUntrusted: boolean;
}

/** Codes that stand for the dates, which are judged by the check's own clock. Source: OpenSSL's verification errors. */
const DATES: readonly unknown[] = /* @__PURE__ */ Object.freeze(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);

/** Days that a certificate is still valid; less than 0 when it no longer is. @internal */
export function daysLeft({ validToMs }: PeerCertificate, wallMs: number): number {
  return (validToMs - wallMs) / DAY_MS;
}

/** Judges a certificate; the first reason is the one that is told. @internal */
export function judgeCertificate(
  certificate: PeerCertificate,
  limits: CertificateLimits,
  wallMs: number,
  host: string,
): { readonly status: HealthStatus; readonly message?: string } {
  const bad = (message: string) => ({ status: HealthStatus.UNHEALTHY, message });
  const days = daysLeft(certificate, wallMs);
  if (days < 0) return bad(`the certificate of ${host} expired ${shortDays(-days)} ago`);
  if (certificate.validFromMs > wallMs) return bad(`the certificate of ${host} is not valid yet`);
  if (!certificate.namesHost) return bad(`the certificate is not for ${host}`);
  if (certificate.distrust !== undefined && !limits.allowUntrusted) {
    const chain = DATES.includes(certificate.distrust) ? ' in its chain, or by the clock of this machine' : '';
    return bad(`the certificate of ${host} is not trusted: ${certificate.distrust}${chain}`);
  }
  const soon = (limit: number) => `the certificate of ${host} expires in ${shortDays(days)}, below ${shortDays(limit)}`;
  if (days < limits.unhealthyBelowDays) return bad(soon(limits.unhealthyBelowDays));
  if (days < limits.degradedBelowDays) {
    return { status: HealthStatus.DEGRADED, message: soon(limits.degradedBelowDays) };
  }
  return { status: HealthStatus.HEALTHY };
}

function shortDays(days: number): string {
  const shown = Math.floor(days * 10) / 10;
  return shown === 1 ? '1 day' : `${String(shown)} days`;
}
