import { FAIL_ON } from '../report/print.js';

/** The command that shows the options of all commands of the group. */
export const HELP = 'breakwater migrations --help';

/** The module to read. */
export const CONFIG = {
  takes: 'FILE',
  summary: "module that exports a MigrationValidator as 'migrations'; default breakwater.config.js, .mjs or .cjs",
} as const;

/** From which status on the code is not 0. */
export const FAIL_ON_OF = { ...FAIL_ON, summary: `of 'status' and 'diff': ${FAIL_ON.summary}` } as const;
