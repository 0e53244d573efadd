import { absences, Comparison } from '../comparison.js';
import { GROUPS } from './statements/index.js';

export const comparison = new Comparison(GROUPS, 'not applicable');

/** The page for the documentation. */
export function markdown(contestants) {
  const date = new Date().toISOString().slice(0, 10);
  return [
    '# Conformance',
    '',
    'What circuit breakers and retries owe their users, as statements that a program can check, and how this library and',
    'its peers keep them. Every statement is written once, against a neutral driver; a driver translates it into the',
    "library's documented options, with the configuration that fits best. Time is virtual: the platform's timers and",
    'clocks are replaced under every library alike, so each runs with its own production clock.',
    '',
    `Made by \`node bench/conformance/run.js\` on ${date}, Node ${process.version}; \`--check\` runs this library alone and`,
    'fails when one of its statements does, or is not on this page as it is.',
    '',
    ...comparison.countTable(contestants),
    '',
    'A dash means that the library has no part that the statement is about. Who wrote the statements wrote one of the',
    'libraries, so a count is no judgement of the others: look up the statements that matter to you.',
    '',
    ...comparison.tables(contestants),
    '',
    '## Not applicable',
    '',
    ...absences(contestants),
    '',
  ].join('\n');
}
