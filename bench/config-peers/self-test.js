/**
 * Every statement must be able to fail: each is put to libraries that are broken on purpose, and must find fault with one
 * of them.
 */
import * as broken from './broken.js';
import { judge, statements } from './suite.js';

const drivers = Object.values(broken);
const faults = new Map(drivers.map(({ id }) => [id, 0]));
const blind = [];
for (const { id, ...statement } of statements) {
  const failed = drivers.filter((driver) => {
    const { result, reason } = judge({ id, ...statement }, driver);
    // What breaks the statement itself is no finding of it.
    return result === 'fail' && !reason.startsWith('throws');
  });
  for (const driver of failed) faults.set(driver.id, faults.get(driver.id) + 1);
  if (failed.length === 0) blind.push(id);
}
console.log(`${String(statements.length - blind.length)} of ${String(statements.length)} statements find fault`);
if (blind.length > 0) console.error(`these do not: ${blind.join(', ')}`);
for (const [id, count] of faults) console.log(`${id} fails at ${String(count)}`);
process.exitCode = blind.length === 0 ? 0 : 1;
