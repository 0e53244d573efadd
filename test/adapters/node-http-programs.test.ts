import { createHardening, type RequestRecord } from 'breakwater/http';
import { harden } from 'breakwater/node-http';
import * as fc from 'fast-check';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServerResponse } from 'node:http';
import { runs } from '../runs.js';
import { PROTOCOLS } from './node-servers.js';

const STEPS = {
  head: (response: ServerResponse) => response.writeHead(202, { 'X-Own': '1' }),
  header: (response: ServerResponse) => response.setHeader('X-Frame-Options', 'SAMEORIGIN'),
  write: (response: ServerResponse) => response.write('piece'),
  flush: (response: ServerResponse) => response.flushHeaders(),
  wait: () => new Promise((resolve) => setImmediate(resolve)),
  end: (response: ServerResponse) => response.end('end'),
  destroy: (response: ServerResponse) => response.destroy(),
  throw() {
    throw new Error('mine');
  },
};

type Step = keyof typeof STEPS;

const WRITES: ReadonlySet<Step> = new Set(['write', 'end']);
type Server = Awaited<ReturnType<(typeof PROTOCOLS)[number]['start']>>;

describe('for any course of a listener', () => {
  let program: readonly Step[] = [];
  let records: RequestRecord[] = [];
  let server: Server;
  const hardening = createHardening({ ddos: false, onListenerError: () => undefined });
  hardening.on('request', (record) => records.push(record));

  beforeAll(async () => {
    server = await (PROTOCOLS[0] as (typeof PROTOCOLS)[number]).start(
      harden(async (_, response) => {
        for (const step of program) {
          // Node ends the process for a write after the end, whoever stands before the listener.
          if (!response.writableEnded || !WRITES.has(step)) await STEPS[step](response);
        }
        // Whoever forgets to answer leaves its client waiting.
        if (!response.writableEnded) response.end();
      }, hardening),
    );
  });
  afterAll(() => server.close());

  it('OBS-H9 there is one record, with what the client has seen', async () => {
    const steps = fc.array(fc.constantFrom(...(Object.keys(STEPS) as Step[])), { maxLength: 7 });
    await fc.assert(
      fc.asyncProperty(steps, fc.boolean(), async (given, hangsUp) => {
        program = given;
        records = [];
        const socket = connect(server.port, '127.0.0.1');
        let text = '';
        socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
        socket.on('error', () => undefined);
        const arrived = once(server.server, 'request');
        socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
        await arrived;
        if (hangsUp) socket.resetAndDestroy();
        else await once(socket, 'close');
        await expect.poll(() => records.length, { interval: 1 }).toBe(1);
        await new Promise((resolve) => setImmediate(resolve));
        expect(records).toHaveLength(1);
        const [record] = records;
        const status = Number(text.split(' ', 2)[1]);
        if (!Number.isNaN(status)) expect(record?.status).toBe(status);
        if (text.endsWith('\r\n0\r\n\r\n')) expect(record?.aborted).toBe(false);
        if (status === 500)
          expect(text).toMatch(/x-frame-options: (DENY|SAMEORIGIN)[\s\S]*"title":"Internal Server Error"/i);
      }),
      { numRuns: runs(300) },
    );
  });
});
