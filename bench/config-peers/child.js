import { setTimeout } from 'node:timers';
import { CASES } from './cases.js';
import { told } from './check.js';

const [module, id, name] = process.argv.slice(2);
const { [id]: driver } = await import(module);
const { keys, env, how } = CASES[name];
let verdict = 'accepted';
try {
  driver.declare(keys, how).read(env);
} catch (error) {
  verdict = 'refused';
  console.log(
    told({ error })
      .map(([, text]) => text)
      .join('\n'),
  );
}
// By then whoever answers later has answered.
setTimeout(() => console.log(`\nstill here: ${verdict}`), 50);
