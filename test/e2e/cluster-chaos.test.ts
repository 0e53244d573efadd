import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { ClusterProgram, late, type Load, UNDER_LOAD } from './cluster.js';

const programs: ClusterProgram[] = [];
afterEach(async () => {
  for (const program of programs.splice(0)) await program.remove();
});

/** Three workers under load, and a primary that does something meanwhile. */
function underLoad(settings: object, primary = '', worker = ''): ClusterProgram {
  const program = new ClusterProgram(`
    ${UNDER_LOAD}
    const settings = ${JSON.stringify(settings)};
    if (cluster.isPrimary) {
      const store = createClusterStore();
      for (let i = 0; i < 3; i++) cluster.fork();
      ${primary}
    } else {
      ${worker}
      await underLoad(createClusterStore(), settings);
      cluster.worker.disconnect();
    }`);
  programs.push(program);
  return program;
}

const all = (loads: readonly Load[]) => loads.flatMap(({ seen }) => seen);
const kinds = ({ events }: Load) => events.map((event) => event.split(':')[0]).join(' ');
/** Of a hundred decisions of this time, how many were made without the primary: a machine that is busy otherwise may stop it as well. */
const degradedPercent = (loads: readonly Load[], fromMs: number, untilMs = Infinity) => {
  const then = all(loads).filter(({ atMs }) => atMs >= fromMs && atMs < untilMs);
  return (then.filter(({ degraded }) => degraded).length / then.length) * 100;
};

/** Tells what is left of the bucket that the workers ask for, of which nobody tells the name. */
const WATCH_LEFT = `
  const limiter = new SharedPerUserRateLimiter({ capacity: settings.capacity, refillPerSecond: 0.01, store, instances: 3 });
  const left = async () => (await limiter.check('somebody', { cost: 0 })).remaining;
  cluster.on('exit', async () => Object.keys(cluster.workers).length === 0 && tell('left', await left()));`;

describe('a cluster whose primary is stopped', () => {
  it('TRA-51 TRA-53 TRA-55 TRA-56: decides in time without it, and with it again within two seconds', async () => {
    const program = underLoad({ forMs: 5_000, capacity: 1e6 });
    await program.told('pid-', 3);
    await pause(500);
    const stoppedMs = Date.now();
    program.signal('SIGSTOP');
    await pause(1_000);
    program.signal('SIGCONT');
    const backMs = Date.now();
    const loads = await program.told<Load>('load-', 3);
    expect(late(all(loads))).toBeLessThanOrEqual(1);
    for (const load of loads) {
      expect(degradedPercent([load], 0, stoppedMs - 210)).toBeLessThanOrEqual(1);
      expect(degradedPercent([load], stoppedMs + 100, backMs - 10)).toBeGreaterThan(99);
      expect(degradedPercent([load], backMs + 2_000)).toBeLessThanOrEqual(1);
      expect(kinds(load)).toMatch(/^lost restored( lost restored)?$/);
    }
    expect([await program.ended, program.said]).toEqual([0, '']);
  });

  it('TRA-50 TRA-52: counts nothing of what was decided without it', async () => {
    const settings = { forMs: 4_000, capacity: 1e6 };
    const program = underLoad(settings, WATCH_LEFT);
    await program.told('pid-', 3);
    for (let i = 0; i < 4; i++) {
      await pause(250);
      program.signal('SIGSTOP');
      await pause(400);
      program.signal('SIGCONT');
    }
    const loads = await program.told<Load>('load-', 3);
    const [left] = await program.told<number>('left');
    const admitted = all(loads).filter(({ allowed, degraded }) => allowed && !degraded).length;
    expect(all(loads).some(({ degraded }) => degraded)).toBe(true);
    // What was counted there is what was admitted by it; an answer that came just too late is the only other thing.
    const unheard = settings.capacity - (left ?? NaN) - admitted;
    const degraded = all(loads).filter((one) => one.degraded).length;
    expect(unheard).toBeGreaterThanOrEqual(0);
    expect(unheard).toBeLessThanOrEqual(degraded);
    // Whoever waited when it was stopped had been heard at most once, and nobody who asked later.
    expect(unheard).toBeLessThanOrEqual(4 * 60);
  });

  it('TRA-51: decides in time while the primary is busy with something else', async () => {
    const program = underLoad(
      { forMs: 6_000, capacity: 1e6 },
      'await pause(1_000); for (const endMs = Date.now() + 700; Date.now() < endMs; ); tell("busy", { endMs: Date.now() });',
    );
    const loads = await program.told<Load>('load-', 3);
    const [{ endMs } = { endMs: NaN }] = program.results<{ readonly endMs: number }>('busy');
    expect(late(all(loads))).toBeLessThanOrEqual(1);
    expect(all(loads).some(({ degraded }) => degraded)).toBe(true);
    expect(degradedPercent(loads, endMs + 2_000)).toBeLessThanOrEqual(1);
  });
});

describe('a cluster whose primary is killed', () => {
  it('ends its workers, as Node does, and lets no decision hang', async () => {
    const program = underLoad({ forMs: 20_000, capacity: 1e6 });
    await program.told('pid-', 3);
    await pause(500);
    program.signal('SIGKILL');
    expect(await program.ended).toBe('SIGKILL');
    // They tell when they end, which by themselves they would do much later.
    const loads = await program.told<Load>('load-', 3, 2_000);
    expect(late(all(loads))).toBeLessThanOrEqual(1);
  });

  it('TRA-57: goes on with a share each, where its workers outlive it', async () => {
    // What Node itself looks at before it ends a worker with its primary.
    const settings = { forMs: 3_000, capacity: 300 };
    const program = underLoad(settings, '', 'cluster.worker.exitedAfterDisconnect = true;');
    await program.told('pid-', 3);
    await pause(30);
    const killedMs = Date.now();
    program.signal('SIGKILL');
    const loads = await program.told<Load>('load-', 3);
    expect(late(all(loads))).toBeLessThanOrEqual(1);
    for (const load of loads) {
      const after = load.seen.filter(({ atMs }) => atMs > killedMs + 100);
      expect(after.length).toBeGreaterThan(100);
      expect(after.every(({ degraded }) => degraded)).toBe(true);
      expect(kinds(load)).toBe('lost');
      // Each at most its share, though all of them ask for far more.
      expect(load.seen.filter(({ allowed, degraded }) => allowed && degraded).length).toBeLessThanOrEqual(100);
    }
  });
});

describe('a cluster whose workers are killed', () => {
  it('TRA-57: goes on as if nothing had happened, and counts all that was asked', async () => {
    // Starting processes keeps a small machine busy, which is not what this is about.
    const settings = { forMs: 4_000, capacity: 1e6, storeTimeoutMs: 2_000 };
    const program = underLoad(
      settings,
      `${WATCH_LEFT}
      const steady = workers();
      for (let i = 0; i < 12; i++) {
        const victim = cluster.fork({ VICTIM: '1' });
        await new Promise((resolve) => victim.once('message', resolve));
        await pause(20 + i);
        // What it asks now is read when it is dead already.
        const busy = (ms) => { for (const endMs = Date.now() + ms; Date.now() < endMs; ); };
        busy(20);
        victim.process.kill('SIGKILL');
        busy(20);
      }`,
      `if (process.env.VICTIM) {
        const store = createClusterStore();
        const rule = { group: 'victim', subject: 's', capacity: 10, refillTokens: 1, refillUs: 1e9, cost: 1 };
        process.send({});
        for (;; await pause(1)) await Promise.all(Array.from({ length: 50 }, () => store.take([rule])));
      }`,
    );
    const loads = await program.told<Load>('load-', 3);
    expect(all(loads).filter(({ degraded }) => degraded)).toEqual([]);
    const [left] = await program.told<number>('left');
    expect(settings.capacity - (left ?? NaN)).toBe(all(loads).length);
    expect([await program.ended, program.said]).toEqual([0, '']);
  });
});

describe('a worker that is let go', () => {
  it('decides at once without the primary, and ends by itself', async () => {
    const program = underLoad(
      { forMs: 1_500, capacity: 1e6 },
      `await pause(700); for (const worker of workers()) worker.disconnect();`,
    );
    const loads = await program.told<Load>('load-', 3);
    expect(late(all(loads))).toBeLessThanOrEqual(1);
    const degraded = all(loads).filter((one) => one.degraded);
    expect(degraded.length).toBeGreaterThan(50);
    expect([await program.ended, program.said]).toEqual([0, '']);
  });
});

describe('a primary that has never called createClusterStore()', () => {
  it('TRA-53: leaves its workers to their share, which they say, and to one warning', async () => {
    const program = new ClusterProgram(`
      ${UNDER_LOAD}
      if (cluster.isPrimary) cluster.fork();
      else {
        await underLoad(createClusterStore(), { forMs: 2_500, capacity: 300 });
        cluster.worker.disconnect();
      }`);
    programs.push(program);
    const [load] = await program.told<Load>('load-');
    expect(late(load?.seen ?? [])).toBeLessThanOrEqual(1);
    expect(load?.seen.every(({ degraded }) => degraded)).toBe(true);
    expect(load?.seen.filter(({ allowed }) => allowed)).toHaveLength(100);
    expect(await program.ended).toBe(0);
    expect(program.said.match(/BREAKWATER_W_CLUSTER_PRIMARY/g)).toHaveLength(1);
  });
});
