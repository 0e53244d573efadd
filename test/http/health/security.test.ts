import { AbuseDetector, SharedAbuseDetector } from 'breakwater/abuse-detector';
import { registerSecret } from 'breakwater/core';
import { DDoSProtection, SharedDDoSProtection } from 'breakwater/ddos-protection';
import type { AbuseSink, AddressLimiter } from 'breakwater/http';
import { createMemoryStore, ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { ask, exchangeOf, FakeResponse } from '../exchange.js';
import { read, settle, setup } from './setup.js';

const PATH = '/health/security';

interface Shown {
  readonly abuse?: { readonly flagged?: object[] };
  readonly protections: readonly { readonly bans?: object[]; readonly more?: boolean }[];
}

describe('/health/security', () => {
  it('tells everybody how many are kept out, and nobody who', async () => {
    const clock = new ManualClock();
    const ddos = new DDoSProtection({ clock });
    const abuse = new AbuseDetector({ clock });
    const { hardening } = setup({ clock, ddos, abuse });
    expect((await read(hardening, PATH)).json).toEqual({ flagged: 0, blocked: 0 });
    ddos.block('198.51.100.7', 60_000, 'scans');
    ddos.block('192.0.2.0/24', 60_000, 'a whole network');
    abuse.flag('id:mallory', 'card testing');
    clock.advance(1_000);
    const { statusCode, sent, json } = await read(hardening, PATH);
    expect([statusCode, sent.get('content-type'), sent.get('cache-control'), sent.get('vary')]).toEqual([
      200,
      'application/json; charset=utf-8',
      'no-store',
      undefined,
    ]);
    expect(json).toEqual({ flagged: 1, blocked: 2 });
  });

  it('tells whom it may concern who it is, why and for how long', async () => {
    const clock = new ManualClock();
    const ddos = new DDoSProtection({ clock, name: 'edge' });
    const abuse = new AbuseDetector({ clock, name: 'misuse' });
    abuse.record('id:mallory', 'payment-declined', { evidence: { card: 'no-evidence-here' } });
    abuse.flag('id:mallory', 'card testing', 30_000);
    ddos.block('198.51.100.7', 60_000, 'scans');
    ddos.block('192.0.2.0/24', Infinity, 'a whole network');
    const { hardening } = setup({ clock, ddos, abuse, routes: [{ path: '/login', ddos: { threshold: 1 } }] });
    for (let i = 0; i < 2; i++) await ask(hardening, '/login');
    clock.advance(5_000);
    const { statusCode, json, body } = await read(hardening, PATH, { open: true });
    expect([statusCode, json]).toEqual([
      200,
      {
        flagged: 1,
        blocked: 3,
        abuse: {
          name: 'misuse',
          mode: 'enforce',
          threshold: 50,
          windowMs: 300_000,
          events: 1,
          subjects: 1,
          flaggedNow: 1,
          flagged: [
            {
              subject: 'id:mallory',
              reasons: ['card testing'],
              count: 1,
              score: expect.any(Number) as number,
              remainingMs: 25_000,
            },
          ],
        },
        protections: [
          {
            name: 'edge',
            mode: 'enforce',
            threshold: 100,
            windowMs: 60_000,
            blocks: 2,
            blockedNow: 2,
            bans: [
              { address: '198.51.100.7', reason: 'scans', remainingMs: 55_000 },
              { address: '192.0.2.0/24', reason: 'a whole network', remainingMs: null },
            ],
            more: false,
          },
          {
            name: 'ddos /login',
            mode: 'enforce',
            threshold: 1,
            windowMs: 60_000,
            blocks: 1,
            blockedNow: 1,
            bans: [{ address: '203.0.113.5', reason: 'more than 1 requests in 60000 ms', remainingMs: 895_000 }],
            more: false,
          },
        ],
      },
    ]);
    expect(body).not.toContain('no-evidence-here');
  });

  it('counts no block that is over', async () => {
    const clock = new ManualClock();
    const ddos = new DDoSProtection({ clock });
    ddos.block('198.51.100.7', 1_000, 'scans');
    const { hardening } = setup({ clock, ddos });
    expect((await read(hardening, PATH)).json).toMatchObject({ blocked: 1 });
    clock.advance(2_000);
    expect((await read(hardening, PATH)).json).toMatchObject({ blocked: 0 });
    expect((await read(hardening, PATH, { open: true })).json).toMatchObject({
      blocked: 0,
      protections: [{ bans: [] }],
    });
  });

  it('shows 100 blocks and 20 subjects of thousands, and their number', async () => {
    const clock = new ManualClock();
    const ddos = new DDoSProtection({ clock, maxAddresses: 10_000 });
    const abuse = new AbuseDetector({ clock });
    for (let i = 0; i < 1_000; i++)
      ddos.block(`198.51.${String(i % 100)}.${String(Math.floor(i / 100))}`, 60_000, 'scans');
    for (let i = 0; i < 50; i++) abuse.flag(`id:${String(i)}`, 'by hand');
    const { hardening } = setup({ clock, ddos, abuse });
    const { json } = await read(hardening, PATH, { open: true });
    const { abuse: flags, protections } = json as Shown;
    expect(json).toMatchObject({ flagged: 50, blocked: 1_000 });
    expect([flags?.flagged?.length, protections[0]?.bans?.length, protections[0]?.more]).toEqual([20, 100, true]);
    expect((await read(hardening, PATH)).json).toEqual({ flagged: 50, blocked: 1_000 });
  });

  it('lists a great many blocks for nobody who does not see them', async () => {
    let [lists, blockedNow] = [0, 101];
    const own = new DDoSProtection();
    const bans = () => {
      lists++;
      return { bans: [] };
    };
    const ddos = Object.assign(own, { bans, stats: () => ({ blockedNow }) });
    const { hardening, clock } = setup({ ddos });
    expect((await read(hardening, PATH)).json).toMatchObject({ blocked: 101 });
    expect(lists).toBe(0);
    await read(hardening, PATH, { open: true });
    expect(lists).toBe(1);
    blockedNow = 100;
    clock.advance(1_000);
    expect((await read(hardening, PATH)).json).toMatchObject({ blocked: 0 });
    expect(lists).toBe(2);
  });

  it('works for the forms that share a store, without asking it', async () => {
    const clock = new ManualClock();
    const store = createMemoryStore({ clock });
    const shared = { store, clock, instances: 1 };
    const ddos = new SharedDDoSProtection(shared);
    const abuse = new SharedAbuseDetector(shared);
    await ddos.block('198.51.100.7', 60_000, 'scans');
    await abuse.flag('id:mallory', 'card testing');
    const { hardening } = setup({ clock, ddos, abuse });
    expect((await read(hardening, PATH)).json).toEqual({ flagged: 1, blocked: 1 });
    expect((await read(hardening, PATH, { open: true })).json).toMatchObject({
      abuse: { flagged: [{ reasons: ['card testing'] }] },
      protections: [{ bans: [{ address: '198.51.100.7', reason: 'scans' }] }],
    });
  });

  it('masks every secret in reasons, names and subjects, also what became one later', async () => {
    const clock = new ManualClock();
    const ddos = new DDoSProtection({ clock });
    const abuse = new AbuseDetector({ clock });
    ddos.block('198.51.100.7', 60_000, 'sent hunter2-hunter2 to postgres://u:S3CRETPW@h');
    abuse.flag('id:hunter2-hunter2', 'token=T0KEN-T0KEN and hunter2-hunter2');
    using _registered = registerSecret('hunter2-hunter2');
    const { hardening } = setup({ clock, ddos, abuse });
    const { body } = await read(hardening, PATH, { open: true });
    expect(body).toContain('198.51.100.7');
    expect(body).not.toMatch(/hunter2|S3CRETPW|T0KEN/);
  });

  it('is 200 without any protection', async () => {
    const { hardening } = setup({ ddos: false });
    expect((await read(hardening, PATH)).json).toEqual({ flagged: 0, blocked: 0 });
    expect((await read(hardening, PATH, { open: true })).json).toEqual({ flagged: 0, blocked: 0, protections: [] });
  });

  it('10,000 requests look at the parts once a second', async () => {
    const clock = new ManualClock();
    const ddos = new DDoSProtection({ clock });
    let looks = 0;
    const own: AddressLimiter = {
      kind: 'ddos-protection',
      name: 'own',
      check: (address, options) => ddos.check(address, options),
      isBlocked: (address) => ddos.isBlocked(address),
      snapshot: () => {
        looks++;
        return ddos.snapshot();
      },
    };
    const { hardening } = setup({ clock, ddos: own });
    for (let i = 0; i < 10_000; i++) void hardening.handle(exchangeOf(PATH, {}, new FakeResponse()));
    await settle();
    expect(looks).toBe(1);
    clock.advance(1_000);
    await read(hardening, PATH);
    expect(looks).toBe(2);
  });
});

describe('parts of the service’s own', () => {
  const limiter = (more: object): AddressLimiter =>
    ({
      kind: 'ddos-protection',
      name: 'own',
      check: () => ({ allowed: true }),
      isBlocked: () => false,
      snapshot: () => ({}),
      ...more,
    }) as never;
  const detector = (more: object): AbuseSink =>
    ({
      kind: 'abuse-detector',
      name: 'own',
      record: () => undefined,
      isFlagged: () => false,
      explain: () => undefined,
      snapshot: () => ({}),
      ...more,
    }) as never;
  const boom = (): never => {
    throw new Error('boom');
  };

  it('that do not say how many are kept out are null, and who it is is left out', async () => {
    const { hardening } = setup({ ddos: limiter({}), abuse: detector({}) });
    expect((await read(hardening, PATH)).json).toEqual({ flagged: null, blocked: null });
    expect((await read(hardening, PATH, { open: true })).json).toEqual({
      flagged: null,
      blocked: null,
      abuse: { name: 'own', flaggedNow: null },
      protections: [{ name: 'own', blockedNow: null }],
    });
  });

  it.each<[Record<string, () => unknown>]>([
    [{ bans: boom, stats: boom, summary: boom, snapshot: boom }],
    [
      {
        bans: () => Promise.reject(new Error('later')),
        stats: () => Promise.reject(new Error('later')),
        summary: () => Promise.reject(new Error('later')),
      },
    ],
    [{ bans: () => null, stats: () => 'many', summary: () => 7 }],
    [
      {
        bans: () => ({ bans: 'all' }),
        stats: () => ({ blockedNow: 'all' }),
        summary: () => ({ flagged: {}, flaggedNow: NaN }),
      },
    ],
    [
      {
        bans: () => ({
          bans: [
            null,
            7,
            {
              get address() {
                throw new Error('unreadable');
              },
            },
          ],
        }),
        summary: () => ({ flagged: [null, { reasons: 'x', subject: 7 }] }),
      },
    ],
  ])('that fail or say nonsense end no answer (case %#)', async (parts) => {
    const { hardening } = setup({ ddos: limiter(parts), abuse: detector(parts) });
    for (const open of [true, false]) {
      const { statusCode, json } = await read(hardening, PATH, { open });
      expect([statusCode, json]).toMatchObject([200, { flagged: null }]);
    }
    await settle();
  });

  it('show nothing that is not asked for, such as evidence', async () => {
    const { hardening } = setup({
      ddos: limiter({
        bans: () => ({
          bans: [{ address: '198.51.100.7', reason: 'x', remainingMs: 1, evidence: 'E1', note: 'E2' }],
          note: 'E3',
        }),
        stats: () => ({ blockedNow: 1, secretNote: 'E4' }),
      }),
      abuse: detector({
        summary: () => ({
          flaggedNow: 1,
          evidence: 'E5',
          flagged: [{ subject: 's', reasons: ['r'], remainingMs: 1, evidence: ['E6'] }],
        }),
      }),
    });
    const { body } = await read(hardening, PATH, { open: true });
    expect(body).toContain('198.51.100.7');
    expect(body).not.toMatch(/E[1-6]/);
  });
});
