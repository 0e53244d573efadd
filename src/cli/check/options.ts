import { DOTENV } from '../dotenv.js';
import { FAIL_ON, REPORT_FORMAT } from '../report/print.js';

/** What may stand behind `check`. */
export const options = {
  config: {
    takes: 'FILE',
    summary: 'module that exports what is checked; default breakwater.config.js, .mjs, .cjs or .json',
  },
  dotenv: DOTENV,
  profile: { takes: 'NAME', summary: 'what the build is for; default production' },
  tag: { takes: 'NAME,…', summary: 'runs only checks with one of these tags, such as static or security' },
  'except-tag': { takes: 'NAME,…', summary: 'runs no check with one of these tags' },
  timeout: {
    takes: 'TIME',
    summary: 'how long everything may take, such as 90s or 5m; default 2m',
  },
  offline: { summary: 'runs no check that needs something running: the same as --except-tag live' },
  'fail-on': FAIL_ON,
  format: REPORT_FORMAT,
} as const;
