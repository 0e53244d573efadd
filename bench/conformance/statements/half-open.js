/* global AbortController */
import { abortable, counted, down, expect, fine, follow, held, probing, repeat, settled } from '../check.js';

export const halfOpen = [
  {
    id: 'H01',
    text: 'At most N probes at once, the call that made the transition included.',
    needs: [],
    async run({ world, can, ...lab }) {
      for (const probes of can('probe-quota') ? [1, 3] : [1]) {
        const breaker = await probing({ world, ...lab }, { probes, closeAfter: probes });
        const probe = held();
        for (let i = 0; i < 6; i++) follow(breaker.call(probe));
        await world.settle();
        const { runs } = probe;
        probe.reject(new Error('down'));
        await world.settle();
        expect(runs === probes, `let ${String(runs)} of 6 calls through where ${String(probes)} may probe`);
      }
    },
  },
  {
    id: 'H02',
    text: 'Calls beyond the probes are refused at once.',
    needs: [],
    async run({ world, ...lab }) {
      const breaker = await probing({ world, ...lab });
      const probe = held();
      follow(breaker.call(probe));
      await world.settle();
      const others = Array.from({ length: 20 }, () => follow(breaker.call(fine)));
      await world.settle();
      const waiting = others.filter(({ status }) => status === 'pending').length;
      probe.resolve();
      await world.settle();
      expect(waiting === 0, `${String(waiting)} of 20 calls wait for the probe's answer`);
    },
  },
  {
    id: 'H03',
    text: 'A probe that never settles gives its place back in time, and its late answer is void.',
    needs: ['probe-limit'],
    async run({ world, ...lab }) {
      const breaker = await probing({ world, ...lab }, { probeWaitMs: 500 });
      const stuck = held();
      follow(breaker.call(stuck));
      await world.settle();
      expect(stuck.runs === 1, 'no probe was let through');
      await world.advance(500);
      await world.advance(1_001);
      const next = held();
      follow(breaker.call(next));
      await world.settle();
      expect(next.runs === 1, 'waits for the stuck probe for ever');
      stuck.resolve();
      await world.settle();
      expect(breaker.state() !== 'closed', 'the late answer closed it');
      next.reject(new Error('down'));
      await world.settle();
      expect(breaker.state() === 'open', 'the new probe did not decide');
    },
  },
  {
    id: 'H05',
    text: 'A cancelled probe neither closes nor re-opens, and frees its place.',
    needs: [],
    async run({ world, ...lab }) {
      const breaker = await probing({ world, ...lab }, { ignoreAborts: true });
      const controller = new AbortController();
      follow(breaker.call(abortable(), { signal: controller.signal }));
      await world.settle();
      controller.abort();
      await world.settle();
      expect(breaker.state() !== 'closed', 'a caller who gave up closed it');
      const next = held();
      follow(breaker.call(next));
      await world.settle();
      expect(next.runs === 1, 'a caller who gave up re-opened it, or keeps the place');
      next.reject(new Error('down'));
      await world.settle();
      expect(breaker.state() === 'open', 'the next probe did not decide');
    },
  },
  {
    id: 'H06',
    text: 'A failure of a call admitted while closed is void in half-open.',
    needs: [],
    async run({ world, ...lab }) {
      const breaker = lab.breaker({ opensAfter: 3, breakMs: 1_000 });
      const [old, probe] = [held(), held()];
      follow(breaker.call(old));
      await repeat(world, breaker, down, 3);
      expect(breaker.state() === 'open', 'did not open');
      await world.advance(1_000);
      follow(breaker.call(probe));
      await world.settle();
      old.reject(new Error('stale'));
      await world.settle();
      expect(breaker.state() === 'half-open', `a stale failure moved it to ${breaker.state()}`);
      probe.resolve();
      await world.settle();
      expect(breaker.state() === 'closed', `with a stale failure, is ${breaker.state()} after its probe succeeded`);
    },
  },
  {
    id: 'H07',
    text: 'A success of a call admitted while closed is void in half-open.',
    needs: [],
    async run({ world, ...lab }) {
      const breaker = lab.breaker({ opensAfter: 3, breakMs: 1_000 });
      const [old, probe] = [held(), held()];
      follow(breaker.call(old));
      await repeat(world, breaker, down, 3);
      await world.advance(1_000);
      follow(breaker.call(probe));
      await world.settle();
      old.resolve();
      await world.settle();
      expect(breaker.state() === 'half-open', `a stale success moved it to ${breaker.state()}`);
      probe.reject(new Error('down'));
      await world.settle();
      expect(breaker.state() === 'open', `with a stale success, is ${breaker.state()} after its probe failed`);
    },
  },
  {
    id: 'H08',
    text: 'An answer of an earlier half-open period is void, and frees no place.',
    needs: ['probe-quota'],
    async run({ world, can, ...lab }) {
      // Where a period waits for its last probe, only the limit of that wait ends it before.
      const limit = can('early-decision') ? {} : { probeWaitMs: 500 };
      const breaker = await probing({ world, ...lab }, { probes: 2, closeAfter: 2, ...limit });
      const [old, bad] = [held(), held()];
      follow(breaker.call(old));
      follow(breaker.call(bad));
      await world.settle();
      bad.reject(new Error('down'));
      await world.advance(limit.probeWaitMs ?? 0);
      expect(breaker.state() === 'open', 'a failed probe of two that must succeed leaves it half-open');
      await world.advance(1_000);
      const [first, second] = [held(), held()];
      follow(breaker.call(first));
      follow(breaker.call(second));
      await world.settle();
      old.resolve();
      await world.settle();
      expect(breaker.state() === 'half-open', `an answer of the earlier period moved it to ${breaker.state()}`);
      const extra = counted();
      await settled(world, breaker, extra);
      expect(extra.runs === 0, 'an answer of the earlier period freed a place');
      first.resolve();
      await world.settle();
      expect(breaker.state() === 'half-open', 'an answer of the earlier period counted as one of this');
      second.resolve();
      await world.settle();
      expect(breaker.state() === 'closed', 'two successful probes of two did not close it');
    },
  },
  {
    id: 'H09',
    text: 'After one probe failed, the success of another of the same period changes nothing.',
    needs: ['probe-quota'],
    async run({ world, ...lab }) {
      const breaker = await probing({ world, ...lab }, { probes: 2, closeAfter: 2 });
      const [good, bad] = [held(), held()];
      follow(breaker.call(bad));
      follow(breaker.call(good));
      await world.settle();
      bad.reject(new Error('down'));
      await world.settle();
      good.resolve();
      await world.settle();
      expect(breaker.state() === 'open', `is ${breaker.state()} after one probe of two failed`);
    },
  },
  {
    id: 'H10',
    text: 'Closing takes k successful probes, and is decided as soon as it is certain.',
    needs: ['probe-quota'],
    async run({ world, ...lab }) {
      const breaker = await probing({ world, ...lab }, { probes: 3, closeAfter: 2 });
      const last = held();
      follow(breaker.call(last));
      await repeat(world, breaker, fine, 1);
      expect(breaker.state() === 'half-open', `one success of the two it takes moved it to ${breaker.state()}`);
      await repeat(world, breaker, fine, 1);
      const state = breaker.state();
      last.resolve();
      await world.settle();
      expect(state === 'closed', 'two of three succeeded, and it waits for the third');
    },
  },
  {
    id: 'H11',
    text: 'Half-open decides below the minimum number of calls.',
    needs: ['rate'],
    async run({ world, ...lab }) {
      const breaker = lab.breaker({ rate: { ratio: 0.5, minimum: 10 }, breakMs: 1_000 });
      await repeat(world, breaker, down, 10);
      await world.advance(1_000);
      await settled(world, breaker, down);
      expect(breaker.state() === 'open', 'a failed probe did not re-open it');
      await world.advance(1_000);
      await settled(world, breaker, fine);
      expect(breaker.state() === 'closed', 'a successful probe did not close it');
    },
  },
  {
    id: 'H12',
    text: 'Probes are judged by the same rule as other calls.',
    needs: ['judge-results'],
    async run({ world, ...lab }) {
      const breaker = await probing({ world, ...lab }, { failedResult: (value) => value === 503 });
      await settled(world, breaker, () => Promise.resolve(503));
      expect(breaker.state() === 'open', 'a result judged a failure closed it');
    },
  },
  {
    id: 'H13',
    text: 'After closing the count starts empty.',
    needs: ['rate'],
    async run({ world, ...lab }) {
      const breaker = lab.breaker({ rate: { ratio: 0.5, minimum: 10, windowMs: 60_000 }, breakMs: 1_000 });
      await repeat(world, breaker, down, 10);
      await world.advance(1_000);
      await settled(world, breaker, fine);
      expect(breaker.state() === 'closed', 'did not recover');
      await settled(world, breaker, down);
      expect(breaker.state() === 'closed', 'one failure after recovery re-opens it');
      await repeat(world, breaker, down, 9);
      expect(breaker.state() === 'open', 'ten new failures do not open it');
    },
  },
  {
    id: 'H14',
    text: 'Who asks for a permit and reports later learns whether the report counted.',
    needs: ['lease'],
    async run({ world, ...lab }) {
      const breaker = lab.breaker({ opensAfter: 1, breakMs: 1_000 });
      const [current, stale] = [breaker.lease(), breaker.lease()];
      expect(current.failure(new Error('down')) === true, 'a failure that opened it is said not to count');
      expect(stale.success() === false, 'an answer from before the break is said to count');
      expect(breaker.lease() === undefined, 'gives a permit while open');
      await world.advance(1_000);
      expect(breaker.lease().success() === true && breaker.state() === 'closed', 'a probe does not count');
    },
  },
];
