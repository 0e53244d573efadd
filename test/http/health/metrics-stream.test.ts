import { registerSecret } from 'breakwater/core';
import type { HttpMetrics } from 'breakwater/http';
import { MetricsCollector } from 'breakwater/metrics';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { ask, FakeResponse } from '../exchange.js';
import { asked, ownMetrics, PiecewiseResponse, read, settle, setup } from './setup.js';

const SCRAPE = asked({ open: true });

/** A stream that yields when it is told to, and knows what was asked of it. */
function byHand() {
  const seen = { streams: 0, asked: 0, returned: 0 };
  let give: ((result: IteratorResult<string, undefined>) => void) | undefined;
  let fail: ((error: unknown) => void) | undefined;
  const stream: HttpMetrics['stream'] = () => ({
    [Symbol.asyncIterator]() {
      seen.streams++;
      return {
        next: () => {
          seen.asked++;
          return new Promise<IteratorResult<string, undefined>>((resolve, reject) => {
            give = resolve;
            fail = reject;
          });
        },
        return: () => {
          seen.returned++;
          return Promise.resolve({ done: true as const, value: undefined });
        },
      };
    },
  });
  return {
    seen,
    stream,
    async yields(value: string) {
      give?.({ done: false, value });
      await settle();
    },
    async ends() {
      give?.({ done: true, value: undefined });
      await settle();
    },
    async fails(error: unknown) {
      fail?.(error);
      await settle();
    },
  };
}

function scraped(stream: HttpMetrics['stream']) {
  const made = setup({ metrics: ownMetrics(stream), requestId: false });
  const scrapeInto = async <R extends FakeResponse>(response: R): Promise<R> => {
    await ask(made.hardening, '/health/metrics', { ...SCRAPE, response });
    await settle();
    return response;
  };
  const scrape = () => scrapeInto(new PiecewiseResponse());
  return { ...made, scrape, scrapeInto };
}

describe('a scrape over a socket', () => {
  it('is sent piece by piece, and no piece is asked for before its client takes it', async () => {
    const { seen, stream, yields, ends } = byHand();
    const { scrape } = scraped(stream);
    const response = await scrape();
    expect([response.headersSent, seen.asked]).toEqual([false, 1]);
    response.takes = false;
    await yields('a 1\n');
    expect([response.pieces, response.statusCode, seen.asked]).toEqual([['a 1\n'], 200, 1]);
    expect(response.sent.has('content-length')).toBe(false);
    await settle();
    expect(seen.asked).toBe(1);
    response.drain();
    await settle();
    expect(seen.asked).toBe(2);
    await yields('b 2\n');
    expect(response.pieces).toEqual(['a 1\n', 'b 2\n']);
    await ends();
    expect([response.writableFinished, response.listenerCount('drain')]).toEqual([true, 0]);
    expect(seen.returned).toBe(0);
  });

  it('ends with the client: who hangs up is collected for no more', async () => {
    const { seen, stream, yields } = byHand();
    const { scrape, reported, clock } = scraped(stream);
    const response = await scrape();
    await yields('a 1\n');
    expect([seen.asked, seen.returned]).toEqual([2, 0]);
    response.hangUp();
    expect(seen.returned).toBe(1);
    await yields('b 2\n');
    expect([response.pieces, seen.asked, response.writableFinished]).toEqual([['a 1\n'], 2, false]);
    // Nobody else gets half of it; whoever comes waits for the next second.
    const next = await scrape();
    expect(seen.streams).toBe(1);
    await clock.advanceAsync(1_000);
    await settle();
    expect(seen.streams).toBe(2);
    await yields('c 3\n');
    expect(next.pieces).toEqual(['c 3\n']);
    expect(reported).toEqual([]);
  });

  it('ends with the client that waits to take more', async () => {
    const { seen, stream, yields } = byHand();
    const { scrape, clock } = scraped(stream);
    const response = await scrape();
    response.takes = false;
    await yields('a 1\n');
    response.hangUp();
    await settle();
    expect([seen.asked, seen.returned]).toEqual([1, 1]);
    clock.advance(1_000);
    expect(clock.pending).toBe(0);
  });

  it('begins for nobody who is gone already', async () => {
    const { seen, stream } = byHand();
    const { scrapeInto } = scraped(stream);
    const response = new PiecewiseResponse();
    response.destroyed = true;
    await scrapeInto(response);
    expect([seen.asked, response.headersSent]).toEqual([0, false]);
  });

  it('ends for a client that takes nothing for ten seconds', async () => {
    const { seen, stream, yields } = byHand();
    const { scrape, clock } = scraped(stream);
    const response = await scrape();
    response.takes = false;
    await yields('a 1\n');
    await clock.advanceAsync(9_999);
    expect([response.writableFinished, seen.returned]).toEqual([false, 0]);
    await clock.advanceAsync(1);
    await settle();
    expect([response.writableFinished, seen.returned]).toEqual([true, 1]);
    expect(clock.pending).toBe(0);
  });

  it('goes on for one that takes a little again and again', async () => {
    const { stream, yields, ends } = byHand();
    const { scrape, clock } = scraped(stream);
    const response = await scrape();
    for (let i = 0; i < 5; i++) {
      response.takes = false;
      await yields(`a ${String(i)}\n`);
      await clock.advanceAsync(9_000);
      response.drain();
      await settle();
    }
    await ends();
    expect([response.pieces.length, response.writableFinished]).toEqual([5, true]);
  });
});

describe('several who scrape', () => {
  it('share a text, each at its own speed', async () => {
    const { seen, stream, yields, ends } = byHand();
    const { scrape } = scraped(stream);
    const [slow, fast] = [await scrape(), await scrape()];
    slow.takes = false;
    await yields('a 1\n');
    await yields('b 2\n');
    const late = await scrape();
    expect([slow.pieces, fast.pieces, late.pieces]).toEqual([['a 1\n'], ['a 1\n', 'b 2\n'], ['a 1\n', 'b 2\n']]);
    await ends();
    expect([seen.streams, seen.asked, fast.writableFinished, late.writableFinished]).toEqual([1, 3, true, true]);
    expect(slow.writableFinished).toBe(false);
    slow.drain();
    await settle();
    expect([slow.pieces, slow.writableFinished]).toEqual([['a 1\n', 'b 2\n'], true]);
    const after = await scrape();
    expect([after.pieces.join(''), after.writableFinished, seen.asked]).toEqual(['a 1\nb 2\n', true, 3]);
  });

  it('are not ended by one of them that hangs up', async () => {
    const { seen, stream, yields, ends } = byHand();
    const { scrape } = scraped(stream);
    const [gone, stays] = [await scrape(), await scrape()];
    await yields('a 1\n');
    gone.hangUp();
    await yields('b 2\n');
    await ends();
    expect([stays.pieces, stays.writableFinished, seen.returned]).toEqual([['a 1\n', 'b 2\n'], true, 0]);
  });

  it('read the text that is going on while the next second has another', async () => {
    const { seen, stream, yields } = byHand();
    const { scrape, clock } = scraped(stream);
    const first = await scrape();
    await yields('a 1\n');
    await clock.advanceAsync(1_000);
    await scrape();
    expect([seen.streams, first.writableFinished]).toEqual([2, false]);
  });

  it('a text that is too long to keep is shared by those who are there, and others wait for the next second', async () => {
    const megabyte = `# ${'x'.repeat(1_048_573)}\n`;
    let streams = 0;
    const { scrape, clock } = scraped(async function* () {
      streams++;
      for (let i = 0; i < 20; i++) yield await Promise.resolve(megabyte);
    });
    const whole = await scrape();
    await settle(100);
    expect([whole.pieces.length, whole.writableFinished, streams]).toEqual([20, true, 1]);
    const late = await scrape();
    await settle(100);
    expect([late.pieces.length, streams]).toEqual([0, 1]);
    await clock.advanceAsync(1_000);
    await settle(100);
    expect([late.pieces.length, late.writableFinished, streams]).toEqual([20, true, 2]);
  });
});

describe('a collector that fails', () => {
  const PUBLIC = /^# HELP breakwater_up[^]*breakwater_health_status\{status="HEALTHY"\} 1/;

  it('before its first piece leaves what everybody may see', async () => {
    for (const stream of [
      () => {
        throw new Error('no stream');
      },
      () => ({}) as AsyncIterable<string>,
      () => undefined as never,
      async function* () {
        await Promise.reject(new Error('no piece'));
        yield '';
      },
      async function* () {
        yield await Promise.resolve(7 as never);
      },
      () => ({ [Symbol.asyncIterator]: () => ({ next: () => undefined as never }) }),
      () => ({
        [Symbol.asyncIterator]: () => ({
          next: () => {
            throw new Error('at once');
          },
          return: () => {
            throw new Error('and again');
          },
        }),
      }),
    ]) {
      const { scrape, scrapeInto, reported } = scraped(stream);
      const response = await scrape();
      expect([response.statusCode, response.writableFinished]).toEqual([200, true]);
      expect(response.body).toMatch(PUBLIC);
      // Those who come within the second fare alike, and it is reported once.
      expect((await scrapeInto(new FakeResponse())).body).toMatch(PUBLIC);
      expect(reported).toHaveLength(1);
    }
  });

  it('midway ends the answer, and not the process', async () => {
    const { stream, yields, fails } = byHand();
    const { scrape, reported } = scraped(stream);
    const response = await scrape();
    await yields('a 1\n');
    await fails(new Error('midway'));
    expect([response.pieces, response.writableFinished]).toEqual([['a 1\n'], true]);
    expect(reported).toMatchObject([{ message: 'midway' }]);
  });

  it('midway is no whole answer for a client that can be told', async () => {
    const { stream, yields, fails } = byHand();
    const { scrapeInto } = scraped(stream);
    let destroyed = 0;
    const response = Object.assign(new PiecewiseResponse(), {
      destroy() {
        destroyed++;
        response.hangUp();
      },
    });
    await scrapeInto(response);
    await yields('a 1\n');
    await fails(new Error('midway'));
    expect([destroyed, response.writableFinished]).toEqual([1, false]);
  });

  it('midway costs nothing where nothing was sent yet', async () => {
    const { stream, yields, fails } = byHand();
    const { scrapeInto } = scraped(stream);
    const response = await scrapeInto(new FakeResponse());
    await yields('a 1\n');
    await fails(new Error('midway'));
    expect([response.statusCode, response.writableFinished]).toEqual([200, true]);
    expect(response.body).toMatch(PUBLIC);
  });

  it('that hangs is given up after ten seconds, before its first piece and midway', async () => {
    const { seen, stream, yields } = byHand();
    const { scrape, clock, reported } = scraped(stream);
    const early = await scrape();
    await clock.advanceAsync(9_999);
    expect(early.headersSent).toBe(false);
    await clock.advanceAsync(1);
    await settle();
    expect([early.statusCode, early.body]).toEqual([200, expect.stringMatching(PUBLIC) as string]);
    expect(seen.returned).toBe(1);
    const midway = await scrape();
    await yields('a 1\n');
    await clock.advanceAsync(10_000);
    await settle();
    expect([midway.pieces, midway.writableFinished, seen.returned]).toEqual([['a 1\n'], true, 2]);
    expect(reported).toMatchObject([{ code: 'BREAKWATER_W_METRICS_STREAM' }, { code: 'BREAKWATER_W_METRICS_STREAM' }]);
    expect(clock.pending).toBe(0);
  });

  it('a response that throws at a piece ends with it', async () => {
    const { stream, yields } = byHand();
    const { scrapeInto, reported } = scraped(stream);
    const response = new PiecewiseResponse();
    response.write = (): boolean => {
      response.writeHead(200);
      throw new Error('broken pipe');
    };
    await scrapeInto(response);
    await yields('a 1\n');
    expect([response.writableFinished, reported]).toMatchObject([true, [{ message: 'broken pipe' }]]);
  });
});

it('of a MetricsCollector, many series come in many pieces, and are whole', async () => {
  const metrics = new MetricsCollector({ maxSeriesPerMetric: 10_000 });
  const jobs = metrics.counter('jobs_total', { help: 'Jobs.', labels: ['kind'] });
  for (let i = 0; i < 5_000; i++) jobs.inc({ kind: `k${String(i)}` });
  const { hardening } = setup({ metrics });
  const response = new PiecewiseResponse();
  await read(hardening, '/health/metrics', { open: true, response });
  expect(response.pieces.length).toBeGreaterThan(5);
  expect(response.pieces.join('').match(/^jobs_total\{kind="k\d+"\} 1$/gm)).toHaveLength(5_000);
});

it('what a collector fails with shows no secret to a client', async () => {
  using _registered = registerSecret('hunter2-hunter2');
  const { hardening } = setup({
    clock: new ManualClock(),
    metrics: ownMetrics(() => {
      throw new Error('postgres://user:S3CRETPW@host hunter2-hunter2');
    }),
  });
  const { body } = await read(hardening, '/health/metrics', { open: true });
  expect(body).not.toMatch(/S3CRETPW|hunter2/);
});
