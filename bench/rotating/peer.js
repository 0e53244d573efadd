// One peer under rotating addresses until it fails or all have come: says how far it got.
import { peers } from './peers.js';
import { traces } from './traces.js';

const [name, count] = process.argv.slice(2);
const strangers = Number(count);
const call = peers[name].make();
const key = traces.rotating.key();
const say = (i) => {
  const rssMiB = Math.round(process.memoryUsage().rss / 1_048_576);
  process.stdout.write(`${JSON.stringify({ strangers: i, rssMiB })}\n`);
};
for (let i = 0; i < strangers; i++) {
  await call(key(i));
  if (i % 50_000 === 0) say(i);
}
say(strangers);
process.exit(0);
