import { getEventListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Finding } from './check.js';
import { GROUPS } from './statements/index.js';
import { withinRealTime, World } from './world.js';

/** Real milliseconds after which a statement has failed: nothing in it waits for real time. */
const LONGEST_MS = 10_000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

const tools = {
  collectGarbage,
  listenersOn: (signal) => getEventListeners(signal, 'abort').length,
};

export const statements = GROUPS.flatMap((group) => group.statements);

/**
 * One statement on one library.
 *
 * @returns {Promise<{ result: 'pass' | 'fail' | 'n/a', reason?: string }>}
 */
export async function judge(statement, driver) {
  const missing = statement.needs.find((capability) => Object.hasOwn(driver.lacks, capability));
  if (missing !== undefined) return { result: 'n/a', reason: driver.lacks[missing] };
  const world = new World();
  world.enter();
  try {
    const lab = { ...driver, ...tools, world, can: (capability) => !Object.hasOwn(driver.lacks, capability) };
    await withinRealTime(
      Promise.resolve().then(() => statement.run(lab)),
      LONGEST_MS,
      'hangs',
    );
    const note = driver.notes[statement.id];
    return note === undefined ? { result: 'pass' } : { result: 'pass', reason: note };
  } catch (error) {
    const reason = error instanceof Finding ? error.message : `throws ${error?.name ?? 'something'}: ${error?.message}`;
    if (process.env.CONFORMANCE_DEBUG !== undefined && !(error instanceof Finding)) console.error(statement.id, error);
    const remark = driver.remarks[statement.id];
    return { result: 'fail', reason: remark === undefined ? reason : `${reason}, ${remark}` };
  } finally {
    world.leave();
  }
}

/** Every statement on one library, by the statement's id. */
export async function judgeAll(driver, only = () => true) {
  const results = new Map();
  for (const statement of statements) {
    if (only(statement.id)) results.set(statement.id, await judge(statement, driver));
  }
  return results;
}
