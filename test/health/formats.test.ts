import { InvalidArgumentError, InvalidOptionsError, registerSecret } from 'breakwater/core';
import { HealthCheckService, type HealthFormat, type HealthReport, healthResponse } from 'breakwater/health';
import { describe, expect, it } from 'vitest';
import { parseExposition } from '../observability/metrics/exposition-parser.js';
import { setup, takes, WALL_START } from './setup.js';

const FORMATS: readonly HealthFormat[] = ['json', 'health+json', 'prometheus'];

/** The samples of a body, read as a scrape reads it, which throws when something is wrong. */
const samplesOf = (body: string) =>
  [...parseExposition(body, 'prometheus').values()].flatMap(({ samples }) =>
    samples.map(({ name, labels, value }) => ({ name, labels, value })),
  );

async function reportOf(...answers: ('HEALTHY' | 'DEGRADED' | 'UNHEALTHY')[]): Promise<HealthReport> {
  const { health } = setup();
  for (const [i, answer] of answers.entries()) {
    health.register(`part ${String(i)} at 10.0.0.7`, () => ({ status: answer, message: 'node-3.internal says so' }), {
      critical: true,
    });
  }
  return health.check();
}

describe('healthResponse', () => {
  it.each([
    ['HEALTHY', 200],
    ['DEGRADED', 200],
    ['UNHEALTHY', 503],
  ] as const)('HLD-10 HLD-11 HLD-33 %s is %i, except in a scrape, and never stored', async (status, code) => {
    const report = await reportOf(status);
    for (const format of FORMATS) {
      const { statusCode, headers } = healthResponse(report, { format });
      expect(statusCode).toBe(format === 'prometheus' ? 200 : code);
      expect(headers['Cache-Control']).toBe('no-store');
      expect(headers['Retry-After']).toBe(statusCode === 503 ? '5' : undefined);
    }
    expect(healthResponse(report, { retryAfterSeconds: 30 }).headers['Retry-After']).toBe(
      code === 503 ? '30' : undefined,
    );
  });

  it('HLD-10 a component that is not critical makes it no 503', async () => {
    const { health } = setup();
    health.register('mail', () => false);
    expect(healthResponse(await health.readiness())).toMatchObject({ statusCode: 200, body: '{"status":"DEGRADED"}' });
  });

  it('HLD-19 without details there is the status and nothing else', async () => {
    const report = await reportOf('UNHEALTHY', 'HEALTHY');
    const about = { serviceId: 'shop', releaseId: '1.2.3' };
    expect(healthResponse(report).body).toBe('{"status":"UNHEALTHY"}');
    expect(healthResponse(report, { format: 'health+json', ...about }).body).toBe('{"status":"fail"}');
    expect(samplesOf(healthResponse(report, { format: 'prometheus', ...about }).body)).toEqual([
      { name: 'breakwater_health_status', labels: { status: 'HEALTHY' }, value: 0 },
      { name: 'breakwater_health_status', labels: { status: 'DEGRADED' }, value: 0 },
      { name: 'breakwater_health_status', labels: { status: 'UNHEALTHY' }, value: 1 },
    ]);
  });

  it('HLD-6 json with details is the report', async () => {
    const report = await reportOf('DEGRADED');
    const { headers, body } = healthResponse(report, { details: true });
    expect(headers['Content-Type']).toBe('application/json; charset=utf-8');
    expect(JSON.parse(body)).toEqual(report);
  });

  it('health+json has the words and fields of its draft', async () => {
    const { health, clock } = setup();
    health.register(
      'database',
      takes(clock, 12, () => ({ status: 'HEALTHY' as const, message: 'fine' })),
      { critical: true },
    );
    health.register('mail:eu', () => ({ status: 'DEGRADED' as const, message: 'slow' }));
    health.register('mail/eu', () => 'UNHEALTHY');
    const asked = health.check();
    await clock.advanceAsync(12);
    const { headers, body } = healthResponse(await asked, {
      format: 'health+json',
      details: true,
      serviceId: 'shop',
      releaseId: '1.2.3',
    });
    expect(headers['Content-Type']).toBe('application/health+json');
    const of = (componentId: string, observedValue: number, status: string, observedAt: number) => ({
      componentId,
      componentType: 'component',
      observedValue,
      observedUnit: 'ms',
      status,
      time: new Date(observedAt).toISOString(),
    });
    expect(JSON.parse(body)).toEqual({
      status: 'warn',
      serviceId: 'shop',
      releaseId: '1.2.3',
      checks: {
        'database:responseTime': [of('database', 12, 'pass', WALL_START + 12)],
        // The separator may not be in a name; what becomes one name is told apart by its id.
        'mail/eu:responseTime': [
          { ...of('mail:eu', 0, 'warn', WALL_START), output: 'slow' },
          of('mail/eu', 0, 'fail', WALL_START),
        ],
      },
    });
  });

  it('prometheus is text that a scrape takes, whatever the names are', async () => {
    const { health } = setup();
    const names = ['a"b', 'c\\n', 'd\\', 'e{f="g"}', 'ü #', '__proto__'];
    for (const name of names) health.register(name, () => true);
    const { headers, body } = healthResponse(await health.check(), {
      format: 'prometheus',
      details: true,
      serviceId: 'shop "1"',
    });
    expect(headers['Content-Type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    const critical = samplesOf(body).filter(({ name }) => name === 'breakwater_health_check_critical');
    expect(critical.map(({ labels }) => labels)).toEqual(names.map((check) => ({ health: 'shop "1"', check })));
  });

  it('HLD-20 what became known as a secret after it was written is masked', async () => {
    const { health } = setup();
    health.register('db', () => ({
      status: 'DEGRADED',
      message: 'as correct-horse',
      details: { who: 'correct-horse' },
    }));
    const report = await health.check();
    using _ = registerSecret('correct-horse');
    for (const format of FORMATS) {
      expect(healthResponse(report, { format, details: true }).body).not.toContain('correct-horse');
    }
  });

  it('HLD-23 answers of two services share nothing', async () => {
    const [one, two] = [new HealthCheckService(), new HealthCheckService()];
    one.register('first', () => false, { critical: true });
    two.register('second', () => true);
    const first = healthResponse(await one.check(), { details: true });
    const second = healthResponse(await two.check(), { details: true });
    first.headers['X-Request'] = 'of the first';
    first.headers['Cache-Control'] = 'public';
    expect(second.headers).toEqual({
      'Content-Type': 'application/json; charset=utf-8',
      'Cache-Control': 'no-store',
    });
    expect(first.body).not.toContain('second');
    expect(second.body).not.toContain('first');
    expect(healthResponse(await two.check(), { details: true }).headers).toEqual(second.headers);
  });

  it('HLD-9 a status that is none is UNHEALTHY', () => {
    const odd = { status: 'OK', components: [{ name: 5, status: 'up', message: null }] } as never;
    expect(healthResponse(odd)).toMatchObject({ statusCode: 503, body: '{"status":"UNHEALTHY"}' });
    for (const format of FORMATS) {
      expect(healthResponse(odd, { format, details: true }).body).not.toContain('"up"');
    }
    expect(healthResponse({ status: 'toString', components: [] } as never).statusCode).toBe(503);
  });

  it('refuses what is no report, and options that cannot be', () => {
    for (const wrong of [undefined, null, 'HEALTHY', {}, { status: 'HEALTHY' }]) {
      expect(() => healthResponse(wrong as never)).toThrow(InvalidArgumentError);
    }
    const report = { status: 'HEALTHY' as const, components: [] };
    for (const wrong of [
      { format: 'xml' },
      { details: 1 },
      { retryAfterSeconds: 0 },
      { serviceId: '' },
      { detail: true },
    ]) {
      expect(() => healthResponse(report, wrong as never)).toThrow(InvalidOptionsError);
    }
    expect(() => healthResponse(report, { format: 'health-json' } as never)).toThrow(/did you mean 'health\+json'/);
  });
});
