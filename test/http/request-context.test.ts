import { createHardening, type Exchange, type RequestRecord } from 'breakwater/http';
import { StructuredLogger } from 'breakwater/logger';
import { describe, expect, it } from 'vitest';
import { FakeResponse } from './exchange.js';

function exchangeOf(headers: Record<string, string> = {}): Exchange & { response: FakeResponse } {
  return {
    method: 'GET',
    url: '/',
    headers,
    socketAddress: '203.0.113.5',
    frameworkAddress: () => '203.0.113.5',
    frameworkTrustsProxy: false,
    response: new FakeResponse(),
    native: {},
  };
}

function setup() {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>) };
  const log = new StructuredLogger({ destination });
  return { lines, log, hardening: createHardening({ logger: log }) };
}

describe('what comes after the pipeline', () => {
  it('writes lines that tell their request and its trace, and so does the access log', async () => {
    const { lines, log, hardening } = setup();
    const trace = '0af7651916cd43dd8448eb211c80319c';
    const requests = [{ traceparent: `00-${trace}-b7ad6b7169203331-01` }, {}].map((headers) => exchangeOf(headers));
    await Promise.all(
      requests.map(async (exchange, i) => {
        void hardening.handle(exchange);
        await hardening.within(exchange, async () => {
          await Promise.resolve();
          log.systemEvent('handled', { i });
        });
      }),
    );
    for (const { response } of requests) response.end();
    const ids = requests.map(({ response }) => response.sent.get('x-request-id'));
    const handled = lines.filter(({ msg }) => msg === 'handled');
    const access = lines.filter(({ msg }) => msg === 'request');
    expect(handled.map(({ requestId }) => requestId)).toEqual(ids);
    expect(access.map(({ requestId }) => requestId)).toEqual(ids);
    expect([handled[0]?.['trace_id'], access[0]?.['trace_id']]).toEqual([trace, trace]);
    expect(handled[1]?.['trace_id']).toMatch(/^[0-9a-f]{32}$/);
    expect(access[1]?.['trace_id']).toBe(handled[1]?.['trace_id']);
    expect(access[0]).not.toHaveProperty('id');
  });

  it('lines of refused requests and health routes tell theirs as well, with the step of the record', async () => {
    const { lines, log } = setup();
    const hardening = createHardening({ logger: log, ddos: { threshold: 1 } });
    const records: RequestRecord[] = [];
    hardening.on('request', (record) => records.push(record));
    const trace = '0af7651916cd43dd8448eb211c80319c';
    const headers = { traceparent: `00-${trace}-b7ad6b7169203331-01`, tracestate: 'vendor=abc' };
    for (const url of ['/', '/', '/health/live']) {
      const exchange = { ...exchangeOf(headers), url };
      const answers = hardening.handle(exchange);
      if (answers === false) {
        hardening.within(exchange, () => {
          expect(log.trace()).toMatchObject({ traceId: trace, parentSpanId: 'b7ad6b7169203331', state: 'vendor=abc' });
          exchange.response.end();
        });
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(lines.map(({ msg }) => msg)).toEqual(['request', 'request refused', 'request', 'request']);
    for (const line of lines) {
      expect(line['trace_id']).toBe(trace);
      expect(line).not.toHaveProperty('id');
      const record = records.find(({ id }) => id === line['requestId']);
      expect(record?.spanId).toBe(line['span_id']);
    }
  });

  it('gets its value, and whatever it throws', () => {
    const { hardening } = setup();
    const exchange = exchangeOf();
    void hardening.handle(exchange);
    expect(hardening.within(exchange, () => 7)).toBe(7);
    for (const thrown of [new Error('x'), 'text', undefined, null, 0]) {
      const other = exchangeOf();
      void hardening.handle(other);
      let caught: unknown = 'nothing';
      try {
        hardening.within(other, () => {
          throw thrown as Error;
        });
      } catch (error) {
        caught = error;
      }
      expect(caught).toBe(thrown);
    }
  });

  it('runs once, also where the logger fails before or after it', () => {
    for (const when of ['before', 'after', 'never']) {
      const reported: unknown[] = [];
      let runs = 0;
      const logger = {
        event: () => undefined,
        withContext: <T>(_: object, fn: () => T): T => {
          if (when === 'before') throw new Error('logger');
          const value = fn();
          if (when === 'after') throw new Error('logger');
          return value;
        },
      };
      const hardening = createHardening({ logger, onListenerError: (error) => reported.push(error) });
      const exchange = exchangeOf();
      void hardening.handle(exchange);
      expect(hardening.within(exchange, () => ++runs)).toBe(1);
      exchange.response.end();
      expect(runs).toBe(1);
    }
  });

  it('a logger without contexts changes nothing', () => {
    const hardening = createHardening({ logger: { event: () => undefined } });
    const exchange = exchangeOf();
    void hardening.handle(exchange);
    expect(hardening.within(exchange, () => 'value')).toBe('value');
  });

  it('enters the context once, however many middlewares there are', () => {
    const { hardening, log } = setup();
    const exchange = exchangeOf();
    void hardening.handle(exchange);
    const depths: unknown[] = [];
    hardening.within(exchange, () => {
      const outer = log.trace();
      hardening.within(exchange, () => {
        depths.push(log.trace() === outer);
      });
    });
    expect(depths).toEqual([true]);
  });

  it('is entered as one by a logger that knows how to, for the handler and for its line', () => {
    const entered: unknown[] = [];
    const calls: string[] = [];
    const logger = {
      event: (_type: string, message: string) => void calls.push(message),
      withContext: () => {
        throw new Error('not called');
      },
      contextRunner: (fields: object, options: object) => {
        entered.push(fields, options);
        return <T>(fn: () => T): T => {
          calls.push('in');
          return fn();
        };
      },
    };
    const hardening = createHardening({ logger });
    const exchange = exchangeOf({ 'x-request-id': 'request-1' });
    void hardening.handle(exchange);
    expect(hardening.within(exchange, () => 7)).toBe(7);
    exchange.response.end();
    expect(calls).toEqual(['in', 'in', 'request']);
    expect(entered).toMatchObject([{ requestId: 'request-1' }, { trace: { traceId: expect.any(String) as string } }]);
  });

  it('is left out where a logger cannot make it, and everything goes on', async () => {
    const reported: unknown[] = [];
    const events: string[] = [];
    const logger = {
      event: (_type: string, message: string) => void events.push(message),
      contextRunner: (): never => {
        throw new Error('no context');
      },
    };
    const hardening = createHardening({ logger, onListenerError: (error) => reported.push(error) });
    const exchange = exchangeOf();
    void hardening.handle(exchange);
    expect(hardening.within(exchange, () => 7)).toBe(7);
    exchange.response.end();
    await Promise.resolve();
    expect([events, reported]).toEqual([['request'], [new Error('no context')]]);
  });

  it('is that of each logger, where pipelines have one of their own', () => {
    const [outer, inner] = [setup(), setup()];
    const exchange = exchangeOf({ 'x-request-id': 'request-1' });
    for (const { hardening } of [outer, inner]) void hardening.handle(exchange);
    outer.hardening.within(exchange, () => {
      inner.hardening.within(exchange, () => {
        outer.log.systemEvent('handled');
        inner.log.systemEvent('handled');
        exchange.response.end();
      });
    });
    for (const { lines } of [outer, inner]) {
      expect(lines.map(({ msg, requestId }) => [msg, requestId])).toEqual([
        ['handled', 'request-1'],
        ['request', 'request-1'],
      ]);
    }
  });
});
