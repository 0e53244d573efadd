import type { Clock } from '../../core/clock.js';
import type { RequestView, ResponseShape } from '../exchange.js';
import { whenOver } from '../record/connection.js';
import { type SharedStream, STALLED_MS, type StreamReader } from './shared-stream.js';

/**
 * Sends what a reader gives, no faster than the client takes it; whoever hangs up, or takes nothing for long, is read for no
 * more. A text that breaks off on its way ends as an answer that is not whole.
 *
 * @param begin - sets status and headers.
 * @returns whether there was anything to send: a text that breaks off before its first piece is none.
 * @internal
 */
export async function sendStream(
  request: RequestView,
  { stream, reader }: { readonly stream: SharedStream; readonly reader: StreamReader },
  clock: Clock,
  begin: (response: ResponseShape) => void,
): Promise<boolean> {
  const { response } = request.exchange;
  const client = new Client(request, clock, reader);
  try {
    if (client.isGone() || hasBegun(response)) return true;
    const first = await reader.next();
    if (client.isGone() || hasBegun(response)) return true;
    if (first === undefined && stream.hasFailed()) return false;
    if (response.write === undefined) return await sendWhole(response, first, stream, reader, begin);
    begin(response);
    for (let text = first; text !== undefined && !client.isGone(); text = await reader.next()) {
      if (!response.write(text)) await client.takesMore();
    }
    if (client.isGone()) return true;
    if (stream.hasFailed()) client.giveUp();
    else response.end();
    return true;
  } catch (error) {
    if (response.headersSent) client.giveUp();
    throw error;
  } finally {
    reader.leave();
  }
}

function hasBegun({ headersSent }: ResponseShape): boolean {
  return headersSent;
}

/** For a response that has no way to send pieces. */
async function sendWhole(
  response: ResponseShape,
  first: string | undefined,
  stream: SharedStream,
  reader: StreamReader,
  begin: (response: ResponseShape) => void,
): Promise<boolean> {
  const pieces: string[] = [];
  for (let text = first; text !== undefined; text = await reader.next()) pieces.push(text);
  if (stream.hasFailed()) return false;
  if (response.headersSent) return true;
  begin(response);
  response.end(pieces.join(''));
  return true;
}

/** Whoever an answer is sent to, piece by piece. */
class Client {
  readonly #response: ResponseShape;
  readonly #clock: Clock;
  #isGone: boolean;
  #wake: (() => void) | undefined;

  constructor({ exchange }: RequestView, clock: Clock, reader: StreamReader) {
    const { response } = exchange;
    this.#response = response;
    this.#clock = clock;
    this.#isGone = response.destroyed === true || response.closed === true;
    whenOver(exchange, () => {
      this.#isGone = true;
      // At once: nothing may be collected for nobody.
      reader.leave();
      this.#wake?.();
    });
  }

  isGone(): boolean {
    return this.#isGone;
  }

  /** Waits until it has taken what was sent, or is gone. */
  takesMore(): Promise<void> {
    if (this.#isGone) return Promise.resolve();
    return new Promise((resolve) => {
      const cancelTimer = this.#clock.schedule(
        () => {
          this.giveUp();
          this.#isGone = true;
          resolve();
        },
        STALLED_MS,
        { hold: true },
      );
      this.#wake = () => {
        cancelTimer();
        resolve();
      };
      this.#response.once('drain', this.#wake);
    });
  }

  /** The client must be able to tell that something is missing, where there is a way. */
  giveUp(): void {
    if (this.#response.destroy !== undefined) this.#response.destroy();
    else this.#response.end();
  }
}
