// One contender in the troubles that are named, or in all: says what came of each, in a line of JSON.
import { CONTENDERS } from './contenders.js';
import { FAULTS } from './faults.js';
import { measured } from './measure.js';
import { FAULTS as ALL } from './settings.js';

const [index, ...names] = process.argv.slice(2);
for (const name of names.length > 0 ? names : ALL) {
  const figures = await measured(CONTENDERS[Number(index)], FAULTS[name]);
  process.stdout.write(`${JSON.stringify({ name, ...figures })}\n`);
}
process.exit(0);
