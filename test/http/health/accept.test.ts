import fc from 'fast-check';
import { HealthCheckService } from 'breakwater/health';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { runs } from '../../runs.js';
import { FakeResponse } from '../exchange.js';
import { read, setup } from './setup.js';

const JSON_TYPE = 'application/json; charset=utf-8';
const HEALTH_TYPE = 'application/health+json';
const TEXT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

const CHROME =
  'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7';
const PROMETHEUS =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';

describe('the form of an answer about health', () => {
  it.each([
    [undefined, JSON_TYPE],
    ['', JSON_TYPE],
    ['*/*', JSON_TYPE],
    [CHROME, JSON_TYPE],
    ['application/*', JSON_TYPE],
    ['application/json', JSON_TYPE],
    ['APPLICATION/JSON; CHARSET=UTF-8', JSON_TYPE],
    ['image/png', JSON_TYPE],
    ['application/openmetrics-text;version=1.0.0', JSON_TYPE],
    // Malformed in one way or another.
    ['garbage', JSON_TYPE],
    ['text/', JSON_TYPE],
    ['text/plain/plain', JSON_TYPE],
    [';;;,,,q=1', JSON_TYPE],
    ['text/plain;q=2', JSON_TYPE],
    ['text/plain;q=-1', JSON_TYPE],
    ['text/plain;q=0.1234', JSON_TYPE],
    ['text/plain;q=', JSON_TYPE],
    ['text/plain;q=1e0', JSON_TYPE],
    // Named.
    ['application/health+json', HEALTH_TYPE],
    ['application/health+json, */*', HEALTH_TYPE],
    ['application/json, application/health+json', HEALTH_TYPE],
    ['application/json, application/health+json;q=0.9', JSON_TYPE],
    ['text/plain', TEXT_TYPE],
    ['text/*', TEXT_TYPE],
    ['text/plain, */*', TEXT_TYPE],
    ['text/*, */*', JSON_TYPE],
    ['application/json, text/plain, */*', JSON_TYPE],
    ['text/plain;version=0.0.4', TEXT_TYPE],
    ['text/plain;version="0.0.4"', TEXT_TYPE],
    ['text/plain;version=1.0.0', JSON_TYPE],
    [PROMETHEUS, TEXT_TYPE],
    // Weighed.
    ['application/json;q=0.5, text/plain;q=0.6', TEXT_TYPE],
    ['application/json;q=0.5;text=x, text/plain;q=0.4', JSON_TYPE],
    ['text/plain;q=0.2, */*;q=0.1', TEXT_TYPE],
    ['text/plain;q=0.1, */*;q=0.2', JSON_TYPE],
    ['text/html, text/plain, */*;q=0.01', TEXT_TYPE],
    // The most specific range counts, not the first or the best.
    ['text/*;q=1, text/plain;q=0.1, application/json;q=0.5', JSON_TYPE],
    ['text/plain;q=1, text/plain;version=0.0.4;q=0.1, application/json;q=0.5', JSON_TYPE],
    ['text/plain;version=1.0.0;q=1, text/plain;q=0.1, application/json;q=0.5', JSON_TYPE],
    ['application/*;q=0.2, */*;q=0.9', TEXT_TYPE],
    // What is refused.
    ['application/json;q=0, */*', HEALTH_TYPE],
    ['application/json;q=0', JSON_TYPE],
    ['application/*;q=0, text/plain;q=0.001', TEXT_TYPE],
    ['*/*;q=0', JSON_TYPE],
  ])('Accept: %s is answered with %s', async (accept, type) => {
    const { hardening } = setup();
    for (const route of ['live', 'ready', 'check', 'summary']) {
      const { sent, statusCode } = await read(hardening, `/health/${route}`, { accept });
      expect([route, statusCode, sent.get('content-type')]).toEqual([route, 200, type]);
      expect([sent.get('vary'), sent.get('cache-control')]).toEqual(['Accept', 'no-store']);
    }
  });

  it('adds to what varies already, and says nothing twice', async () => {
    const { hardening } = setup();
    for (const [before, after] of [
      ['Origin', 'Origin, Accept'],
      ['accept-encoding', 'accept-encoding, Accept'],
      ['Origin, accept', 'Origin, accept'],
      ['*', '*'],
    ] as const) {
      const response = new FakeResponse();
      response.setHeader('Vary', before);
      await read(hardening, '/health/check', { response });
      expect(response.sent.get('vary')).toBe(after);
    }
  });

  it('HLD-11 HLD-33 the status is the same in every form', async () => {
    let status: 'HEALTHY' | 'DEGRADED' | 'UNHEALTHY' = 'HEALTHY';
    const clock = new ManualClock();
    const health = new HealthCheckService({ clock });
    health.register('database', () => status, { critical: true });
    const { hardening } = setup({ health, clock });
    const look = async (path: string) => {
      const found = [];
      for (const accept of ['application/json', 'application/health+json', 'text/plain']) {
        const { statusCode, sent } = await read(hardening, path, { accept });
        found.push([statusCode, sent.get('retry-after')]);
      }
      return found;
    };
    for (const [is, code, wait] of [
      ['HEALTHY', 200, undefined],
      ['DEGRADED', 200, undefined],
      ['UNHEALTHY', 503, '5'],
    ] as const) {
      status = is;
      clock.advance(2_000);
      for (const path of ['/health/ready', '/health/check', '/health/summary']) {
        expect(await look(path)).toEqual([
          [code, wait],
          [code, wait],
          [code, wait],
        ]);
      }
      expect(await look('/health/live')).toEqual(Array(3).fill([200, undefined]));
    }
  });
});

describe('a hostile Accept', () => {
  it('of 8 KB is read to a bound, and is answered', async () => {
    const { hardening } = setup();
    for (const accept of [
      ','.repeat(8_192),
      ';'.repeat(8_192),
      'a/b;'.repeat(2_048),
      `${'x/y,'.repeat(2_000)}text/plain`,
      `text/plain;q=${'0'.repeat(8_000)}`,
      `${' '.repeat(8_000)}text/plain`,
      `text/plain;version="${'"'.repeat(8_000)}`,
    ]) {
      for (const path of ['/health/check', '/health/live']) {
        const { statusCode, json } = await read(hardening, path, { accept });
        expect([statusCode, json]).toEqual([200, { status: 'HEALTHY' }]);
      }
      expect((await read(hardening, '/health/metrics', { accept })).statusCode).toBe(200);
    }
  });

  it('never makes an answer anything else than one of the forms', async () => {
    const { hardening } = setup();
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.stringMatching(/^[a-z*/;=,.q0-9 "+]*$/)), async (accept) => {
        const { sent, statusCode } = await read(hardening, '/health/summary', { accept });
        expect(statusCode).toBe(200);
        expect([JSON_TYPE, HEALTH_TYPE, TEXT_TYPE]).toContain(sent.get('content-type'));
      }),
      { numRuns: runs(500) },
    );
  });

  it('thousands of them cause one report, and as many texts as there are forms', async () => {
    let checks = 0;
    const answer = () => {
      checks++;
      return Promise.resolve({ status: 'HEALTHY' as const, components: [] });
    };
    const { hardening, clock } = setup({ health: { check: answer, liveness: answer, readiness: answer } });
    const bodies = new Set<string | undefined>();
    for (let i = 0; i < 3_000; i++) {
      const accept = `text/x-${String(i)}, application/${i % 2 === 0 ? 'health+' : ''}json;q=0.${String((i % 9) + 1)}`;
      bodies.add((await read(hardening, '/health/check', { accept })).body);
    }
    expect([checks, bodies.size]).toEqual([1, 2]);
    clock.advance(1_000);
    await read(hardening, '/health/check');
    expect(checks).toBe(2);
  });
});
