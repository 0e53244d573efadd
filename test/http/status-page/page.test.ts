import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collectStatus } from '../../../src/http/status-page/collect.js';
import { page, type Reloading } from '../../../src/http/status-page/page.js';
import type { StatusSources } from '../../../src/http/status-page/sources.js';
import { runs } from '../../runs.js';
import { NOON, part, sourcesOf, structureOf, unescaped } from './parts.js';

const RELOADING: Reloading = { everySeconds: 5, paused: false };

async function made(given: Partial<StatusSources> = {}, reloading = RELOADING): Promise<string> {
  return page(await collectStatus(sourcesOf(given), 0), reloading);
}

/** Sources in which every text that comes from elsewhere is this one. */
function saying(text: string, many = 1): Partial<StatusSources> {
  const all = <T>(one: T): T[] => Array.from({ length: many }, () => one);
  const status = 'DEGRADED' as const;
  const check = { name: text, status, message: text, critical: true, ageMs: 5, responseTimeMs: 12_345.6 };
  const report = () => Promise.resolve({ status, components: all(check) });
  const results = Array.from({ length: 1_000 }, (_, i) => ({ responseTimeMs: (i * 7919) % 1_000, status }));
  const history = () => ({ checks: [{ name: text, results }] });
  const breaker = {
    name: text,
    state: 'OPEN',
    mode: 'shadow',
    remainingMs: 7e9,
    lastError: { code: text },
    counts: {},
  };
  const limiter = part('per-user-rate-limiter', text, () => ({ storeAvailable: false, degraded: 5, mode: 'shadow' }));
  const bans = all({ address: text, reason: text, remainingMs: 5 });
  const ddos = { ...part('ddos-protection', text, () => ({ blockedNow: 1e6 })), bans: () => ({ bans, next: 100 }) };
  const flagged = all({ subject: text, reasons: all(text), score: 5, remainingMs: Infinity });
  const detector = { ...part('abuse-detector', text, () => ({})), summary: () => ({ flagged, flaggedNow: 1e6 }) };
  const steps = all({ name: text, status: 'TIMED_OUT', message: text, atMs: 5, durationMs: 7 });
  const run = { reason: text, startedAt: NOON, durationMs: 12, steps };
  const lifecycle = () => ({ phase: 'DRAINING', requestsInFlight: 5, trackedWork: 6, start: run, stop: run });
  const deployed = all({ name: text, status: 'WARN', message: text, hint: text });
  const numbers = Object.fromEntries(all(0).map((_, i) => [`${text}${String(i)}`, text]));
  return {
    title: text,
    checks: { check: report, liveness: report, readiness: report, history },
    lifecycle: { phase: 'DRAINING', snapshot: lifecycle },
    limiters: all(0).map(() => ({ ...limiter })) as never,
    abuse: { detector: detector as never, rejects: true },
    components: [
      ...all(0).map(() => part('circuit-breaker', text, () => breaker)),
      part('circuit-breaker-registry', text, () => ({ byState: { OPEN: 5 }, notClosed: all(breaker) })),
      ddos,
      part('deployment-checker', text, () => ({ results: deployed })),
      ...all(0).map(() =>
        part(
          `kind ${text}`,
          text,
          () => numbers,
          () => ({ status, message: text }),
        ),
      ),
      part('broken', text, () => {
        throw new Error(text);
      }),
    ],
  };
}

describe('the page', () => {
  it('is one document whose tags are closed and whose attributes have quotes', async () => {
    const { tags, text } = structureOf(await made(saying('payments')));
    expect(tags.slice(0, 4)).toEqual(['html lang', 'head', 'meta charset', 'meta name content']);
    expect(tags.filter((tag) => /^(h1|main|header|nav)\b/.test(tag))).toEqual([
      'header',
      'h1',
      'nav aria-label',
      'main',
    ]);
    expect(text).toContain('payments');
  });

  it('has the same tags whatever the texts in it are', async () => {
    const plain = structureOf(await made(saying('payments'))).tags;
    const hostile = fc
      .array(
        fc.oneof(
          fc.constantFrom(
            '<b>',
            '</td>',
            '</title>',
            '<script>alert(1)</script>',
            '"',
            "'",
            '" onclick="x',
            '&amp;',
            '-->',
          ),
          fc.string({ unit: 'binary', maxLength: 20 }),
        ),
        { maxLength: 6 },
      )
      .map((parts) => `x${parts.join('')}`);
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        expect(structureOf(await made(saying(text))).tags).toEqual(plain);
      }),
      { numRuns: runs(200) },
    );
  });

  it('shows a text as it is, in the title too', async () => {
    const name = `</title><img src=x onerror="alert('1')"> & Söhne`;
    const { text } = structureOf(await made({ title: name }));
    expect(unescaped(text)).toContain(`Healthy · ${name}\n`);
    expect(unescaped(text).split(name)).toHaveLength(3);
  });

  it('shows no character that turns text around or hides it', async () => {
    const { text } = structureOf(await made(saying('safe\u202egnp.exe\u200b\0\n')));
    expect(text).not.toMatch(/[\u202e\u200b\0]/);
  });

  it('loads nothing, runs nothing, sends nothing', async () => {
    const { tags } = structureOf(await made(saying('payments')));
    const names = new Set(tags.flatMap((tag) => tag.split(' ')));
    for (const name of ['script', 'img', 'iframe', 'form', 'object', 'style-src', 'src', 'srcset', 'action'])
      expect(names).not.toContain(name);
    expect([...names].filter((name) => name.startsWith('on'))).toEqual([]);
    expect(tags.filter((tag) => tag.includes(' style'))).toEqual([]);
    const links = [...(await made(saying('payments'))).matchAll(/ href="([^"]*)"/g)].map(([, href = '']) => href);
    expect(links.filter((href) => !/^(#[a-z]+|\?refresh=(on|off)|data:image\/svg\+xml,[^"<>]*)$/.test(href))).toEqual(
      [],
    );
  });

  it.each([
    ['quotes, which are the longest in markup', '"'],
    ['characters of three bytes', '\u4e2d'],
    ['characters of four bytes', '\u{1f600}'],
    ['words', 'lorem ipsum dolor '],
  ])('stays below 200 kB with hundreds of everything, made of %s', async (_, character) => {
    const whole = await made(saying(character.repeat(400).slice(0, 400), 300));
    expect(Buffer.byteLength(whole)).toBeLessThan(200_000);
    structureOf(whole);
  });

  it('says how much of a table it leaves out', async () => {
    const text = structureOf(await made(saying('payments', 300))).text;
    // Of blocked addresses and flagged subjects their own counts tell how many there are.
    for (const left of ['999,900', '999,980']) expect(text).toContain(`and ${left} more`);
    const whole = await made(saying('payments', 300));
    for (const id of ['checks', 'circuits', 'limits', 'deployment', 'start', 'stop', 'others']) {
      const section = new RegExp(`<section id="${id}"[\\s\\S]*?</section>`).exec(whole)?.[0] ?? '';
      const rows = section.match(/<th role="rowheader"/g)?.length ?? 0;
      const left = Number(/and ([\d,]+) more/.exec(section)?.[1]?.replaceAll(',', ''));
      // Registries, shared limiters and what is broken come on top of 300.
      expect([id, rows + left]).toEqual([id, { circuits: 321, limits: 301, others: 301 }[id] ?? 300]);
    }
  });

  it('has for every table a caption, for every column a header, and for every row a name', async () => {
    const whole = await made(saying('payments'));
    const tables = [...whole.matchAll(/<table role="table"><caption>([^<]+)<\/caption>([\s\S]*?)<\/table>/g)];
    expect(tables).toHaveLength(9);
    for (const [, , body = ''] of tables) {
      const [head = '', rows = ''] = body.split('</thead>');
      const columns = head.match(/<th role="columnheader" scope="col"/g)?.length;
      for (const [, row = ''] of rows.matchAll(/<tr role="row">([\s\S]*?)<\/tr>/g)) {
        expect(row).toMatch(/^<th role="rowheader" scope="row">/);
        const spans = [...row.matchAll(/<t[hd] role="\w+"(?:[^>]*? colspan="(\d+)")?/g)].map(([, span]) =>
          Number(span ?? 1),
        );
        expect(spans.reduce((sum, span) => sum + span, 0)).toBe(columns);
      }
    }
  });

  it('tells each state by a word, and each section by its heading', async () => {
    const whole = await made(saying('payments'));
    expect([...whole.matchAll(/<span class="mark \w+">([^<]*)<\/span>/g)].filter(([, word]) => word === '')).toEqual(
      [],
    );
    const labelled = [
      ...whole.matchAll(/<section id="([a-z]+)" aria-labelledby="([a-z]+-title)"><h2 id="([a-z-]+)">/g),
    ];
    expect(labelled.map(([, id]) => id)).toEqual([
      'stop',
      'checks',
      'circuits',
      'limits',
      'blocked',
      'flagged',
      'deployment',
      'start',
      'others',
    ]);
    for (const [, id = '', by, heading] of labelled) expect([by, heading]).toEqual([`${id}-title`, `${id}-title`]);
    for (const [, target = ''] of whole.matchAll(/ href="#([a-z]+)"/g))
      expect(whole).toContain(`<section id="${target}"`);
  });

  it.each([
    [{ everySeconds: 5, paused: false }, 'every 5 s', '?refresh=off'],
    [{ everySeconds: 90, paused: true }, 'paused', '?refresh=on'],
    [{ everySeconds: false, paused: false }, 'not by itself', undefined],
  ] as const)('says how it reloads, and how not to: %o', async (reloading, said, link) => {
    const whole = await made({}, reloading);
    expect(whole).toContain(said);
    expect(/ href="(\?[^"]*)"/.exec(whole)?.[1]).toBe(link);
  });

  it('of a service without anything has no empty tables', async () => {
    const whole = await made();
    expect(whole).not.toContain('<table');
    expect(structureOf(whole).text).toContain('No checks are registered.');
    expect(Buffer.byteLength(whole)).toBeLessThan(10_000);
  });

  it('says so where there is no report, no ban, no flag, and where nobody is refused', async () => {
    const never = () => Promise.reject(new Error('gone'));
    const ddos = { ...part('ddos-protection', 'ddos', () => ({})), bans: () => ({ bans: [] }) };
    const detector = { ...part('abuse-detector', 'abuse', () => ({ flaggedNow: 3 })), isFlagged: () => false };
    const { text } = structureOf(
      await made({
        pipeline: { snapshot: () => ({ name: 'http', mode: 'shadow', requests: 0, refused: 0, slow: 0, aborted: 0 }) },
        checks: { check: never, liveness: never, readiness: never },
        limiters: [ddos as never],
        abuse: { detector: detector as never, rejects: false },
        components: [part('deployment-checker', 'default', () => ({}))],
      }),
    );
    for (const said of [
      'There is no report: gone',
      'Nobody is blocked.',
      '3 flagged; the detector lists nobody.',
      'The checks have not run yet.',
      'The pipeline is in shadow mode: it refuses nobody.',
      'none refused, none slow',
    ]) {
      expect(text).toContain(said);
    }
  });
});
