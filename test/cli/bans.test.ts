import { createClusterStore } from 'breakwater/cluster';
import { SharedDDoSProtection } from 'breakwater/ddos-protection';
import type { LimitStore } from 'breakwater/rate-limiter';
import { createMemoryStore, ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import type { CommandIo } from '../../src/cli/io.js';
import { breakwater, FILE, holding } from './setup.js';

const NOBODY = "'edge' blocks nobody";

/** Processes that share a store, and the one that the command line is. */
function shop() {
  const clock = new ManualClock();
  const store = createMemoryStore({ clock });
  const protection = () => new SharedDDoSProtection({ name: 'edge', store, instances: 2, clock });
  const world: Partial<CommandIo> = { clock, ...holding({ 'breakwater.config.js': { bans: protection() } }) };
  return { clock, store, protection, world };
}

describe('breakwater bans', () => {
  it.each([[['bans', '--help']], [['help', 'bans']], [['bans', 'unblock', '-h']]])(
    '%j shows its commands and their options',
    async (argv) => {
      const { code, out, err } = await breakwater(argv);
      expect([code, err]).toEqual([0, '']);
      for (const word of ['list', 'unblock', '--config FILE', '--timeout TIME', '--format text|json|nginx|nftables'])
        expect(out).toContain(`  ${word} `);
    },
  );

  it('says that it cannot reach what a primary keeps for its workers', async () => {
    const world: Partial<CommandIo> = {
      look: (path) => (path === '/app/breakwater.config.js' ? FILE : undefined),
      importModule: () =>
        Promise.resolve().then(() => ({
          bans: new SharedDDoSProtection({ store: createClusterStore(), instances: 2 }),
        })),
    };
    for (const argv of [['list'], ['unblock', '203.0.113.7']]) {
      const { code, out, err } = await breakwater(['bans', ...argv], world);
      expect([code, out]).toEqual([3, '']);
      expect(err).toContain('in the primary of the service, where no command reaches it');
    }
    // The service itself has it.
    await createClusterStore({ name: 'of-the-service' }).close();
  });

  it('gives each question to a store far away as long as it may wait itself', async () => {
    const { clock, store, protection } = shop();
    await protection().block('203.0.113.7', 90_000, 'by hand');
    const later = <A>(answer: Promise<A>) =>
      new Promise<A>((resolve) => {
        clock.schedule(() => {
          resolve(answer);
        }, 700);
      });
    const far: LimitStore = {
      take: (rules) => later(store.take(rules)),
      count: (rule) => later(store.count(rule)),
      record: (rule) => later(store.record(rule)),
      mark: (change) => later(store.mark(change)),
      changes: (group, version) => later(store.changes(group, version)),
      clear: (key) => later(store.clear(key)),
    };
    const world: Partial<CommandIo> = {
      clock,
      look: (path) => (path === '/app/breakwater.config.js' ? FILE : undefined),
      importModule: () =>
        Promise.resolve().then(() => ({
          bans: new SharedDDoSProtection({ name: 'edge', store: far, instances: 2, clock }),
        })),
    };
    const run = async (...argv: readonly string[]) => {
      const done = breakwater(['bans', ...argv], world);
      await clock.advanceAsync(3_000);
      return done;
    };
    expect((await run('list')).out).toContain("'edge' blocks 1:");
    expect(await run('unblock', '203.0.113.7')).toEqual({ code: 0, out: "'edge' blocks it no longer", err: '' });
    expect((await run('list', '--timeout', '600')).err).toContain('(no answer within 600 ms)');
    // The service itself waits no longer than it is told to.
    const asked = protection().check('198.51.100.1');
    await clock.advanceAsync(50);
    expect((await asked).degraded).toBe(false);
    const served = new SharedDDoSProtection({ name: 'edge', store: far, instances: 2, clock }).check('198.51.100.1');
    await clock.advanceAsync(50);
    expect((await served).degraded).toBe(true);
  });

  it('lists what any process blocked, with the time that is left and the reason', async () => {
    const { clock, protection, world } = shop();
    expect(await breakwater(['bans', 'list'], world)).toEqual({ code: 0, out: NOBODY, err: '' });
    const other = protection();
    await other.block('203.0.113.7', 90_000, 'by hand');
    await other.block('2001:db8::/32', 3 * 3_600_000, 'a crowd');
    await clock.advanceAsync(30_000);
    const { code, out, err } = await breakwater(['bans', 'list'], world);
    expect([code, err]).toEqual([0, '']);
    expect(out.split('\n').sort()).toEqual(
      ["'edge' blocks 2:", '  2001:db8::/32  3 h more: a crowd', '  203.0.113.7    60 s more: by hand'].sort(),
    );
  });

  it('lists all of many, for programs and for packet filters', async () => {
    const { protection, world } = shop();
    const other = protection();
    for (let i = 0; i < 250; i++) await other.block(`198.51.100.${String(i)}`, 60_000, 'many');
    const json = JSON.parse((await breakwater(['bans', 'list', '--format', 'json'], world)).out) as {
      readonly protections: readonly { readonly name: string; readonly bans: readonly object[] }[];
    };
    expect(json).toMatchObject({ version: 1, command: 'bans list', protections: [{ name: 'edge' }] });
    expect(json.protections[0]?.bans).toHaveLength(250);
    expect(json.protections[0]?.bans[0]).toEqual({
      address: expect.stringMatching(/^198\.51\.100\./) as string,
      reason: 'many',
      remainingMs: 60_000,
    });
    const nginx = await breakwater(['bans', 'list', '--format', 'nginx'], world);
    expect(nginx.out.split('\n')).toHaveLength(250);
    const nftables = await breakwater(['bans', 'list', '--format', 'nftables'], world);
    expect(nftables.out).toContain('add table inet breakwater');
  });

  it('says of one that only watches whom it would block', async () => {
    const { clock, store } = shop();
    const watching = new SharedDDoSProtection({ name: 'tried', store, instances: 2, clock, mode: 'shadow' });
    await watching.block('203.0.113.7', 90_000, 'by hand');
    const world = { clock, ...holding({ 'breakwater.config.js': { bans: watching } }) };
    expect((await breakwater(['bans', 'list'], world)).out).toBe(
      "'tried' would block 1:\n  203.0.113.7  90 s more: by hand",
    );
    expect((await breakwater(['bans', 'list', '--format', 'nginx'], world)).out).toBe('');
  });

  it('unblocks for all processes, and says what was not blocked', async () => {
    const { clock, protection, world } = shop();
    const [one, two] = [protection(), protection()];
    await one.block('203.0.113.7', 90_000, 'by hand');
    await two.refresh();
    expect(two.isBlocked('203.0.113.7')).toBe(true);
    expect(await breakwater(['bans', 'unblock', '203.0.113.7'], world)).toEqual({
      code: 0,
      out: "'edge' blocks it no longer",
      err: '',
    });
    await clock.advanceAsync(1_000);
    two.isBlocked('203.0.113.7');
    await clock.advanceAsync(1);
    expect(two.isBlocked('203.0.113.7')).toBe(false);
    expect(await breakwater(['bans', 'unblock', '203.0.113.7'], world)).toEqual({
      code: 1,
      out: "'edge' did not block it",
      err: '',
    });
  });

  it.each([
    [['list', '--formt', 'json'], "unknown option '--formt'; did you mean '--format'?"],
    [['list', '--format', 'yaml'], "'--format' takes text or json or nginx or nftables, got 'yaml'"],
    [['list', '--timeout', 'soon'], "'--timeout' takes from 1ms to 60s, such as 500ms, 2s, 5m or 2000 (ms)"],
    [['unblock'], "'bans unblock' takes one address or range, such as 203.0.113.7 or 2001:db8::/32"],
    [['unblock', ''], "'bans unblock' takes one address or range, such as 203.0.113.7 or 2001:db8::/32"],
    [['unblock', '::1', '::2'], "'bans unblock' takes one address or range, such as 203.0.113.7 or 2001:db8::/32"],
  ])('%j makes no sense, and nothing is loaded', async (words, message) => {
    const world = { look: () => FILE, importModule: () => Promise.reject(new Error('loaded')) };
    expect(await breakwater(['bans', ...words], world)).toEqual({
      code: 2,
      out: '',
      err: `breakwater: ${message}\nRun 'breakwater bans --help' for what there is.`,
    });
  });

  it('says what is no address, before it lifts anything', async () => {
    const { world } = shop();
    const { code, out, err } = await breakwater(['bans', 'unblock', 'example.com'], world);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^breakwater: SharedDDoSProtection 'edge': 'example.com' is not an address or a CIDR range/);
  });

  it.each([
    ['without a module', {}, 'there is no breakwater.config.js, .mjs or .cjs here'],
    [
      'without a protection',
      { bans: 1 },
      "'breakwater.config.js' exports no SharedDDoSProtection: export one as 'bans'",
    ],
    [
      'with an empty list',
      { bans: [] },
      "'breakwater.config.js' exports no SharedDDoSProtection: export one as 'bans'",
    ],
  ])('%s is a usage error', async (_, exports, message) => {
    const world = Object.keys(exports).length === 0 ? {} : holding({ 'breakwater.config.js': exports });
    const { code, err } = await breakwater(['bans', 'list'], world);
    expect([code, err.includes(message)]).toEqual([2, true]);
  });

  it('takes a list of them, also from the default', async () => {
    const { clock, store, protection } = shop();
    const second = new SharedDDoSProtection({ name: 'login', store, instances: 2, clock });
    await second.block('203.0.113.7', 90_000, 'by hand');
    const bans = [protection(), second];
    const world = { clock, ...holding({ 'breakwater.config.js': { default: { bans } } }) };
    expect((await breakwater(['bans', 'unblock', '203.0.113.7'], world)).out).toBe(
      "'edge' did not block it\n'login' blocks it no longer",
    );
    const refused = await breakwater(['bans', 'list', '--format', 'nftables'], world);
    expect([refused.code, refused.out]).toEqual([2, '']);
  });

  it('waits for a store that is still connecting, and no longer than it may', async () => {
    const clock = new ManualClock();
    let asked = 0;
    const slow = { name: 'edge', refresh: () => Promise.resolve(++asked > 3), unblock: () => Promise.resolve(true) };
    const protection = { ...slow, exportBans: () => JSON.stringify({ name: 'edge', mode: 'enforce', bans: [] }) };
    const world = { clock, ...holding({ 'breakwater.config.js': { bans: protection } }) };
    const listed = breakwater(['bans', 'list'], world);
    await clock.advanceAsync(1_000);
    expect([await listed, asked]).toEqual([{ code: 0, out: NOBODY, err: '' }, 4]);

    asked = -1_000;
    const lost = breakwater(['bans', 'unblock', '::1', '--timeout', '2s'], world);
    await clock.advanceAsync(2_000);
    expect(await lost).toEqual({
      code: 3,
      out: '',
      err: "breakwater: the store of 'edge' does not answer (no answer within 2000 ms): is it up, and reachable from here?",
    });
  });

  it('says why a store does not answer, where it says so', async () => {
    const clock = new ManualClock();
    const store = createMemoryStore({ clock });
    const noauth = () => Promise.reject(new Error('NOAUTH Authentication required.'));
    const closed = { take: noauth, count: noauth, record: noauth, mark: noauth, changes: noauth, clear: noauth };
    const bans = new SharedDDoSProtection({ name: 'edge', store: Object.assign(store, closed), instances: 2, clock });
    const world = { clock, ...holding({ 'breakwater.config.js': { bans } }) };
    const lost = breakwater(['bans', 'list', '--timeout', '2s'], world);
    await clock.advanceAsync(3_000);
    expect(await lost).toEqual({
      code: 3,
      out: '',
      err: "breakwater: the store of 'edge' does not answer (NOAUTH Authentication required.): is it up, and reachable from here?",
    });
  });

  it('is told apart from a store that fails in between', async () => {
    const failing = () => Promise.reject(new Error('BREAKWATER_STORE: no answer'));
    const exportBans = () => {
      throw new Error('no answer');
    };
    const protection = { name: 'edge', refresh: () => true, unblock: failing, exportBans };
    const world = holding({ 'breakwater.config.js': { bans: protection } });
    expect((await breakwater(['bans', 'unblock', '::1'], world)).code).toBe(3);
    expect((await breakwater(['bans', 'list', '--format', 'nginx'], world)).code).toBe(3);
  });
});
