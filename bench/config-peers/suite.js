import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Finding } from '../conformance/check.js';
import { GROUPS } from './statements/index.js';

const CHILD = fileURLToPath(new URL('child.js', import.meta.url));
/** Milliseconds after which a process is ended. */
const LONGEST_MS = 20_000;

export const statements = GROUPS.flatMap((group) => group.statements);

/** What `work` gives or throws, and what it prints meanwhile. */
function attempt(work) {
  const streams = [process.stdout, process.stderr];
  const writers = streams.map(({ write }) => write);
  let printed = '';
  for (const stream of streams) {
    stream.write = (chunk) => {
      printed += String(chunk);
      return true;
    };
  }
  let outcome;
  try {
    outcome = { ok: true, ...work() };
  } catch (error) {
    outcome = { ok: false, error };
  } finally {
    streams.forEach((stream, i) => {
      stream.write = writers[i];
    });
  }
  return { ...outcome, printed };
}

/** One of the cases in a process of its own. */
function apart({ module, id }, name) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CHILD, module, id, name], {
    encoding: 'utf8',
    timeout: LONGEST_MS,
    killSignal: 'SIGKILL',
  });
  return { status, printed: stdout + stderr, verdict: /^still here: (\w+)$/m.exec(stdout)?.[1] };
}

function labOf(driver) {
  return {
    declare: driver.declare,
    attempt,
    read(keys, env, how) {
      const declared = driver.declare(keys, how);
      return attempt(() => declared.read(env));
    },
    apart: (name) => apart(driver, name),
  };
}

/**
 * One statement on one library.
 *
 * @returns {{ result: 'pass' | 'fail' | 'n/a', reason?: string }}
 */
export function judge(statement, driver) {
  const missing = statement.needs?.find((capability) => Object.hasOwn(driver.lacks, capability));
  if (missing !== undefined) return { result: 'n/a', reason: driver.lacks[missing] };
  try {
    statement.run(labOf(driver));
    const note = driver.notes[statement.id];
    return note === undefined ? { result: 'pass' } : { result: 'pass', reason: note };
  } catch (error) {
    // What else is thrown may quote the secret.
    const reason = error instanceof Finding ? error.message : `throws ${error?.name ?? 'something'}`;
    if (process.env.CONFORMANCE_DEBUG !== undefined && !(error instanceof Finding)) console.error(statement.id, error);
    const remark = driver.remarks[statement.id];
    return { result: 'fail', reason: remark === undefined ? reason : `${reason}, ${remark}` };
  }
}

/** Every statement on one library, by the statement's id. */
export function judgeAll(driver) {
  return new Map(statements.map((statement) => [statement.id, judge(statement, driver)]));
}
