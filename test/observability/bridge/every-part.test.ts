import { readFileSync, readdirSync } from 'node:fs';
import { registerSecret } from 'breakwater/core';
import { describe, expect, it } from 'vitest';
import { ask } from '../../http/exchange.js';
import { observe } from './observe.js';
import { everyPart, keepWaiting, useAll } from './parts.js';
import { settle, sinks } from './setup.js';
import { problemsOf } from './strict.js';

const noop = (): void => undefined;
const address = (i: number): string => `10.${String(i >> 16)}.${String((i >> 8) & 255)}.${String(i & 255)}`;

describe('observe: every part of the library', () => {
  it('OBS-B20 knows all of them', () => {
    const kinds = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.includes('bridge'))
      .map((file) => readFileSync(`src/${file}`, 'utf8'))
      .filter((text) => /\bComponent</.test(text))
      .flatMap((text) => [...text.matchAll(/^ {2}readonly kind(?: = |: )(.+);$/gm)])
      .flatMap(([, text = '']) => [...text.matchAll(/'([\w-]+)'/g)].map(([, kind]) => kind));
    const known = new Set(everyPart().all.map(({ kind }) => kind));
    expect(kinds.length).toBeGreaterThan(15);
    expect(kinds.filter((kind) => !known.has(String(kind)))).toEqual([]);
  });

  it('OBS-B20 tells its events as lines and its values as samples that a scrape takes', async () => {
    const { all, parts, clock, state } = everyPart();
    const { lines, logger, metrics, scrape } = sinks();
    const reported: unknown[] = [];
    observe(all, { logger, metrics, clock, onListenerError: (error) => reported.push(error) });
    expect(problemsOf(scrape())).toEqual([]);
    for (let i = 0; i < 5; i++) await useAll(parts, `user-${String(i)}`, address(i), clock);
    await keepWaiting(parts, clock);
    state.lost = true;
    for (let i = 5; i < 20; i++) await useAll(parts, `user-${String(i)}`, address(i), clock);
    parts.breaker.isolate('maintenance');
    expect(problemsOf(scrape())).toEqual([]);
    const told = new Set(
      lines.map(({ fields }) => `${String(fields['componentKind'])} ${String(fields['componentEvent'])}`),
    );
    expect([...told]).toEqual(
      expect.arrayContaining([
        'circuit-breaker stateChange',
        'circuit-breaker rejected',
        'circuit-breaker-registry stateChange',
        'error-recovery-service stateChange',
        'bulkhead rejected',
        'timeout timeout',
        'deadline timeout',
        'graceful-degradation degraded',
        'rate-limiter rejected',
        'per-user-rate-limiter rejected',
        'per-user-rate-limiter storeLost',
        'abuse-detector flagged',
        'ddos-protection blocked',
        'hardening refused',
        'health-check-service statusChange',
        'application-lifecycle phaseChange',
        'deployment-checker checked',
        'live-config change',
        'live-config rejected',
      ]),
    );
    // Whatever has values has them under its own name.
    const shown = JSON.stringify(scrape());
    for (const { name } of all) expect(shown).toContain(`"${name}"`);
    await settle();
    expect(reported).toEqual([]);
  });

  it('OBS-B21 ten thousand users and addresses make no series', async () => {
    const { all, parts, clock } = everyPart();
    const { metrics, scrape } = sinks();
    observe(all, { metrics, clock, onListenerError: noop });
    for (let i = 0; i < 40; i++) await useAll(parts, `client-${String(i)}`, address(i), clock);
    const series = () => scrape().filter(({ name }) => name !== 'breakwater_component_events_total').length;
    const before = series();
    for (let i = 40; i < 10_000; i++) {
      const key = `client-${String(i)}`;
      parts.perUser.check(key);
      parts.abuse.record(key, `type-${key}`);
      parts.abuse.record(key, 'x');
      parts.ddos.check(address(i));
      (await ask(parts.hardening, `/of/${key}`, { address: address(i) })).end();
      await parts.registry
        .for(key)
        .execute(() => Promise.reject(new Error(key)))
        .catch(noop);
      if (i % 10 > 0) continue;
      await parts.recovery.execute(key, () => Promise.reject(new Error(key)), { retry: false }).catch(noop);
      await Promise.all([
        parts.sharedPerUser.check(key),
        parts.sharedAbuse.record(key, key),
        parts.sharedDDoS.check(address(i)),
      ]);
    }
    const after = scrape();
    expect([series(), after.length < 400]).toEqual([before, true]);
    const keyed = after.filter(({ labels }) => Object.values(labels ?? {}).some((text) => /client-|10\.\d/.test(text)));
    // Its services are those that the program names, and bounded all the same.
    expect(new Set(keyed.map(({ name }) => name.slice(0, 20)))).toEqual(new Set(['breakwater_recovery_']));
    expect(keyed.length).toBeLessThanOrEqual(20 * 5);
  });

  it('OBS-B22 no secret gets out, whatever has it: a name, a reason, an error, a key', async () => {
    const secret = registerSecret('correct-horse');
    const { all, parts, clock, state } = everyPart('redis://app:hunter2secret@cache correct-horse');
    const { lines, logger, metrics, scrape } = sinks();
    observe(all, { logger, metrics, clock, onListenerError: noop });
    await useAll(parts, 'token=hunter2secret', '10.0.0.1', clock);
    await keepWaiting(parts, clock);
    parts.breaker.isolate('password=hunter2secret');
    parts.degradation.degrade('search', { reason: 'https://u:hunter2secret@h/ correct-horse' });
    state.lost = true;
    await useAll(parts, 'token=hunter2secret', '10.0.0.2', clock);
    const shown = JSON.stringify([lines, scrape()]);
    secret[Symbol.dispose]();
    expect(lines.length).toBeGreaterThan(20);
    expect(shown).not.toMatch(/hunter2secret|correct-horse/);
  });
});
