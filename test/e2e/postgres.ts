import { Database } from '../../examples/demo/database.js';

/**
 * A real PostgreSQL, or `undefined` on a machine that cannot run it: its tests are then skipped with one printed line.
 * With `CI=true` that is a failure.
 */
export async function tryPostgres(): Promise<Database | undefined> {
  try {
    return await Database.create();
  } catch (error) {
    if (process.env['CI'] === 'true') throw error;
    process.stderr.write(
      `skipped: no PostgreSQL on this machine (${error instanceof Error ? error.message : String(error)})\n`,
    );
    return undefined;
  }
}
