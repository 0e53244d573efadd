// Prints the tests of a report of Vitest that failed, each with the first lines of why, and the files that did not load.
import { readFileSync } from 'node:fs';

const MOST = 20;
const [report = 'reports/vitest.json'] = process.argv.slice(2);
const { testResults } = JSON.parse(readFileSync(report, 'utf8'));

const failures = testResults.flatMap(({ name, status, message, assertionResults }) => {
  const failed = assertionResults.filter((test) => test.status === 'failed');
  if (failed.length === 0 && status === 'failed') return [[name, message]];
  return failed.map(({ fullName, failureMessages }) => [`${name}: ${fullName}`, failureMessages.join('\n')]);
});

for (const [title, why] of failures.slice(0, MOST)) {
  console.log(`test: ${title}`);
  for (const line of why.split('\n').slice(0, 8)) console.log(`    ${line.slice(0, 300)}`);
}
if (failures.length > MOST) console.log(`and ${failures.length - MOST} more`);
