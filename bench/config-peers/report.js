import { absences, Comparison } from '../comparison.js';
import { GROUPS } from './statements/index.js';

export const comparison = new Comparison(GROUPS, 'not offered');

/** The page for the documentation. */
export function markdown(contestants) {
  const date = new Date().toISOString().slice(0, 10);
  return [
    '# Reading configuration, beside others',
    '',
    'What reading a configuration from the environment owes its users, as statements that a program can check, and how this',
    'library and its peers keep them. Every statement is written once, against a neutral declaration such as "a whole number',
    'with the default 3"; a driver translates it into what the documentation of the library recommends for it. What may end',
    'a process runs in one of its own.',
    '',
    `Made by \`node bench/config-peers/run.js\` on ${date}, Node ${process.version}; \`--check\` runs this library alone and`,
    'fails when one of its statements does, or is not on this page as it is.',
    '',
    ...comparison.countTable(contestants),
    '',
    'A dash means that the library has no part that the statement is about. Who wrote the statements wrote one of the',
    'libraries, so a count is no judgement of the others: look up the statements that matter to you. A schema library does',
    'not set out to read environments; whoever writes a schema of their own for what it lacks has that, too.',
    '',
    'How each is used:',
    '',
    ...contestants.map(({ driver }) => `- ${driver.name}: ${driver.means}.`),
    '',
    ...comparison.tables(contestants),
    '',
    '## Not offered',
    '',
    ...absences(contestants),
    '',
  ].join('\n');
}
