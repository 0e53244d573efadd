import { spawn } from 'node:child_process';
import { clearTimeout, setTimeout } from 'node:timers';
import { fileURLToPath } from 'node:url';
import { machine } from './machine.js';
import { peers } from './rotating/peers.js';
import { targets } from './rotating/targets.js';
import { STRANGERS_A_MINUTE, traces } from './rotating/traces.js';

const MOST_MIB = 16;
const LEAST_HELD = 0.99;
const LONGEST_MS = 600_000;

const words = process.argv.slice(2);
const count = Number(words.find((word) => /^\d+$/.test(word)) ?? 10_000_000);
const asked = words.filter((word) => !/^\d+$/.test(word));
const pick = (all) => {
  const named = Object.keys(all).filter((name) => asked.includes(name));
  return named.length > 0 ? named : Object.keys(all);
};
const known = [...Object.keys(targets), ...Object.keys(traces), ...Object.keys(peers)];
const unknown = asked.filter((word) => !known.includes(word));
if (unknown.length > 0) {
  console.error(`no such part: ${unknown.join(', ')}; there are ${known.join(', ')}`);
  process.exit(2);
}

/** Runs a file of ours in a process of its own; answers its last line, and how it ended. */
function child(file, args, flags, longestMs) {
  return new Promise((resolve) => {
    const path = fileURLToPath(new URL(`./rotating/${file}`, import.meta.url));
    const running = spawn(process.execPath, [...flags, path, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err, late] = ['', '', false];
    running.stdout.on('data', (data) => (out += data));
    running.stderr.on('data', (data) => (err += data));
    const timer = setTimeout(() => (late = running.kill('SIGKILL')), longestMs);
    running.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ last: out.trim().split('\n').at(-1), err, code, signal, late });
    });
  });
}

function judge({ keptMiB, rssMiB, held, worst, refused, ns, evicted }) {
  const met = keptMiB <= MOST_MIB && held >= LEAST_HELD && refused === 0;
  console.log(
    `  ${met ? 'met   ' : 'MISSED'}  ${keptMiB.toFixed(1).padStart(5)} MiB kept, ${rssMiB.toFixed(1).padStart(5)} MiB of the process; ` +
      `heavy held ${(held * 100).toFixed(0)} %, at most ${(worst * 100).toFixed(0)} % of their due; ` +
      `ordinary refused ${String(refused)}; ${ns.toFixed(0)} ns a call; ${String(evicted)} made room`,
  );
  return met;
}

console.log(machine());
console.log(`${count.toLocaleString('en')} strangers, ${STRANGERS_A_MINUTE.toLocaleString('en')} a minute`);
console.log('2,000 ordinary senders and 100 heavy ones of 150 to 300 a minute among them');
const onlyPeers = asked.length > 0 && asked.every((word) => Object.hasOwn(peers, word));
let met = true;
for (const target of onlyPeers ? [] : pick(targets)) {
  for (const trace of pick(traces)) {
    console.log(`\n${targets[target].title}: ${traces[trace].title}`);
    const { last, err, code, late } = await child(
      'one.js',
      [target, trace, String(count)],
      ['--expose-gc'],
      LONGEST_MS,
    );
    if (code === 0) met = judge(JSON.parse(last)) && met;
    else {
      met = false;
      console.log(
        late ? `  MISSED  not over after ${String(LONGEST_MS / 1_000)} s` : `  MISSED  it failed: ${err.trim()}`,
      );
    }
  }
}
for (const peer of asked.length === 0 || onlyPeers ? pick(peers) : []) {
  console.log(`\n${peers[peer].title}: ${traces.rotating.title}, 512 MB of heap`);
  const { last, code, signal, late } = await child(
    'peer.js',
    [peer, String(count)],
    ['--max-old-space-size=512'],
    120_000,
  );
  const { strangers, rssMiB } = JSON.parse(last ?? '{}');
  const end = code === 0 ? 'survived' : late ? 'stopped by us after 120 s' : `died (${signal ?? String(code)})`;
  console.log(
    `  ${end}, last seen after ${Number(strangers).toLocaleString('en')} strangers with ${String(rssMiB)} MiB`,
  );
}
console.log(`\n${met ? 'every budget is met' : 'a budget is MISSED: see above'}`);
process.exitCode = met ? 0 : 1;
