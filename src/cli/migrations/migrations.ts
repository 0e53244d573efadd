import { commandGroup } from '../group.js';
import { diff } from './diff.js';
import { snapshot } from './snapshot.js';
import { status } from './status.js';
import { wait } from './wait.js';

/** `migrations`: what was applied to a database, and what it looks like. */
export const migrations = commandGroup(
  'migrations',
  'Holds migrations and schema against a database, and only ever reads it.',
  [status, wait, snapshot, diff],
);
