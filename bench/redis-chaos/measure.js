import { setTimeout as pause } from 'node:timers/promises';
import { underLoad } from '../../test/e2e/redis-load.ts';
import { DEADLINE_MS, INSTANCES, PATIENCE_MS, SCARCE } from './settings.js';

/** So large that nobody is refused. */
const PLENTY = 20_000;
const ONE_OF = 10;
const BEFORE_MS = 300;
const STEADY_MS = 600;

/** What one contender does in one sort of trouble. */
export async function measured(contender, { world: make, happen }) {
  const world = await make();
  const ends = [() => world.remove()];
  try {
    const members = [];
    for (let i = 0; i < INSTANCES; i++) {
      const connected = await contender.connect(world.at);
      ends.push(() => connected.end());
      const [plenty, scarce] = [
        contender.decider('plenty', connected, PLENTY),
        contender.decider('scarce', connected, SCARCE),
      ];
      // Once in peace, so that nothing has to be learned any more.
      for (let n = 0; n < 3; n++) await Promise.all([plenty('first'), scarce('first')]);
      members.push({ plenty, scarce });
    }
    const beside = await contender.connect(world.at);
    ends.push(() => beside.end());
    const trouble = { fromMs: Infinity, untilMs: Infinity };
    const asked = [];
    const load = await underLoad(
      members.map((member) => asking(member, trouble, asked)),
      async () => {
        await pause(BEFORE_MS);
        trouble.fromMs = performance.now();
        await happen(world);
        trouble.untilMs = performance.now();
        const [clientMs] = await Promise.all([works(beside), steady(asked, trouble.untilMs)]);
        trouble.clientMs = clientMs;
      },
      PATIENCE_MS,
    );
    await pause(BEFORE_MS);
    const unique = asked.filter(({ scarce }) => !scarce);
    const keys = unique.map(({ key }) => key);
    const counts = await contender.counts('plenty', keys, world.observer, PLENTY);
    return figures(load, trouble, asked, { unique, counts });
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

/** Each question has a key of its own, so that it shows how often it was counted; while it lasts, some are of one key. */
function asking({ plenty, scarce }, trouble, asked) {
  return async () => {
    const atMs = performance.now();
    const isScarce = asked.length % ONE_OF === 0 && atMs >= trouble.fromMs && trouble.untilMs === Infinity;
    const key = isScarce ? 'everybody' : `somebody-${String(asked.length)}`;
    const one = { key, scarce: isScarce, atMs, answer: undefined };
    asked.push(one);
    try {
      one.answer = await (isScarce ? scarce : plenty)(key);
    } catch {
      one.answer = { allowed: false, degraded: true, failed: true };
    }
    return one.answer;
  };
}

/** How long a bare client of that sort needs until it is answered again. */
async function works({ send }) {
  const fromMs = performance.now();
  const endMs = fromMs + PATIENCE_MS;
  const refused = () => false;
  while (performance.now() < endMs) {
    const answered = send(['SET', 'x', '1']).then(() => true, refused);
    if (await Promise.race([answered, pause(DEADLINE_MS, false)])) break;
    await pause(10);
  }
  return performance.now() - fromMs;
}

/** Waits until all decisions of a while came of Redis. */
async function steady(asked, mendedMs) {
  const endMs = mendedMs + PATIENCE_MS;
  while (performance.now() < endMs) {
    await pause(50);
    const sinceMs = performance.now() - STEADY_MS;
    const recent = asked.filter(({ atMs, answer }) => atMs >= sinceMs && answer !== undefined);
    if (sinceMs >= mendedMs && recent.length > 0 && recent.every(({ answer }) => !answer.degraded)) return;
  }
}

function figures(load, trouble, asked, { unique, counts }) {
  const answered = load.decisions.length;
  const late = Math.round((load.latePerThousand(DEADLINE_MS) * answered) / 1_000);
  const during = asked.filter(({ atMs }) => atMs >= trouble.fromMs && atMs < trouble.untilMs);
  const without = asked.filter(({ atMs, answer }) => atMs >= trouble.untilMs && answer?.degraded !== false);
  const lastMs = Math.max(0, ...without.map(({ atMs }) => atMs - trouble.untilMs));
  return {
    asked: asked.length,
    during: during.length,
    inTime: (answered - late) / asked.length,
    lateOnes: late + load.hung,
    longestMs: Math.max(...load.decisions.map(({ ms }) => ms)),
    hung: load.hung,
    failed: asked.filter(({ answer }) => answer?.failed === true).length,
    degraded: asked.filter(({ answer }) => answer?.degraded === true).length,
    scarceAsked: asked.filter(({ scarce }) => scarce).length,
    admitted: asked.filter(({ scarce, answer }) => scarce && answer?.allowed === true).length,
    backMs: lastMs,
    clientMs: trouble.clientMs,
    /** Counted, though the decision had been made without it. */
    afterwards: unique.filter(({ answer }, i) => counts[i] > 0 && answer?.degraded !== false).length,
    /** Decided by Redis, which does not know of it. */
    lost: unique.filter(({ answer }, i) => counts[i] === 0 && answer?.degraded === false).length,
    twice: counts.filter((count) => count > 1).length,
  };
}
