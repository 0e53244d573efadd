import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { clearTimeout, setTimeout } from 'node:timers';
import { fileURLToPath } from 'node:url';
import { judged } from './harness.js';
import { CONTENDERS } from './redis-chaos/contenders.js';
import { FAULTS, INSTANCES, SCARCE } from './redis-chaos/settings.js';
import { tables } from './redis-chaos/tables.js';

const SMOKE = process.argv.includes('--smoke');
const LONGEST_MS = 90_000;
const OURS = 'Breakwater';
/** What two limiters may admit when the store is lost in the midst of it: the limit, and one share. */
const MOST_WITH_SHARE = SCARCE + SCARCE / INSTANCES;
const BACK_WITHIN_MS = 2_000;
const PACKAGES = ['rate-limiter-flexible', 'express-rate-limit', 'rate-limit-redis', 'ioredis', 'redis'];

/** One contender in a process of its own: its figures by fault, those that there are when it has to be ended. */
async function alone(index, faults) {
  const path = fileURLToPath(new URL('redis-chaos/one.js', import.meta.url));
  const running = spawn(process.execPath, ['--import', 'tsx', path, String(index), ...faults], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const end = () => running.kill('SIGKILL');
  process.once('exit', end);
  const timer = setTimeout(end, LONGEST_MS);
  const figures = new Map();
  for await (const line of createInterface({ input: running.stdout })) {
    const { name, ...rest } = JSON.parse(line);
    figures.set(name, rest);
  }
  clearTimeout(timer);
  process.off('exit', end);
  return figures;
}

function isSteady({ inTime, hung, failed, backMs, clientMs, twice }) {
  const answered = inTime >= 0.999 && hung === 0 && failed === 0;
  // Until its client finds the server there is nothing that it could ask.
  return answered && twice === 0 && backMs - clientMs <= BACK_WITHIN_MS;
}

/** A store that comes and goes may admit its share anew; one that is gone does not. */
function isWithinLimit(fault, { admitted }) {
  return admitted <= (fault.startsWith('connections') ? MOST_WITH_SHARE : SCARCE);
}

/** What limiters decide while their Redis fails, ours and others: `true` when ours keep to what is promised. */
export async function redisChaosBench() {
  const { status, stdout } = spawnSync('redis-server', ['--version'], { encoding: 'utf8' });
  if (status !== 0) {
    console.log('\nskipped: no redis-server on this machine');
    return true;
  }
  const versions = PACKAGES.map((name) => `${name} ${versionOf(name)}`).join(', ');
  console.log(`\nwhile Redis fails: Redis ${/v=(\S+)/.exec(stdout)?.[1] ?? 'unknown'}, ${versions}\n`);
  const contenders = SMOKE ? CONTENDERS.slice(0, 1) : CONTENDERS;
  const faults = SMOKE ? ['SCRIPT FLUSH'] : FAULTS;
  const results = [];
  for (const [index, { title }] of contenders.entries()) results.push({ title, figures: await alone(index, faults) });
  console.log(tables(results, faults));
  console.log();
  const ours = results.filter(({ title }) => title.startsWith(OURS));
  const isGood = (fault, one) => one !== undefined && isSteady(one) && isWithinLimit(fault, one);
  const all = ours.every(({ figures }) => faults.every((fault) => isGood(fault, figures.get(fault))));
  return judged('99.9 % in time, none hung or counted twice, the limit kept, back 2 s after its client', all);
}

function versionOf(name) {
  const path = new URL(`node_modules/${name}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(path, 'utf8')).version;
}
