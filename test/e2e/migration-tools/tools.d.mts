/** Where to migrate: a PostgreSQL, a file of SQLite, or one in memory. */
export interface Target {
  readonly url?: string;
  readonly file?: string;
  readonly memory?: MemoryDatabase;
}

export interface MemoryDatabase {
  exec(sql: string): unknown;
  close(): void;
}

export interface Tool {
  /** The file of a migration below the folder. */
  fileOf(name: string): string;
  /** What the tool calls it. */
  idOf(name: string): string;
  add(dir: string, name: string, when?: number): void;
  remove(dir: string, name: string): void;
  /** Runs all that are pending. */
  up(target: Target, dir: string): Promise<unknown>;
  /** What the tool itself says is pending, if it says that at all. */
  pending?(target: Target, dir: string): Promise<string[]>;
}

export interface Ordered extends Tool {
  /** Runs all that are pending, told not to check the order. */
  runUnchecked(target: Target, dir: string): Promise<unknown>;
}
export interface NodePgMigrate extends Ordered {
  /** Its command line, which checks the order. */
  command(url: string, dir: string): Promise<unknown>;
  /** Its runner, as it is called without saying anything of the order. */
  runUntold(target: Target, dir: string): Promise<unknown>;
}

export const tools: Readonly<
  Record<'knex' | 'drizzle' | 'drizzle 1' | 'umzug' | 'typeorm', Tool> &
    Record<'node-pg-migrate' | 'node-pg-migrate 9', NodePgMigrate> &
    Record<'kysely', Ordered>
>;
export function memory(): MemoryDatabase;
export function readOnly(file: string): { query(sql: string): unknown; close(): void };
export function execute(file: string, sql: string): void;
export function clients(url: string): Promise<{
  readonly queries: Readonly<Record<string, (sql: string) => unknown>>;
  close(): Promise<unknown>;
}>;
