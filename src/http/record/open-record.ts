import { redactName } from '../../core/redaction.js';
import type { Recording, RequestView, ResponseShape, Told } from '../exchange.js';
import { atHead } from '../headers/at-head.js';
import { isWhole, whenOver } from './connection.js';
import type { RecordTeller, RequestKind, RequestRecord } from './request-record.js';
import type { ShownExtras } from './shown-extras.js';
import { shownPath } from './shown-path.js';

const CLIENT_HUNG_UP = 499;
const SERVER_FAILED = 500;
const LONGEST_METHOD = 32;
const EVENT_STREAM = /^\s*text\/event-stream\b/i;
const LONGEST_ROUTE = 200;

/** How a pipeline wants a request to be recorded. @internal */
export interface RecordSettings {
  readonly slowRequestMs: number;
  readonly extras: ShownExtras | undefined;
  /** Reads the time; never fails. */
  readonly now: () => number;
  /** Hears of what is thrown by whoever is told, and by the framework. */
  readonly failed: (error: unknown) => void;
}

/**
 * The record of a request while it goes on. It is closed once, when the response is over in whatever way; whoever wants to
 * be told joins it, however many middlewares there are.
 * @internal
 */
export class OpenRecord implements Recording {
  readonly #request: RequestView;
  readonly #startedAtMs: number;
  readonly #settings: RecordSettings;
  readonly #tellers: RecordTeller[] = [];
  /** The same by the pipelines that want them told: most of the time one. */
  readonly #byTold = new Map<Told, RecordTeller[]>();
  #firstByteAtMs: number | undefined;
  /** Whether nobody was there any more when the answer began: what it says then, nobody was told. */
  #isUnheard = false;
  #route: string | undefined;
  #kind: RequestKind;

  constructor(request: RequestView, settings: RecordSettings) {
    this.#request = request;
    this.#settings = settings;
    this.#startedAtMs = settings.now();
    this.#kind = request.kind;
    request.noteAddress();
    atHead(request, (response) => {
      this.#begin(response);
    });
    whenOver(request.exchange, (isHandedOver) => {
      this.#close(isHandedOver);
    });
  }

  join(teller: RecordTeller, told: Told): void {
    for (const { does, target } of this.#tellers) if (does === teller.does && target === teller.target) return;
    this.#tellers.push(teller);
    const own = this.#byTold.get(told);
    if (own === undefined) this.#byTold.set(told, [teller]);
    else own.push(teller);
    if (teller.opened !== undefined) this.#safely(() => teller.opened?.(this.#request.method));
  }

  #begin(response: ResponseShape): void {
    this.#firstByteAtMs = this.#settings.now();
    this.#isUnheard = this.#request.exchange.socket?.destroyed === true;
    this.#look(response);
  }

  /** Who answers is known best when the answer begins: later the framework may have gone on. */
  #look(response: ResponseShape): void {
    const { exchange } = this.#request;
    this.#route ??= this.#request.state.route ?? this.#safely(() => routeOf(exchange.route?.()));
    if (this.#kind !== 'response') return;
    if (response.statusCode === 101) this.#kind = 'upgrade';
    const type = response.getHeader?.('content-type');
    if (typeof type === 'string' && EVENT_STREAM.test(type)) this.#kind = 'stream';
  }

  #close(isHandedOver: boolean): void {
    const record = this.#record(isHandedOver);
    for (const [told, tellers] of this.#byTold) {
      told(this.#request.exchange.response, () => {
        for (const teller of tellers) {
          this.#safely(() => {
            teller.closed(record, this.#tellers);
          });
        }
      });
    }
  }

  /** Nobody hears of what is thrown where an event is emitted but the process, which ends. */
  #safely<T>(fn: () => T): T | undefined {
    try {
      return fn();
    } catch (error) {
      this.#settings.failed(error);
      return undefined;
    }
  }

  /** Written out member by member: with spreading the record costs more than all who are told of it. */
  #record(isHandedOver: boolean): RequestRecord {
    const { exchange } = this.#request;
    const { response } = exchange;
    const broken = brokenBy(response);
    const { state } = this.#request;
    const { id, trace, refusedBy, error = this.#safely(() => exchange.error?.()) ?? broken } = state;
    const { method, path, address } = this.#request;
    // What is said in the call that begins the answer, its status and its type, is known only afterwards.
    this.#look(response);
    const { slowRequestMs, extras, now } = this.#settings;
    const durationMs = toMicroseconds(now() - this.#startedAtMs);
    const aborted = this.#isUnheard || !(isHandedOver || isWhole(response));
    const bodyBytes = aborted ? undefined : bodyBytesOf(method, response);

    const record: Partial<Draft> = {};
    if (id !== undefined) record.id = id;
    if (trace !== undefined) {
      record.traceId = trace.traceId;
      record.spanId = trace.spanId;
    }
    record.method = method.slice(0, LONGEST_METHOD);
    record.path = shownPath(path);
    if (this.#route !== undefined) record.route = this.#route;
    if (address !== undefined) record.address = address;
    const unanswered = broken === undefined ? CLIENT_HUNG_UP : SERVER_FAILED;
    record.status = this.#isUnheard || (aborted && !response.headersSent) ? unanswered : response.statusCode;
    record.kind = this.#kind;
    record.aborted = aborted;
    record.durationMs = durationMs;
    if (this.#firstByteAtMs !== undefined) {
      record.firstByteMs = toMicroseconds(this.#firstByteAtMs - this.#startedAtMs);
    }
    if (bodyBytes !== undefined) record.bodyBytes = bodyBytes;
    record.slow = this.#kind === 'response' && durationMs > slowRequestMs;
    if (refusedBy !== undefined) record.refusedBy = refusedBy;
    const shown = extras && this.#safely(() => extras.of(this.#request));
    if (shown !== undefined) Object.assign(record, shown);
    if (error !== undefined) record.error = error.thrown;
    return Object.freeze(record as Draft);
  }
}

type Draft = { -readonly [K in keyof RequestRecord]: RequestRecord[K] };

/** What is smaller tells nothing, and is a dozen digits in each line. */
function toMicroseconds(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}

/** What no route answered is told apart from what nobody knows the route of. */
function routeOf(route: string | null | undefined): string | undefined {
  return route === null ? 'unmatched' : route === undefined ? undefined : redactName(route, LONGEST_ROUTE);
}

/** Only what was really sent: a length may be announced and nothing sent of it. */
function bodyBytesOf(method: string, response: ResponseShape): number | undefined {
  const { statusCode } = response;
  if (method === 'HEAD' || statusCode === 204 || statusCode === 304) return 0;
  const length = response.getHeader?.('content-length');
  return /^\d{1,15}$/.test(String(length)) ? Number(length) : undefined;
}

/** What the service gave an answer up for, where its stream knows; that the client hung up is none of it. */
function brokenBy({ errored }: ResponseShape): { readonly thrown: unknown } | undefined {
  if (errored === undefined || errored === null) return undefined;
  return HUNG_UP.includes((errored as { readonly code?: unknown }).code) ? undefined : { thrown: errored };
}

/** What Node calls a client that is gone; later lines of it give up the answers that waited for their turn so. */
const HUNG_UP: readonly unknown[] = ['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE'];
