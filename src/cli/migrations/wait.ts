import { within } from '../../internal/within.js';
import type { Command } from '../command.js';
import { DOTENV } from '../dotenv.js';
import type { CommandIo } from '../io.js';
import { pause } from '../pause.js';
import { readOptions } from '../read-options.js';
import { readTime } from '../read-time.js';
import { printReport, REPORT_FORMAT } from '../report/print.js';
import { findingsOf, findMigrations, type FoundByValidator } from './find-migrations.js';
import { CONFIG, HELP } from './options.js';

const options = {
  config: CONFIG,
  dotenv: DOTENV,
  'until-applied': { takes: 'TIME', summary: "of 'wait': for how long, such as 60s or 5m; default 60s" },
  format: REPORT_FORMAT,
} as const;

const DEFAULT_MS = 60_000;
const EVERY_MS = 1_000;

/** `migrations wait`: until somebody else has applied everything. */
export const wait: Command = {
  name: 'wait',
  aliases: [],
  summary: 'wait until all migrations are applied, such as by the job of a deployment; nothing is written',
  options,
  async run(words, io) {
    const given = readOptions('migrations wait', HELP, options, words);
    const limitMs = readTime('--until-applied', given['until-applied'], DEFAULT_MS, '1h', HELP);
    const { migrations, source } = await findMigrations(given, io);
    const found = await lastOf(io, () => findingsOf(io, () => migrations.validate()), limitMs);
    const report = { command: 'migrations wait', subject: 'the database', source, ...found };
    return printReport(report, io, { format: given.format });
  },
};

/**
 * The first look that finds nothing wrong, or the last one in time; one that takes longer than what is left is given up. A database
 * that is not up yet, a lock and a migration that has begun are what one waits for, too.
 */
async function lastOf(
  io: CommandIo,
  look: () => Promise<FoundByValidator>,
  limitMs: number,
): Promise<FoundByValidator> {
  const untilMs = io.clock.now() + limitMs;
  let last = tooSlow(limitMs);
  for (;;) {
    const looked = await within(io.clock, untilMs - io.clock.now(), () => undefined, look);
    if (looked.status === 'failed') throw looked.error;
    if (looked.status === 'timed out') return last;
    last = looked.value;
    const leftMs = untilMs - io.clock.now();
    if (last.items.every(({ status }) => status !== 'FAIL')) return last;
    await pause(io, Math.min(EVERY_MS, Math.max(0, leftMs)));
    if (leftMs <= EVERY_MS) return last;
  }
}

/** When not even the first look came to an end. */
function tooSlow(ms: number): FoundByValidator {
  const id = 'migrations.unreadable';
  const message = `the validator took longer than ${String(ms)} ms`;
  const hint = 'wait longer, or see whether the database answers';
  return {
    items: [{ id, name: id, status: 'FAIL', crashed: true, message, hint, durationMs: 0 }],
    migrations: undefined,
  };
}
