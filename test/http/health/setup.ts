import { createHardening, type Hardening, type HardeningOptions, type HttpMetrics } from 'breakwater/http';
import { ManualClock } from 'breakwater/testing';
import { ask, type Asked, FakeResponse } from '../exchange.js';

export const TOKEN = 'correct-horse-battery-staple';

export function setup(options: HardeningOptions = {}) {
  const clock = new ManualClock({ now: 1_000, wallNow: 1_700_000_000_000 });
  const reported: unknown[] = [];
  const hardening = createHardening({
    clock,
    authorize: TOKEN,
    onListenerError: (error) => reported.push(error),
    ...options,
  });
  return { clock, reported, hardening };
}

export interface Reading extends Asked {
  readonly accept?: string | undefined;
  /** Whether the request has the token. */
  readonly open?: boolean;
}

/** The request of a route, with what its client wants and is. */
export function asked({ accept, open = false, headers = {}, ...rest }: Reading = {}): Asked {
  return {
    ...rest,
    headers: {
      ...headers,
      ...(accept === undefined ? {} : { accept }),
      ...(open ? { authorization: `Bearer ${TOKEN}` } : {}),
    },
  };
}

/** Lets everything happen that takes no time. */
export async function settle(turns = 20): Promise<void> {
  for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** Asks a route and waits for its answer. */
export async function read(hardening: Hardening, path: string, reading: Reading = {}): Promise<FakeResponse> {
  const response = await ask(hardening, path, asked(reading));
  for (let i = 0; i < 10_000 && !response.writableFinished; i++) await settle(1);
  return response;
}

/** A response that takes pieces, as a socket does. */
export class PiecewiseResponse extends FakeResponse {
  readonly pieces: string[] = [];
  /** Whether it takes more for now. */
  takes = true;

  write(chunk: string): boolean {
    if (!this.headersSent) this.writeHead(this.statusCode);
    this.pieces.push(chunk);
    return this.takes;
  }

  /** Takes more again. */
  drain(): void {
    this.takes = true;
    this.emit('drain');
  }

  /** The client hangs up. */
  hangUp(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

/** A collector of the service's own, whose text is what the test says. */
export function ownMetrics(stream: HttpMetrics['stream']): HttpMetrics & { sources: (() => Iterable<object>)[] } {
  const instrument = {
    observe: () => undefined,
    inc: () => undefined,
    dec: () => undefined,
    bind: () => ({ observe: () => undefined, inc: () => undefined, dec: () => undefined }),
  };
  const sources: (() => Iterable<object>)[] = [];
  return {
    kind: 'metrics-collector',
    histogram: () => instrument,
    counter: () => instrument,
    gauge: () => instrument,
    collectFrom(source) {
      sources.push(source);
      return () => undefined;
    },
    stream,
    sources,
  };
}
