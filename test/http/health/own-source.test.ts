import { registerSecret } from 'breakwater/core';
import { ManualClock } from 'breakwater/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../runs.js';
import { read, setup } from './setup.js';

const WALL = 1_700_000_000_000;

function withReport(report: unknown) {
  const answer = () => report as never;
  const clock = new ManualClock({ wallNow: WALL });
  return setup({ clock, health: { check: answer, liveness: answer, readiness: answer } });
}

const FORMS = ['application/json', 'application/health+json', 'text/plain'];

describe('a health source of the service’s own', () => {
  it('whose components say no more than their status is answered whole, in every form', async () => {
    const { hardening } = withReport({ status: 'DEGRADED', components: [{ name: 'mail', status: 'DEGRADED' }] });
    const [json, draft, text] = await Promise.all(
      FORMS.map((accept) => read(hardening, '/health/check', { open: true, accept })),
    );
    expect([json?.statusCode, json?.json]).toEqual([
      200,
      {
        status: 'DEGRADED',
        components: [
          {
            name: 'mail',
            status: 'DEGRADED',
            responseTimeMs: 0,
            observedAt: WALL,
            ageMs: 0,
            cached: false,
            critical: false,
            consecutiveFailures: 1,
          },
        ],
      },
    ]);
    expect(draft?.json).toEqual({
      status: 'warn',
      checks: {
        'mail:responseTime': [
          {
            componentId: 'mail',
            componentType: 'component',
            observedValue: 0,
            observedUnit: 'ms',
            status: 'warn',
            time: '2023-11-14T22:13:20.000Z',
          },
        ],
      },
    });
    expect(text?.body).toContain('breakwater_health_check_status{health="default",check="mail",status="DEGRADED"} 1\n');
    expect(text?.body).not.toContain('NaN');
  });

  it('keeps what its components say besides, and nothing that has no place', async () => {
    const component = {
      name: 'mail',
      status: 'HEALTHY',
      responseTimeMs: 12,
      message: 'fine',
      details: { queue: 3 },
      observedAt: WALL - 500,
      ageMs: 500,
      cached: true,
      critical: true,
      consecutiveFailures: 0,
    };
    const report = { status: 'HEALTHY', components: [{ ...component, host: 'mx1.internal' }], version: '1.2.3' };
    const { json } = await read(withReport(report).hardening, '/health/check', { open: true });
    expect(json).toEqual({ status: 'HEALTHY', components: [component] });
  });

  it('is answered whatever else its components say', async () => {
    const odd = fc.oneof(
      fc.anything({ maxDepth: 2 }),
      fc.constantFrom(Infinity, -Infinity, NaN, '8e15', 8.7e15, -1, '', null, {}, []),
    );
    const components = fc.array(
      fc.record({
        name: fc.string(),
        status: fc.constantFrom('HEALTHY', 'DEGRADED', 'UNHEALTHY'),
        responseTimeMs: odd,
        message: odd,
        details: odd,
        observedAt: odd,
        ageMs: odd,
        cached: odd,
        critical: odd,
        consecutiveFailures: odd,
      }),
      { maxLength: 3 },
    );
    await fc.assert(
      fc.asyncProperty(components, fc.constantFrom(...FORMS), async (given, accept) => {
        const { hardening, reported } = withReport({ status: 'DEGRADED', components: given });
        const { statusCode, body } = await read(hardening, '/health/check', { open: true, accept });
        expect([statusCode, reported]).toEqual([200, []]);
        if (accept === 'text/plain') {
          for (const line of body?.split('\n') ?? []) expect(line).toMatch(/^$|^#|^[a-z_]+\{.*\} -?[\d.e+-]+$/i);
        } else expect(() => JSON.parse(body ?? '') as unknown).not.toThrow();
      }),
      { numRuns: runs(300) },
    );
  });

  it('shows none of its secrets in any form', async () => {
    using _registered = registerSecret('hunter2-hunter2');
    const { hardening } = withReport({
      status: 'UNHEALTHY',
      components: [
        {
          name: 'postgres://u:S3CRETPW@h/hunter2-hunter2',
          status: 'UNHEALTHY',
          message: 'Bearer abcdef0123456789 hunter2-hunter2',
          details: { password: 'P4SSW0RD', url: 'redis://u:S3CRETPW@h' },
        },
      ],
    });
    for (const accept of FORMS) {
      const { statusCode, body } = await read(hardening, '/health/check', { open: true, accept });
      expect(statusCode).toBe(503);
      expect(body).toContain('[secret]');
      expect(body).not.toMatch(/S3CRETPW|hunter2|abcdef0123456789|P4SSW0RD/);
    }
  });
});
