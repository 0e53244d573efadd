import { AbuseDetector } from 'breakwater/abuse-detector';
import { type Component } from 'breakwater/core';
import { DDoSProtection } from 'breakwater/ddos-protection';
import { PerUserRateLimiter, RateLimiter, SharedPerUserRateLimiter } from 'breakwater/rate-limiter';
import { ManualClock, createMemoryStore } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { collectStatus } from '../../../src/http/status-page/collect.js';
import type { StatusSources } from '../../../src/http/status-page/sources.js';
import { HOSTILE_SNAPSHOTS, part, sourcesOf } from './parts.js';

const collect = (given: Partial<StatusSources> = {}) => collectStatus(sourcesOf(given), 0);

describe('limiters', () => {
  it('tell what they allow, and what they decided', async () => {
    const clock = new ManualClock();
    const ddos = new DDoSProtection({ threshold: 2, windowMs: 60_000, clock });
    const users = new PerUserRateLimiter({ capacity: 100, refillPerSecond: 100 / 60, mode: 'shadow', clock });
    const mail = new RateLimiter({ name: 'mail', capacity: 20, refillPerSecond: 0, clock });
    for (let i = 0; i < 3; i++) ddos.check('203.0.113.7');
    ddos.check('203.0.113.8');
    users.check('alice');
    const { limiters, others } = await collect({
      limiters: [ddos, undefined, users, ddos],
      components: [mail, users as Component],
    });
    expect(limiters).toMatchObject([
      { name: 'ddos', limit: '2 in 1 min', mode: 'enforce', admitted: 3, refused: 1, keys: 1, blocked: 1 },
      { limit: '100, then 100/min', mode: 'shadow', admitted: 1, refused: 0, keys: 1, blocked: 0 },
      { name: 'mail', limit: '20 in all', keys: undefined },
    ]);
    expect(others).toEqual([]);
  });

  it('whose store is away come first, and say how many decisions did without it', async () => {
    const away = part('per-user-rate-limiter', 'shared', () => ({ storeAvailable: false, degraded: 7, admitted: 9 }));
    const store = createMemoryStore();
    const shared = new SharedPerUserRateLimiter({
      capacity: 5,
      refillPerSecond: 1,
      store,
      onStoreError: 'reject',
    });
    const { limiters } = await collect({ limiters: [shared], components: [away] });
    expect(limiters).toMatchObject([
      { name: 'shared', store: { available: false, degraded: 7 } },
      { store: { available: true, degraded: 0 } },
    ]);
  });

  it('list whom they block and why, and how many there are beyond the first hundred', async () => {
    const clock = new ManualClock();
    const ddos = new DDoSProtection({ name: 'all', clock });
    const login = new DDoSProtection({ name: 'login', clock });
    for (let i = 0; i < 250; i++) ddos.block(`203.0.${String(i)}.7`, 60_000, 'a flood');
    login.block('198.51.100.23', Infinity, 'by hand');
    clock.advance(15_000);
    const { bans } = await collect({ limiters: [login, ddos] });
    expect([bans?.total, bans?.lines.length]).toEqual([251, 101]);
    expect(bans?.lines.slice(0, 2)).toEqual([
      { name: '198.51.100.23', limiter: 'login', reason: 'by hand', remainingMs: Infinity },
      expect.objectContaining({ limiter: 'all', reason: 'a flood', remainingMs: 45_000 }),
    ]);
  });

  it.each(HOSTILE_SNAPSHOTS.map((answer, i) => [i, answer] as const))(
    'that are not what they should be break nothing: case %i',
    async (_, answer) => {
      const odd = { ...part('ddos-protection', 'odd', answer), bans: answer } as unknown as DDoSProtection;
      const good = new DDoSProtection({ name: 'good' });
      good.block('203.0.113.7', 60_000, 'a flood');
      const { limiters, bans } = await collect({ limiters: [odd, good] });
      expect(limiters.map(({ name }) => name).sort()).toEqual(['good', 'odd']);
      expect(bans?.lines.map(({ name }) => name)).toContain('203.0.113.7');
      expect(JSON.stringify([limiters, bans])).not.toContain('hunter2');
    },
  );
});

describe('abuse flags', () => {
  it('have subject, reasons, score and the time that is left, and say what they do', async () => {
    const clock = new ManualClock();
    const detector = new AbuseDetector({ threshold: 3, clock });
    for (let i = 0; i < 3; i++) detector.record('address:203.0.113.99', 'AUTH_FAILED');
    clock.advance(60_000);
    const { flags } = await collect({ abuse: { detector, rejects: true } });
    expect(flags).toMatchObject({
      total: 1,
      events: 3,
      action: 'their requests are refused',
      lines: [{ name: 'address:203.0.113.99', remainingMs: 3_540_000 }],
    });
    expect(flags?.lines[0]?.reasons).toMatch(/^3 events in/);
    expect((await collect({ abuse: { detector, rejects: false } })).flags?.action).toBe('they are only reported');
    const shadow = new AbuseDetector({ mode: 'shadow' });
    expect((await collect({ abuse: { detector: shadow, rejects: true } })).flags?.action).toMatch(/^shadow mode/);
  });

  it('of a detector without a summary are only counted', async () => {
    const detector = {
      ...part('abuse-detector', 'own', () => ({ flaggedNow: 12 })),
      record: () => undefined,
      isFlagged: () => false,
      explain: () => undefined,
    } as never;
    expect((await collect({ abuse: { detector, rejects: false } })).flags).toMatchObject({ total: 12, lines: [] });
  });
});
