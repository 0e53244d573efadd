import type { Clock } from '../../core/clock.js';
import { within } from '../../internal/within.js';
import { rowsIn, type TextRow } from './answer.js';
import { type DatabaseDialect, type DatabaseQuery, guarded, wrapped } from './dialect.js';
import { QueryAnswerError, QueryTimeoutError } from './errors.js';

/** What a {@link DatabaseReader} is made of. @internal */
export interface DatabaseReaderOptions {
  readonly query: DatabaseQuery;
  readonly dialect: DatabaseDialect;
  /** The longest one read may take, in ms. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** Bounds of one read. @internal */
export interface ReadLimits {
  /** Rows beyond are not read; a caller who must know asks for one more than it takes. @defaultValue `10_000` */
  readonly maxRows?: number;
  /** Characters of a cell beyond are cut off. @defaultValue `2_000` */
  readonly maxLength?: number;
}

/**
 * How reads are kept from writing. `transaction`: each in a read-only transaction with time limits of the server.
 * `select`: each is a lone `SELECT`, since the client takes no more than one statement, or SQLite has nothing else.
 * @internal
 */
export type ReadGuard = 'transaction' | 'select';

/**
 * Reads a database through a query function and never writes. It asks for one statement at a time, since the function may
 * go to a pool: what one text begins another could not end.
 * @internal
 */
export class DatabaseReader {
  readonly dialect: 'postgresql' | 'sqlite';
  readonly #options: DatabaseReaderOptions;
  #guard: ReadGuard;

  constructor(options: DatabaseReaderOptions) {
    this.#options = options;
    this.dialect = options.dialect === 'sqlite' ? 'sqlite' : 'postgresql';
    this.#guard = this.dialect === 'sqlite' ? 'select' : 'transaction';
  }

  /** How the reads so far were kept from writing. */
  get guard(): ReadGuard {
    return this.#guard;
  }

  /**
   * The rows of a `SELECT`, every cell as text or `null`.
   *
   * @param columns - the names that `select` gives its columns.
   * @param select - one select without a semicolon; names and texts in it are quoted with `identifier` and `literal`.
   * @throws {@link QueryTimeoutError} when it took too long.
   * @throws {@link QueryAnswerError} when the function answered something else than rows.
   * @throws what the query function throws.
   */
  async read<const C extends string>(
    columns: readonly C[],
    select: string,
    { maxRows = 10_000, maxLength = 2_000 }: ReadLimits = {},
  ): Promise<readonly TextRow<C>[]> {
    const statement = wrapped(this.dialect, { columns, select, maxRows, maxLength });
    if (this.#guard === 'transaction') {
      const rows = await this.#guarded(columns, statement);
      if (rows !== undefined) return rows;
    }
    const rows = rowsIn(await this.#send(statement), columns);
    if (rows === undefined) throw new QueryAnswerError('the query function answered something else than rows');
    // Only now is it known that the other way was not the fault.
    this.#guard = 'select';
    return rows;
  }

  /** Nothing when the client takes no more than one statement, or answers only with the result of the first. */
  async #guarded<C extends string>(
    columns: readonly C[],
    statement: string,
  ): Promise<readonly TextRow<C>[] | undefined> {
    try {
      return rowsIn(await this.#send(guarded(statement, this.#options.timeoutMs)), columns);
    } catch (error) {
      if (refusesSeveral(error)) return undefined;
      throw error;
    }
  }

  async #send(sql: string): Promise<unknown> {
    const { clock, timeoutMs, query } = this.#options;
    const late = (): QueryTimeoutError => new QueryTimeoutError(`a read took longer than ${String(timeoutMs)} ms`);
    const outcome = await within(clock, timeoutMs, late, () => query(sql));
    if (outcome.status === 'done') return outcome.value;
    throw outcome.status === 'failed' ? outcome.error : late();
  }
}

/** Source: PostgreSQL's exec_parse_message, which only clients of the extended protocol get to see. */
const SEVERAL = /cannot insert multiple commands into a prepared statement/i;

/** Whether it is the refusal of several statements, however a client has wrapped it. */
function refusesSeveral(error: unknown): boolean {
  let at: unknown = error;
  for (let depth = 0; depth < 5 && typeof at === 'object' && at !== null; depth++) {
    try {
      const { message, code, cause, meta } = at as Readonly<Record<string, unknown>>;
      if (typeof message === 'string' && SEVERAL.test(message)) return true;
      // The code says syntax error, which the lone statement would meet as well.
      if (code === '42601' || (meta as { code?: unknown } | undefined)?.code === '42601') return true;
      at = cause;
    } catch {
      return false;
    }
  }
  return false;
}
