import type { IncomingMessage } from 'node:http';
import { CircuitBreaker, type CircuitState } from 'breakwater/circuit-breaker';
import { isBreakwaterError } from 'breakwater/core';
import { databaseCheck, HealthCheckService } from 'breakwater/health';
import pg from 'pg';
import type { DatabaseAddress } from './database.js';
import type { Observability } from './observability.js';

/** What a route answers, before any framework is involved. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

/** A route of the service; it gets the request as Node has it, whatever the framework. */
export type Route = (request: IncomingMessage) => Reply | Promise<Reply>;

/** Shows component names and details on the health routes; without it they show status words only. */
export const HEALTH_TOKEN = 'breakwater-demo-token';

/** Everything of the service but the framework. */
export class Backend {
  readonly breaker = new CircuitBreaker({ name: 'database', recoveryTimeoutMs: 3_000 });
  readonly health = new HealthCheckService();
  /** Queries that the breaker let through, by its state at that moment. */
  readonly admitted = new Map<CircuitState, number>();
  readonly #pool: pg.Pool;
  readonly #db: pg.Pool;
  /** The health check has a connection of its own, so that it neither waits behind the visitors nor acts as a probe. */
  readonly #healthPool: pg.Pool;
  readonly #observability: Observability;
  readonly #where: string;

  constructor(address: DatabaseAddress, observability: Observability) {
    this.#observability = observability;
    const { user, password, host, port, database } = address;
    this.#where = `postgres://${user}:${password}@${host}:${String(port)}/${database}`;
    const patience = { connectionTimeoutMillis: 500, query_timeout: 500 };
    this.#pool = new pg.Pool({ ...address, ...patience, max: 10 });
    this.#healthPool = new pg.Pool({ ...address, ...patience, max: 1 });
    for (const pool of [this.#pool, this.#healthPool]) {
      // An idle connection that breaks is replaced by the next query; without a listener it would end the process.
      pool.on('error', () => undefined);
    }
    this.#db = this.breaker.protect(this.#counted(this.#pool), { only: ['query'] });
    this.health.register(
      'database',
      databaseCheck(() => this.#healthPool.query('select 1')),
      { critical: true },
    );
    observability.show(this.breaker, this.health);
  }

  /** Makes the table that the service reads. */
  async prepare(): Promise<void> {
    await this.#pool.query('create table if not exists users (id int primary key, name text not null)');
    await this.#pool.query(
      "insert into users select n, 'user ' || n from generate_series(1, 1000) n on conflict do nothing",
    );
  }

  /** The routes, by method and path. */
  readonly routes: Readonly<Record<string, Route>> = {
    'GET /api/users': () => this.#listUsers(),
    'GET /api/health': () => ({ status: 200, headers: {}, body: { service: 'up' } }),
    'POST /api/feedback': (request) => this.#takeFeedback(request),
  };

  async close(): Promise<void> {
    await Promise.all([this.#pool.end(), this.#healthPool.end()]);
  }

  async #listUsers(): Promise<Reply> {
    const { durations, logger } = this.#observability;
    const startedMs = performance.now();
    const timing = () => ({ 'Server-Timing': `db;dur=${(performance.now() - startedMs).toFixed(3)}` });
    try {
      const { rows } = await this.#db.query(
        'select id, name, count(*) over () as total from users order by id limit 20',
      );
      return { status: 200, headers: timing(), body: { users: rows } };
    } catch (error) {
      // That the circuit refuses is told by the circuit.
      if (!isBreakwaterError(error, 'BREAKWATER_CIRCUIT_OPEN')) logger.error('query failed', error);
      const headers = { ...timing(), 'Retry-After': String(retryAfterSeconds(error)) };
      return { status: 503, headers, body: { error: 'the database does not answer' } };
    } finally {
      durations.record('db.query_ms', performance.now() - startedMs);
    }
  }

  /**
   * Somebody looked for a fault here once, and logs all that comes in, and where it was to go. It is in the demo to show
   * that secrets reach no line all the same.
   */
  async #takeFeedback(request: IncomingMessage): Promise<Reply> {
    const { logger } = this.#observability;
    const text = await bodyOf(request);
    if (text === undefined) return { status: 413, headers: { Connection: 'close' }, body: { error: 'too long' } };
    const { url, headers } = request;
    logger.userAction('feedback', { url, headers, text, parsed: parsed(text) });
    logger.error('feedback not stored', new Error(`there is no table for it at ${this.#where}; it was: ${text}`));
    return { status: 202, headers: {}, body: { taken: true } };
  }

  #counted(pool: pg.Pool): pg.Pool {
    const query = pool.query.bind(pool) as (...args: unknown[]) => unknown;
    const counted = (...args: unknown[]): unknown => {
      const { state } = this.breaker;
      this.admitted.set(state, (this.admitted.get(state) ?? 0) + 1);
      return query(...args);
    };
    return Object.assign(pool, { query: counted });
  }
}

/** A refusing breaker knows when to come back; any other failure may be over in a second. */
function retryAfterSeconds(error: unknown): number {
  if (!isBreakwaterError(error, 'BREAKWATER_CIRCUIT_OPEN')) return 1;
  const { retryAfterMs = 1_000 } = error as { retryAfterMs?: number };
  return Math.max(1, Math.ceil(retryAfterMs / 1_000));
}

const LONGEST_BODY = 10_000;

/** The body as text; `undefined` for one that is too long. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LONGEST_BODY) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
