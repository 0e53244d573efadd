/** The command that shows the options of all commands of the group. */
export const HELP = 'breakwater bans --help';

/** The module to read. */
export const CONFIG = {
  takes: 'FILE',
  summary:
    "module that exports a SharedDDoSProtection, or a list, as 'bans'; default breakwater.config.js, .mjs or .cjs",
} as const;

/** The time limit of the store. */
export const TIMEOUT = {
  takes: 'TIME',
  summary: 'how long the store may take to answer, from its connection on, such as 10s; default 5s, up to 60s',
} as const;

/** How long a store is waited for. */
export const DEFAULT_MS = 5_000;
