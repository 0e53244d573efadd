/** The command that shows the options of all commands of the group. */
export const HELP = 'breakwater env --help';

/** The module to read. */
export const CONFIG = {
  takes: 'FILE',
  summary: 'module that exports the configuration; default breakwater.config.js, .mjs or .cjs',
} as const;

/** For people or for programs. */
export const FORMAT = {
  takes: 'text|json',
  choices: ['text', 'json'],
  summary: "of 'docs' and 'check': for people (default) or for programs",
} as const;
