import { within } from '../../internal/within.js';
import type { TextRow } from '../database/answer.js';
import { DatabaseReader } from '../database/database-reader.js';
import { databaseFailure } from '../database/failure.js';
import { CheckStatus, type DeploymentFinding, shownError, shownText } from '../finding.js';
import { workingDirectory } from '../host.js';
import { compareSchema, RECORD_SCHEMA_DEFAULTS } from '../schema/index.js';
import { type FoundTable, findTables, MOST_ROWS, readLock, readRows, tableOf } from './bookkeeping.js';
import { detect, findSigns, labelsOf, signsIn, toolOfFolder } from './detect.js';
import { FolderError, MigrationFolder } from './disk.js';
import { type Classification, classifyByEither } from './engine.js';
import type { AppliedRow, DiskState } from './entry.js';
import { classFindings, diskFindings, listed, lockFinding } from './findings.js';
import { type ParsedMigrationValidatorOptions } from './options.js';
import { reportOf } from './report-of.js';
import type { MigrationReport } from './report.js';
import { toolNamed } from './tools/catalogue.js';
import { customTool } from './tools/custom.js';
import { drizzleGeneration } from './tools/drizzle.js';
import type { MigrationTool } from './tools/tool.js';

/** One look at the folder and at the database. @internal */
export class Validation {
  readonly #options: ParsedMigrationValidatorOptions;
  readonly #reader: DatabaseReader;
  readonly #folder: MigrationFolder;
  readonly #findings: DeploymentFinding[] = [];

  constructor(options: ParsedMigrationValidatorOptions) {
    this.#options = options;
    this.#reader = new DatabaseReader(options);
    this.#folder = new MigrationFolder(...options.dir);
  }

  async run(): Promise<MigrationReport> {
    const tool = await this.#tool();
    if (tool === undefined) return this.#report(undefined, undefined, undefined, false);
    const disk = await this.#disk(() => tool.disk(this.#folder));
    if (disk !== undefined) this.#judgeFolder(disk, tool);
    const lockTables = tool.locks.flatMap((lock) => (lock.kind === 'table' ? [lock.table(tool.place.table)] : []));
    const tables = await this.#database(() => findTables(this.#reader, [tool.place.table, ...lockTables]));
    if (tables === undefined) return this.#report(tool, undefined, undefined, false);
    const found = tableOf(this.#reader, tables, tool.place);
    const rows = found === undefined ? await this.#withoutTable(tool, tables) : await this.#rows(tool, found, disk);
    const locked = found !== undefined && (await this.#locked(tool, found, tables));
    if (disk === undefined || isUnknown(disk) || rows === undefined)
      return this.#report(tool, found, undefined, locked);
    const { rules } = tool;
    // The order of a tool that is told of is a function of its own, which may throw.
    const classes = await this.#disk(() => Promise.resolve(classifyByEither(disk.migrations, rows, rules)));
    if (classes === undefined) return this.#report(tool, found, undefined, locked);
    const { allowAhead, outOfOrder } = this.#options;
    this.#findings.push(...classFindings(classes, { tool: labelOf(tool), allowAhead, outOfOrder, rules }));
    const compared = await this.#schema(classes, tool);
    return this.#report(tool, found, classes, locked, compared);
  }

  /** The tool that was named or told, or the one that is found. */
  async #tool(): Promise<MigrationTool | undefined> {
    const { tool, table, schema, loadExtensions, ignorePattern } = this.#options;
    const { dialect } = this.#reader;
    if (typeof tool !== 'string') return customTool(tool);
    if (tool !== 'auto')
      return this.#named(tool, { ...(table === undefined ? {} : { table }), schema, loadExtensions, ignorePattern });
    const ofFolder = await this.#disk(async () => ({ tool: await toolOfFolder(this.#folder) }));
    const tables = await this.#database(() => findSigns(this.#reader));
    if (ofFolder === undefined || tables === undefined) return undefined;
    const detected = detect(this.#reader, tables, ofFolder.tool);
    if (detected.tool !== undefined)
      return this.#named(detected.tool, { schema: dialect === 'sqlite' ? undefined : detected.schema });
    this.#fail(
      'tool',
      detected.message,
      "say which tool it is with the option 'tool', or tell of it as an object; and with 'schema' which of several tables",
    );
    return undefined;
  }

  async #named(
    name: Parameters<typeof toolNamed>[0],
    place: Parameters<typeof toolNamed>[1],
  ): Promise<MigrationTool | undefined> {
    const generation =
      name === 'drizzle'
        ? await this.#disk(async () => ({ is: await drizzleGeneration(this.#folder) }))
        : { is: 'journal' as const };
    return generation === undefined ? undefined : toolNamed(name, place, this.#reader.dialect, generation.is);
  }

  /** The folder, and what a path begins at that is relative: nobody sees that in the option. */
  get #dir(): string {
    const { dir } = this.#options;
    const isWhole = dir.every((path) => /^(?:[/\\]|[a-z]:)/i.test(path));
    return `${listed(dir)}${isWhole ? '' : ` below '${shownText(workingDirectory())}'`}`;
  }

  #judgeFolder(disk: DiskState, tool: MigrationTool): void {
    const { migrations, problems } = disk;
    this.#findings.push(...diskFindings(disk, labelOf(tool), shownText(this.#options.dir[0] ?? '')));
    if (migrations.length > 0 || problems.length > 0) return;
    this.#fail(
      'empty',
      `there is no migration in ${this.#dir}`,
      'see that the build ships the folder, and that the option names it',
    );
  }

  async #withoutTable(tool: MigrationTool, tables: readonly FoundTable[]): Promise<readonly AppliedRow[] | undefined> {
    const { table, schema } = tool.place;
    const unseen = tables.filter(
      (one) => one.table === table && tool.columns.every((column) => one.columns.includes(column)),
    );
    if (unseen.length > 0 && schema === undefined) {
      // The role may have no right to use the schema, or another search path than the service: which, is not known.
      const where = listed(unseen.map((one) => one.schema ?? ''));
      this.#crash(
        `the table '${shownText(table, 100)}' is in the schema ${where}, which this role does not look into`,
        "name it with 'schema', and grant USAGE on it",
      );
      return undefined;
    }
    const all = await this.#database(() => findSigns(this.#reader));
    if (all === undefined) return undefined;
    const others = signsIn(this.#reader, all);
    this.#findings.push({
      id: 'migrations.no-table',
      status: CheckStatus.WARN,
      message: `the table '${shownText(table, 100)}' is not there: nothing was ever applied`,
      hint:
        others.length > 0
          ? `the database has the table of ${labelsOf(others)}: see that the options 'tool', 'table' and 'schema' are right`
          : 'that is right for a new database; otherwise see that it is the right one',
    });
    return [];
  }

  async #rows(
    tool: MigrationTool,
    found: FoundTable,
    disk: DiskState | undefined,
  ): Promise<readonly AppliedRow[] | undefined> {
    if (!this.#isRead(found)) return undefined;
    const missing = tool.columns.filter((column) => !found.columns.includes(column));
    if (missing.length > 0) {
      const shown = missing.map((column) => `'${shownText(column, 60)}'`).join(', ');
      this.#fail(
        'tool',
        `the table '${shownText(tool.place.table, 100)}' has no column ${shown}: it is not one of ${labelOf(tool)}`,
        "see that the options 'tool', 'table' and 'schema' are right",
      );
      return undefined;
    }
    const rows = await this.#database(() => readRows(this.#reader, tool, found));
    if (rows !== undefined && rows.length > MOST_ROWS) {
      this.#crash(`the table of ${labelOf(tool)} has more than ${String(MOST_ROWS)} rows`);
      return undefined;
    }
    if (rows !== undefined) this.#judgeRows(tool, rows);
    return rows === undefined || disk === undefined ? undefined : tool.rows(rows, disk);
  }

  /** Whether it may be read: what it takes to read a view is not known, and nothing of it may run. */
  #isRead({ table, isTable, isHidden }: FoundTable): boolean {
    if (isHidden) {
      this.#crash(
        `row level security may hide rows of '${shownText(table, 100)}' from this role: nobody knows what is in it`,
        'look as its owner (unless it is forced), as a role with BYPASSRLS, or with a policy FOR SELECT USING (true)',
      );
      return false;
    }
    if (isTable) return true;
    const message = `'${shownText(table, 100)}' is a view or something else than a table, and is not read`;
    this.#fail('table', message, 'name the table itself, with the options table and schema');
    return false;
  }

  /** Rows that the tool itself cannot have written. */
  #judgeRows(tool: MigrationTool, rows: readonly TextRow<string>[]): void {
    for (const column of tool.filled) {
      const empty = rows.filter((row) => row[column] === null).length;
      if (empty === 0) continue;
      this.#fail(
        'table',
        `${String(empty)} of ${String(rows.length)} rows in the table of ${labelOf(tool)} have no '${shownText(column, 60)}'`,
        `${labelOf(tool)} always writes one, and may do things twice or never without it: find out who wrote the row`,
      );
    }
  }

  async #locked(tool: MigrationTool, main: FoundTable, tables: readonly FoundTable[]): Promise<boolean> {
    let locked = false;
    for (const lock of tool.locks) {
      const table =
        lock.kind === 'table'
          ? tableOf(this.#reader, tables, { table: lock.table(tool.place.table), schema: main.schema })
          : undefined;
      if (table !== undefined && !this.#isRead(table)) continue;
      const state = await this.#database(() => readLock(this.#reader, lock, main, table));
      const finding = lockFinding(state ?? 'free', labelOf(tool));
      if (finding === undefined) continue;
      this.#findings.push(finding);
      locked = true;
    }
    return locked;
  }

  /** Holds the schema against what is expected of it, unless what is pending explains any difference. */
  async #schema({ pending }: Classification, { place }: MigrationTool): Promise<string | undefined> {
    const { expected, ignoreTables = [] } = this.#options;
    if (expected === undefined) return undefined;
    if (pending.length > 0) return 'the schema is compared once they are applied';
    const { maxTables } = RECORD_SCHEMA_DEFAULTS;
    // The tool's own table is no part of the model, whatever it was configured to be called.
    const ignored = [...ignoreTables, place.table];
    const findings = await compareSchema(expected, this.#reader, { ignoreTables: ignored, maxTables });
    const wrong = findings.filter(({ status }) => status !== CheckStatus.PASS);
    // What is in order has its place beside what is not, so that nobody takes it for left out.
    this.#findings.push(...(wrong.length > 0 || this.#findings.length > 0 ? findings : []));
    return wrong.length === 0 ? 'the schema is as expected' : differenceText(wrong);
  }

  #report(
    tool: MigrationTool | undefined,
    found: FoundTable | undefined,
    classes: Classification | undefined,
    locked: boolean,
    compared?: string,
  ): MigrationReport {
    const { name } = this.#options;
    const { guard } = this.#reader;
    return reportOf({ name, findings: this.#findings, tool: tool?.name, found, classes, locked, guard, compared });
  }

  /** What the folder says, or nothing and a finding. */
  async #disk<T>(read: () => Promise<T>): Promise<T | undefined> {
    const { clock, timeoutMs } = this.#options;
    const late = (): FolderError => new FolderError(`it took longer than ${String(timeoutMs)} ms`);
    const outcome = await within(clock, timeoutMs, late, read);
    if (outcome.status === 'done') return outcome.value;
    const error = outcome.status === 'failed' ? outcome.error : late();
    this.#crash(
      `${this.#dir} cannot be read: ${shownError(error)}`,
      'see that the build ships the folder, and that the option names it',
    );
    return undefined;
  }

  /** What the database says, or nothing and a finding. */
  async #database<T>(read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      const { message, hint } = databaseFailure(error);
      this.#crash(`the database cannot be read: ${message}`, hint);
      return undefined;
    }
  }

  #fail(kind: string, message: string, hint: string): void {
    this.#findings.push({ id: `migrations.${kind}`, status: CheckStatus.FAIL, message, hint });
  }

  #crash(message: string, hint?: string): void {
    if (this.#findings.some((finding) => finding.message === message)) return;
    this.#findings.push({
      id: 'migrations.unreadable',
      status: CheckStatus.FAIL,
      message,
      ...(hint === undefined ? {} : { hint }),
      crashed: true,
    });
  }
}

/** Whether nothing of the folder is known: against that, all that was applied would seem to be ahead. */
function isUnknown({ migrations, problems }: DiskState): boolean {
  return migrations.length === 0 && problems.some(({ kind }) => kind !== 'skipped');
}

function labelOf({ name }: MigrationTool): string {
  return name === 'custom' ? 'the tool' : name;
}

/** What is different, by kind. @internal */
export function differenceText(wrong: readonly DeploymentFinding[]): string {
  return `the schema is not as expected: ${wrong.map(({ id }) => id.replace('schema.', '')).join(', ')}`;
}
