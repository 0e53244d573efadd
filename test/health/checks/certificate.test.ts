import { InvalidOptionsError } from 'breakwater/core';
import { certificateCheck } from 'breakwater/health';
import { describe, expect, it } from 'vitest';
import { judgeCertificate, type PeerCertificate } from '../../../src/health/checks/certificate.js';
import { WALL_START } from '../setup.js';

const DAY_MS = 86_400_000;
const LIMITS = { degradedBelowDays: 21, unhealthyBelowDays: 7, allowUntrusted: false };

function judge(
  certificate: Partial<PeerCertificate> & { readonly days?: number },
  limits: Partial<typeof LIMITS> = {},
) {
  const { days = 90, ...rest } = certificate;
  const shown = { validFromMs: WALL_START - DAY_MS, validToMs: WALL_START + days * DAY_MS, namesHost: true, ...rest };
  return judgeCertificate(shown, { ...LIMITS, ...limits }, WALL_START, 'shop.example');
}

describe('the certificate', () => {
  it.each([
    [90, 'HEALTHY', undefined],
    [21, 'HEALTHY', undefined],
    [20.96, 'DEGRADED', 'the certificate of shop.example expires in 20.9 days, below 21 days'],
    [7, 'DEGRADED', 'the certificate of shop.example expires in 7 days, below 21 days'],
    [6.99, 'UNHEALTHY', 'the certificate of shop.example expires in 6.9 days, below 7 days'],
    [1, 'UNHEALTHY', 'the certificate of shop.example expires in 1 day, below 7 days'],
    [-1 / DAY_MS, 'UNHEALTHY', 'the certificate of shop.example expired 0 days ago'],
    [-30, 'UNHEALTHY', 'the certificate of shop.example expired 30 days ago'],
  ])('valid for %d days it is %s', (days, status, message) => {
    expect(judge({ days })).toEqual({ status, ...(message && { message }) });
  });

  it('takes other limits, also 0', () => {
    expect(judge({ days: 20 }, { degradedBelowDays: 20 })).toEqual({ status: 'HEALTHY' });
    expect(judge({ days: 0.5 }, { unhealthyBelowDays: 0 })).toMatchObject({ status: 'DEGRADED' });
    expect(judge({ days: -0.5 }, { unhealthyBelowDays: 0, degradedBelowDays: 0 })).toMatchObject({
      status: 'UNHEALTHY',
    });
  });

  it.each([
    [{ validFromMs: WALL_START + 1 }, 'the certificate of shop.example is not valid yet'],
    [{ namesHost: false }, 'the certificate is not for shop.example'],
    [
      { distrust: 'SELF_SIGNED_CERT_IN_CHAIN' },
      'the certificate of shop.example is not trusted: SELF_SIGNED_CERT_IN_CHAIN',
    ],
    [
      { distrust: 'CERT_HAS_EXPIRED' },
      'the certificate of shop.example is not trusted: CERT_HAS_EXPIRED in its chain, or by the clock of this machine',
    ],
  ])('is UNHEALTHY: %o', (certificate, message) => {
    expect(judge(certificate)).toEqual({ status: 'UNHEALTHY', message });
    expect(judge({ validFromMs: WALL_START })).toEqual({ status: 'HEALTHY' });
  });

  it('one that nobody known has signed counts if that is allowed, but for the rest of it', () => {
    const distrust = 'DEPTH_ZERO_SELF_SIGNED_CERT';
    expect(judge({ distrust }, { allowUntrusted: true })).toEqual({ status: 'HEALTHY' });
    expect(judge({ distrust, days: 8 }, { allowUntrusted: true })).toMatchObject({ status: 'DEGRADED' });
    expect(judge({ distrust, days: -1 }, { allowUntrusted: true })).toMatchObject({ status: 'UNHEALTHY' });
    expect(judge({ distrust, namesHost: false }, { allowUntrusted: true })).toMatchObject({ status: 'UNHEALTHY' });
  });
});

describe('certificateCheck', () => {
  it.each([
    ['shop.example'],
    ['203.0.113.7'],
    ['2001:db8::7'],
    ['::1'],
    [{ host: 'fe80::1%eth0' }],
    [{ host: 'a_b', port: 1 }],
    [{ host: '10.0.0.1', port: 65_535, servername: 'shop.example' }],
  ])('takes %o', (target) => {
    expect(() => certificateCheck(target)).not.toThrow();
  });

  it.each([
    [''],
    ['https://shop.example'],
    ['shop.example:443'],
    ['cafe:443'],
    ['shop.example/x'],
    ['u:pw@shop.example'],
    ['shop .example'],
    [undefined],
    [null],
    [{}],
    [{ host: 'a', port: 0 }],
    [{ host: 'a', port: 65_536 }],
    [{ host: 'a', servername: '' }],
    [{ host: 'a', prot: 5 }],
  ])('refuses %o without printing it', (target) => {
    expect(() => certificateCheck(target as never)).toThrow(InvalidOptionsError);
    expect(() => certificateCheck(target as never)).not.toThrow('pw');
  });

  it.each([
    [{ degradedBelowDays: 5 }, /degradedBelowDays must be at least unhealthyBelowDays, which is 7/],
    [{ unhealthyBelowDays: -1 }, /unhealthyBelowDays/],
    [{ ca: 5 }, /ca must be certificates in PEM.*got 5/],
    [{ ca: ['x', null] }, /ca must be certificates in PEM.*got null/],
    [{ allowUntrusted: 'yes' }, /allowUntrusted/],
    [{ allowUnstrusted: true }, /did you mean allowUntrusted/],
  ])('refuses %o', (options, problem) => {
    expect(() => certificateCheck('shop.example', options as never)).toThrow(InvalidOptionsError);
    expect(() => certificateCheck('shop.example', options as never)).toThrow(problem);
  });
});
