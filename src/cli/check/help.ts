import { commandHelp } from '../help.js';
import { REQUIRED_VARIABLES } from '../../deployment/checks/environment-check.js';
import { options } from './options.js';

/** What `check` is for and what may stand behind it. */
export function checkHelp(): string {
  return commandHelp({
    usage: 'check [options]',
    about: [
      'Says whether this build may go to production, and why not: in a pipeline, in an init container, before a start.',
      '',
      "Write breakwater.config.js, which exports a DeploymentChecker as 'deployment':",
      '',
      "  import { DeploymentChecker } from 'breakwater/deployment';",
      "  import { pool } from './db.js';",
      '',
      '  export const deployment = new DeploymentChecker({',
      "    env: ['DATABASE_URL', 'SECRET_KEY'],",
      "    database: () => pool.query('SELECT 1'),",
      '    dependencies: true,',
      '    security: true,',
      '  });',
      '',
      "Or export a ConfigValidator as 'config'; or, in breakwater.config.json, an object 'deployment' of options that are",
      'plain JSON. Without such a file these variables must be set:',
      `${REQUIRED_VARIABLES.join(', ')}.`,
    ],
    options,
    codes: [
      ['2', 'usage: the command line or the configuration makes no sense'],
      ['1', 'something is wrong, or a warning with --fail-on warn'],
      ['3', 'something could not be found out: it crashed, took too long or cannot be loaded'],
      ['4', 'all that is wrong is that migrations are pending'],
      ['0', 'all is well'],
    ],
  });
}
