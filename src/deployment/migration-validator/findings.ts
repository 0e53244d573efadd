import { CheckStatus, type DeploymentFinding, shownText } from '../finding.js';
import { type Classification, isRenamed, withoutScriptEnding } from './engine.js';
import type { DiskState, OrderRules } from './entry.js';
import type { LockState } from './bookkeeping.js';
import { isTolerated, type MigrationValidatorOptions } from './options.js';

const SHOWN = 5;

/** The first few names, and how many more there are. @internal */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).map((name) => (name === '' ? '(no name)' : `'${shownText(name, 100)}'`));
  const more = names.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${String(more)} more` : ''}`;
}

/** `1 migration is`, `2 migrations are`. */
function are(names: readonly unknown[], [one, many]: readonly [string, string] = ['is', 'are']): string {
  return names.length === 1 ? `1 migration ${one}` : `${String(names.length)} migrations ${many}`;
}

/** What is told of, about one tool. @internal */
export interface Told {
  readonly tool: string;
  readonly allowAhead: boolean;
  readonly outOfOrder: MigrationValidatorOptions['outOfOrder'];
  readonly rules: Pick<OrderRules, 'late' | 'fileless' | 'isOneCheck'>;
}

/** How each tool runs what is pending, for the hint. */
const COMMANDS: Readonly<Record<string, string>> = /* @__PURE__ */ Object.freeze({
  knex: 'knex migrate:latest',
  prisma: 'prisma migrate deploy',
  sequelize: 'sequelize db:migrate',
  drizzle: 'drizzle-kit migrate',
  'node-pg-migrate': 'node-pg-migrate up',
  typeorm: 'typeorm migration:run',
});

/** What makes a tool run it nevertheless. */
const UNLESS: Readonly<Record<string, string>> = /* @__PURE__ */ Object.freeze({
  kysely: 'it has allowUnorderedMigrations',
  'node-pg-migrate': 'its command has --no-check-order, or its runner has checkOrder: false (or none before version 8)',
});

/** What the classification has to say; what keeps others from being run comes before what is pending. @internal */
export function classFindings(found: Classification, told: Told): DeploymentFinding[] {
  const command = COMMANDS[told.tool];
  const { late, fileless } = refusals(told);
  const outOfOrder = told.outOfOrder ?? (late ? 'fail' : 'warn');
  const findings: DeploymentFinding[] = [];
  const add = (names: readonly unknown[], finding: () => DeploymentFinding): void => {
    if (names.length > 0) findings.push(finding());
  };
  add(found.failed, () => ({
    id: 'migrations.failed',
    status: CheckStatus.FAIL,
    message: `${are(found.failed, ['was', 'were'])} begun and not brought to an end: ${listed(found.failed)}`,
    hint: 'the database may have half of it: look, repair it by hand, and then tell the tool what has become of it',
  }));
  add(found.edited, () => ({
    id: 'migrations.edited',
    status: CheckStatus.FAIL,
    message: `${are(found.edited, ['was', 'were'])} edited after being applied: ${listed(found.edited)}`,
    hint: 'put back the file that was applied, and make a new migration of what was changed',
  }));
  add(found.skipped, () => ({
    id: 'migrations.skipped',
    status: CheckStatus.FAIL,
    message: `${are(found.skipped)} older than the newest that is applied, so that ${told.tool} will never run ${found.skipped.length === 1 ? 'it' : 'them'}: ${listed(found.skipped)}`,
    hint: 'take it out, with its entry in the journal, and generate it again, so that it is newer than all that are applied',
  }));
  add(outOfOrder === 'allow' ? [] : found.outOfOrder, () => ({
    id: 'migrations.out-of-order',
    status: outOfOrder === 'fail' ? CheckStatus.FAIL : CheckStatus.WARN,
    message: `${are(found.outOfOrder, ['comes', 'come'])} before one that was applied earlier: ${listed(found.outOfOrder)}`,
    hint: late
      ? `${told.tool} runs nothing until that is resolved${unlessOf(told.tool)}; give it a later name if it is pending`
      : `${told.tool} runs it nevertheless; on a new database the order will be another, so see that both come to the same${outOfOrder === 'fail' ? ', or give it a later name while it is pending' : ''}`,
  }));
  add(found.missing, () => ({
    id: 'migrations.missing',
    status: fileless || !told.allowAhead ? CheckStatus.FAIL : CheckStatus.WARN,
    message: `${are(found.missing, ['was', 'were'])} applied, and the file is missing: ${listed(found.missing)}`,
    hint: `${differInEnding(found) ? 'some differ from pending ones in their ending only: ship what the tool was run on, sources or compiled' : 'restore the file as it was applied'}; ${fileless ? `${told.tool} runs nothing until then` : 'a new database would lack what it did'}`,
  }));
  add(found.ahead, () => ({
    id: 'migrations.ahead',
    status: (fileless && found.pending.length > 0) || !told.allowAhead ? CheckStatus.FAIL : CheckStatus.WARN,
    message: `${are(found.ahead)} applied and not in the folder: ${listed(found.ahead)}`,
    hint: `a newer build has migrated the database; see that this build can live with it${fileless ? `, and note that ${told.tool} applies nothing from this folder` : ''}`,
  }));
  // To run the tool is no cure for what it skips.
  const pending = found.pending.filter((name) => !found.skipped.includes(name));
  add(pending, () => ({
    id: 'migrations.pending',
    status: CheckStatus.FAIL,
    message: `${are(pending)} pending: ${listed(pending)}`,
    hint: `${found.skipped.length > 0 ? 'once what is skipped is resolved, ' : ''}apply ${pending.length === 1 ? 'it' : 'them'} before this build starts${command === undefined ? '' : `: ${command}`}`,
  }));
  add(found.repeated, () => ({
    id: 'migrations.duplicate',
    status: CheckStatus.FAIL,
    message: `${are(found.repeated, ['is', 'are'])} in the table more than once: ${listed(found.repeated)}`,
    hint: 'two have migrated at once, or a row was added by hand: see what was done twice, and leave one row',
  }));
  found.duplicates.slice(0, SHOWN).forEach((group) => {
    const one = new Set(group.map(({ id }) => id)).size === 1;
    findings.push({
      id: 'migrations.duplicate',
      status: CheckStatus.FAIL,
      message: one
        ? `${String(group.length)} files are one migration to ${told.tool}: ${listed(group.map(({ file }) => file))}`
        : `${are(group, ['has', 'have'])} the number ${shownText(group[0]?.prefix ?? '', 40)}, as two branches make them: ${listed(group.map(({ id }) => id))}`,
      hint: one ? 'keep one of them' : 'give one of them a new number, after having decided which comes first',
    });
  });
  return findings;
}

/** What the tool runs nothing for, as it is told. */
function refusals({ rules, outOfOrder }: Told): { readonly late: boolean; readonly fileless: boolean } {
  const isTold = isTolerated(outOfOrder);
  return {
    late: rules.late === 'refuses' && !isTold,
    fileless: rules.fileless === 'refuses' && !(isTold && rules.isOneCheck === true),
  };
}

function unlessOf(tool: string): string {
  const unless = UNLESS[tool];
  return unless === undefined ? '' : `, unless ${unless}: then say so with the option outOfOrder`;
}

function differInEnding({ pending, missing }: Classification): boolean {
  const waiting = new Set(pending.map(withoutScriptEnding));
  return missing.some((name) => isRenamed(name, waiting));
}

/** What the folder has to say. @internal */
export function diskFindings({ problems, ignored }: DiskState, tool: string, dir: string): DeploymentFinding[] {
  const hints = {
    journal: 'restore it from version control, or generate it again',
    unreadable:
      'declare its class under the name of the migration, with a time of 13 digits at its end; what is no migration belongs elsewhere',
    skipped: 'generate it with the tool, which enters it there, or take the file away',
  };
  const shown = problems.slice(0, SHOWN).map(({ kind, message, hint = hints[kind], file }): DeploymentFinding => ({
    id: `migrations.${kind}`,
    status: CheckStatus.FAIL,
    message: shownText(message),
    hint,
    ...(kind === 'unreadable' ? { crashed: true } : {}),
    ...(file === undefined ? {} : { place: { file: shownText(`${dir}/${file}`) } }),
  }));
  const [more] = problems.slice(SHOWN);
  if (more !== undefined)
    shown.push({
      id: `migrations.${more.kind}`,
      status: CheckStatus.FAIL,
      message: `and ${String(problems.length - SHOWN)} more like these`,
      hint: 'correct those first',
    });
  if (ignored.length > 0)
    shown.push({
      id: 'migrations.ignored',
      status: CheckStatus.WARN,
      message: `the folder has what is no migration to ${tool}: ${listed(ignored)}`,
      hint: `${tool} would never run it, and says nothing; give it a name that it knows, or take it elsewhere`,
    });
  return shown;
}

/** What a lock has to say; nothing when it is free. @internal */
export function lockFinding(state: LockState, tool: string): DeploymentFinding | undefined {
  if (state === 'free') return undefined;
  if (state === 'running') {
    return {
      id: 'migrations.locked',
      status: CheckStatus.WARN,
      message: `a session holds the lock of ${tool}: migrations are being run right now`,
      hint: 'wait until it has ended, and check again',
    };
  }
  if (state === 'ignored') {
    return {
      id: 'migrations.locked',
      status: CheckStatus.WARN,
      message: `the lock table of ${tool} says that migrations are being run`,
      hint: `${tool} itself does not look at it on this database; find out who has set it`,
    };
  }
  return {
    id: 'migrations.locked',
    status: CheckStatus.FAIL,
    message:
      state === 'several'
        ? `the lock table of ${tool} has more than one row, by which it may run no migration, or two at once`
        : `the lock of ${tool} is taken: no migration can be run until it is given back`,
    hint: `if nobody is migrating, whoever held it has died; give it back with \`${tool} migrate:unlock\``,
  };
}
