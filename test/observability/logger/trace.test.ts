import { context as otelContext, trace as otelTrace } from '@opentelemetry/api';
import { formatTraceparent, parseTraceparent } from 'breakwater/logger';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { logger } from './setup.js';

const ID = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

it.each([
  ['version ff', `ff-${ID}-${SPAN}-01`],
  ['a trace id of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
  ['a span id of zeros', `00-${ID}-${'0'.repeat(16)}-01`],
  ['upper-case digits', `00-${ID.toUpperCase()}-${SPAN}-01`],
  ['more than version 00 has', `00-${ID}-${SPAN}-01-extra`],
  ['a missing part', `00-${ID}-${SPAN}`],
  ['a short id', `00-${ID.slice(1)}-${SPAN}-01`],
  ['white space', ` 00-${ID}-${SPAN}-01`],
  ['nothing', ''],
  ['no text', 5],
  ['endless text', `01-${ID}-${SPAN}-01-${'x'.repeat(10_000)}`],
])('OBS-L17 ignores a traceparent with %s and starts a new trace', (_, header) => {
  const { log, out } = logger();
  expect(parseTraceparent(header)).toBeUndefined();
  log.withTrace({ traceparent: header as string, tracestate: 'a=1' }, () => {
    log.systemEvent('x');
    expect(log.traceHeaders()).toEqual({
      traceparent: `00-${String(log.trace()?.traceId)}-${String(log.trace()?.spanId)}-01`,
    });
  });
  expect(out.last['trace_id']).toMatch(/^[0-9a-f]{32}$/);
  expect(out.last['trace_id']).not.toBe(ID);
});

it('OBS-L17 goes on with a trace, in version 00 and in those to come', () => {
  const { log, out } = logger();
  for (const header of [`00-${ID}-${SPAN}-00`, `01-${ID}-${SPAN}-01`, `01-${ID}-${SPAN}-01-extra`]) {
    log.withTrace(header, () => {
      log.systemEvent('x');
      expect(log.trace()).toMatchObject({
        traceId: ID,
        parentSpanId: SPAN,
        sampled: header.includes('-01') && !header.startsWith('00'),
      });
    });
    expect(out.last['trace_id']).toBe(ID);
    expect(out.last['span_id']).not.toBe(SPAN);
  }
  log.withTrace({ traceparent: `00-${ID}-${SPAN}-01`, tracestate: ['a=1', 'b=2'] }, () => {
    expect(log.traceHeaders()['tracestate']).toBe('a=1,b=2');
    expect(parseTraceparent(log.traceHeaders().traceparent)).toMatchObject({ traceId: ID, sampled: true });
  });
});

it('reads what it writes', () => {
  const digits = (length: number): fc.Arbitrary<string> =>
    fc
      .string({
        unit: fc.constantFrom('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'),
        minLength: length,
        maxLength: length,
      })
      .filter((text) => !/^0+$/.test(text));
  fc.assert(
    fc.property(digits(32), digits(16), fc.boolean(), (traceId, spanId, sampled) => {
      expect(parseTraceparent(formatTraceparent({ traceId, spanId, sampled }))).toEqual({ traceId, spanId, sampled });
    }),
  );
});

it('an operation is a step of its own', async () => {
  const { log, out } = logger();
  await log.withTrace(undefined, async () => {
    log.systemEvent('outside');
    await log.operation('step', async () => {
      await Promise.resolve();
      log.systemEvent('inside');
    });
  });
  const [outside, started, inside, ended] = out.lines;
  expect(new Set(out.lines.map((line) => line['trace_id'])).size).toBe(1);
  expect(started?.['span_id']).not.toBe(outside?.['span_id']);
  expect([inside?.['span_id'], ended?.['span_id']]).toEqual([started?.['span_id'], started?.['span_id']]);
});

it('OBS-L18 has no ids at all where nothing is traced', () => {
  const zero = { traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 0 };
  for (const span of [undefined, { spanContext: () => zero }, { spanContext: () => ({ ...zero, traceId: 'x' }) }]) {
    const { log, out } = logger({ trace: { getActiveSpan: () => span } });
    log.systemEvent('x');
    expect(Object.keys(out.last)).toEqual(['level', 'time', 'event', 'msg']);
    expect(log.trace()).toBeUndefined();
    expect(log.traceHeaders()).toEqual({});
  }
});

it('carries the ids of the active OpenTelemetry span, of the API as it is', () => {
  const span = otelTrace.wrapSpanContext({ traceId: ID, spanId: SPAN, traceFlags: 1 });
  const active = otelTrace.setSpan(otelContext.active(), span);
  // Without an SDK the API knows no active span; this is what one would answer.
  const { log, out } = logger({ trace: { getActiveSpan: () => otelTrace.getSpan(active) } });
  log.systemEvent('x', { trace_id: 'mine' });
  expect(out.last).toMatchObject({ trace_id: ID, span_id: SPAN, fields: { trace_id: 'mine' } });
  expect(log.traceHeaders()).toEqual({ traceparent: `00-${ID}-${SPAN}-01` });
  const plain = logger({ trace: otelTrace });
  plain.log.systemEvent('x');
  expect(plain.out.last).not.toHaveProperty('trace_id');
});

it('a trace API that throws costs no line', async () => {
  const { log, out, reported } = logger({
    trace: {
      getActiveSpan: () => {
        throw new Error('broken');
      },
    },
  });
  log.systemEvent('x');
  await Promise.resolve();
  expect(out.last.msg).toBe('x');
  expect(reported).toHaveLength(1);
});
