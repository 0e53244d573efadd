import { DeploymentChecker, type DeploymentOutcome } from 'breakwater/deployment';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse as parseXml } from './xml.js';
import { FORMATS } from '../../src/cli/report/report.js';
import { printReport } from '../../src/cli/report/print.js';
import { Watch } from '../../src/cli/watch.js';
import { runs } from '../runs.js';
import { reportFaults } from './report-faults.js';
import { sarifFaults } from './sarif-faults.js';
import { breakwater, holding } from './setup.js';

// An end that is near, since a far one is told as well.
const UNTIL = new Date(Date.now() + 30 * 86_400_000).toISOString();
const SILENCE = [{ id: 'known.one', reason: 'moves <next> week', until: UNTIL }];

function check(outcomes: Readonly<Record<string, () => DeploymentOutcome>>, ...words: string[]) {
  const checks = Object.entries(outcomes).map(([id, run]) => ({ id, name: `The ${id}`, run }));
  const deployment = new DeploymentChecker({ env: false, checks, silence: outcomes['known'] ? SILENCE : [] });
  return breakwater(['check', ...words], holding({ 'breakwater.config.js': { deployment } }));
}

const good = (): DeploymentOutcome => ({ status: 'PASS', message: 'fine' });
const warns = (): DeploymentOutcome => ({ status: 'WARN', message: 'odd' });
const crashes = (): DeploymentOutcome => {
  throw new Error('no route');
};
const several = (): DeploymentOutcome => ({
  message: 'two of "them" & more',
  findings: [
    {
      id: 'several.one',
      status: 'FAIL',
      message: '100% wrong: a, b',
      hint: 'mend\nit',
      place: { file: 'conf/a:b,c.json', line: 3 },
    },
    { id: 'several.two', status: 'WARN', message: 'odd <one>' },
  ],
});
const known = (): DeploymentOutcome => ({
  message: 'known',
  findings: [{ id: 'known.one', status: 'FAIL', message: 'one' }],
});
const all = { good, warns, crashes, several, known };

/** Holds a document against what readers of JUnit take: the rules of the schema of Jenkins, `junit-10.xsd`. */
function faultsOfJUnit(text: string, tests: number): void {
  const suites = parseXml(text);
  const [suite, ...others] = suites.children;
  const number = (kind: string) =>
    suite?.children.filter(({ children }) => children.some(({ name }) => name === kind)).length;
  expect([suites.name, suite?.name, others]).toEqual(['testsuites', 'testsuite', []]);
  expect(Object.keys(suites.attributes)).toEqual(['name', 'tests', 'failures', 'errors', 'time']);
  expect(Object.keys(suite?.attributes ?? {})).toEqual(['name', 'tests', 'failures', 'errors', 'time', 'skipped']);
  expect(suite?.attributes).toMatchObject({
    tests: String(tests),
    failures: String(number('failure')),
    errors: String(number('error')),
    skipped: String(number('skipped')),
    time: expect.stringMatching(/^\d+\.\d{3}$/) as string,
  });
  expect(suite?.children).toHaveLength(tests);
  for (const { name, attributes, children } of suite?.children ?? []) {
    expect([name, Object.keys(attributes)]).toEqual(['testcase', ['name', 'classname', 'time']]);
    expect(attributes['classname']).toMatch(/^breakwater(\.[\w-]+)+/);
    expect(attributes['classname']).not.toMatch(/\s/);
    expect(attributes['time']).toMatch(/^\d+\.\d{3}$/);
    expect(children.length).toBeLessThanOrEqual(1);
    for (const child of children) expect(child.name).toMatch(/^(failure|error|skipped|system-out)$/);
  }
}

describe('a report', () => {
  it('HLD-63 as JSON is one document, with nothing else on standard output', async () => {
    const { code, out, err } = await check(all, '--format', 'json');
    expect([code, err]).toEqual([1, '']);
    expect(reportFaults(JSON.parse(out))).toEqual([]);
    expect(reportFaults({ ...(JSON.parse(out) as object), extra: 1 })).not.toEqual([]);
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      command: 'check',
      subject: 'production',
      exitCode: 1,
      allPass: false,
      counts: { total: 5, passed: 1, warned: 1, failed: 2, crashed: 1, timedOut: 0, silenced: 1 },
      results: [
        { id: 'good', name: 'The good', status: 'PASS', message: 'fine', metadata: {}, tags: [] },
        { id: 'warns', status: 'WARN' },
        { id: 'crashes', status: 'FAIL', crashed: true },
        {
          id: 'several',
          status: 'FAIL',
          findings: [{ id: 'several.one', place: { file: 'conf/a:b,c.json', line: 3 } }, {}],
        },
        { id: 'known', status: 'WARN', findings: [{ silenced: { status: 'FAIL', reason: 'moves <next> week' } }] },
      ],
    });
  });

  it('HLD-63 as JUnit has one test case for each check', async () => {
    const { out } = await check(all, '--format', 'junit');
    const suites = parseXml(out);
    expect(suites).toMatchObject({
      name: 'testsuites',
      attributes: { tests: '5', failures: '1', errors: '1' },
    });
    expect(suites.children[0]?.attributes).toMatchObject({ tests: '5', failures: '1', errors: '1', skipped: '1' });
    const cases = suites.children[0]?.children ?? [];
    expect(
      cases.map(({ attributes, children }) => [attributes['name'], attributes['classname'], children[0]?.name]),
    ).toEqual([
      ['The good', 'breakwater.check.good', undefined],
      ['The warns', 'breakwater.check.warns', 'system-out'],
      ['The crashes', 'breakwater.check.crashes', 'error'],
      ['The several', 'breakwater.check.several', 'failure'],
      ['The known', 'breakwater.check.known', 'skipped'],
    ]);
    expect(cases[3]?.children[0]).toMatchObject({
      attributes: { message: 'two of "them" & more', type: 'FAIL' },
      text: 'FAIL several.one: 100% wrong: a, b; mend it\nWARN several.two: odd <one>',
    });
    const strict = parseXml((await check(all, '--format', 'junit', '--fail-on', 'warn')).out);
    expect(strict.children[0]?.attributes).toMatchObject({ failures: '2', errors: '1', skipped: '1' });
  });

  it('as annotations of GitHub has one for each thing that is wrong', async () => {
    const { out } = await check(all, '--format', 'github');
    expect(out.split('\n')).toEqual([
      '::warning title=The warns (warns)::WARN: odd',
      '::error title=The crashes (crashes)::CRASH: crashed: no route',
      '::error file=conf/a%3Ab%2Cc.json,line=3,title=The several (several.one)::FAIL: 100%25 wrong: a, b%0Amend it',
      '::warning title=The several (several.two)::WARN: odd <one>',
      `::notice title=The known (known.one)::SILENCED: one (silenced until ${UNTIL}: moves <next> week)`,
      'breakwater check: production: 1 of 5 checks passed, 2 failed (1 could not be found out), 1 warning, 1 silenced',
    ]);
    expect((await check({ warns }, '--format', 'github', '--fail-on', 'warn')).out).toMatch(/^::error title=The warns/);
  });

  it('cannot be made to give commands to GitHub', async () => {
    const evil = (): DeploymentOutcome => ({
      status: 'FAIL',
      message: '::add-mask::x\n::set-env name=A::b ##[error]c',
    });
    const { out } = await check({ evil }, '--format', 'github');
    expect(out.split('\n').filter((line) => line.trimStart().startsWith('::'))).toHaveLength(1);
    expect(out).not.toContain('##[');
  });

  it('has colours where they are shown', async () => {
    const deployment = new DeploymentChecker({ env: false, checks: [{ id: 'bad', name: 'Bad', run: crashes }] });
    const world = { ...holding({ 'breakwater.config.js': { deployment } }), terminal: { hasColors: () => true } };
    expect((await breakwater(['check'], world)).out).toContain('\u001b[35mCRASH   \u001b[0m  Bad');
    expect((await breakwater(['check', '--format', 'json'], world)).out).not.toContain('\u001b');
  });

  it('names its file and line, and what is silenced', async () => {
    const { out } = await check(all);
    expect(out).toContain('FAIL 100% wrong: a, b (conf/a:b,c.json:3) [several.one]');
    expect(out).toContain('SILENCED one [known.one]');
    expect(out).toContain(`FAIL, silenced until ${UNTIL}: moves <next> week`);
  });

  it.each(['text', 'json', 'junit', 'sarif', 'github'])('counts as %s what was silenced until a moment ago', async (format) => {
    const silenced = { status: 'FAIL', reason: 'next week', until: '2020-01-01T00:00:00.000Z' };
    const finding = { id: 'a.b', status: 'WARN', message: 'it is bad', silenced };
    const result = { id: 'a', name: 'A', status: 'WARN', message: 'one', metadata: {}, durationMs: 1, tags: [], findings: [finding] };
    const whole = { ...result, id: 'b', findings: [], silenced };
    const answers = (results: object[]) => breakwater(['check', '--format', format], holding({ 'breakwater.config.js': { deployment: { runAllChecks: () => ({ allPass: true, results }) } } }));
    for (const results of [[result], [whole]]) {
      const { code, out } = await answers(results);
      expect([code, /silenced until|suppress/i.test(out)]).toEqual([1, false]);
    }
    const { code } = await answers([{ ...result, findings: [{ ...finding, silenced: { ...silenced, until: UNTIL } }] }]);
    expect(code).toBe(0);
  }); // prettier-ignore

  it('HLD-63 is well-formed as SARIF for an id that every object has', async () => {
    const bad = (): DeploymentOutcome => ({ status: 'FAIL', message: 'no' });
    const { out } = await check({ ['__proto__']: bad }, '--format', 'sarif');
    expect(out).toContain('__proto__');
    expect(sarifFaults(JSON.parse(out))).toEqual([]);
  });

  it('HLD-63 is well-formed whatever texts hold', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 });
    const item = fc.record({
      id: text,
      name: text,
      status: fc.constantFrom('PASS', 'WARN', 'FAIL'),
      message: text,
      hint: text,
      durationMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
      crashed: fc.boolean(),
      findings: fc.array(fc.record({ id: text, status: fc.constantFrom('PASS', 'WARN', 'FAIL'), message: text }), {
        maxLength: 3,
      }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(item, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(...FORMATS),
        async (items, format) => {
          let out = '';
          const io = { out: (line: string) => (out += line), terminal: {}, watch: new Watch(), version: () => '1.2.3' };
          const report = { command: 'k8s lint', subject: 'production', items: items as never };
          const world = { ...io, turn: () => Promise.resolve(), environment: () => ({}) };
          await printReport(report, world as never, { format });
          if (format === 'json') expect((JSON.parse(out) as { results: unknown[] }).results).toHaveLength(items.length);
          if (format === 'junit') faultsOfJUnit(out, items.length);
          if (format === 'sarif') expect(sarifFaults(JSON.parse(out))).toEqual([]);
        },
      ),
      { numRuns: runs(2_000) },
    );
  });
});

describe('HLD-59 no secret', () => {
  it('is in any format, whatever a check says', async () => {
    const secret = fc
      .string({ minLength: 8, maxLength: 40, unit: 'grapheme' })
      .filter((one) => one.trim().length >= 8 && !/^[\w.: -]*$/.test(one));
    await fc.assert(
      fc.asyncProperty(secret, fc.constantFrom(...FORMATS), fc.boolean(), async (value, format, isInURL) => {
        const [base64, hex] = [Buffer.from(value).toString('base64'), Buffer.from(value).toString('hex')];
        const deployment = new DeploymentChecker({
          environment: isInURL ? { A_URL: `redis://:${encodeURIComponent(value)}@h/0` } : { SECRET_KEY: value },
          env: ['SECRET_KEY', 'OTHER'],
          checks: [
            {
              id: 'says',
              name: 'Says',
              run: () => ({
                status: 'FAIL',
                message: `got ${value}`,
                hint: value,
                metadata: { value, base64, [hex]: hex },
              }),
            },
            {
              id: 'throws',
              name: 'Throws',
              run: () => {
                throw new Error(`with ${value} or ${base64} in it`);
              },
            },
          ],
        });
        const { out, err } = await breakwater(
          ['check', '--format', format],
          holding({ 'breakwater.config.js': { deployment } }),
        );
        for (const written of [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1), base64, hex])
          expect(out + err).not.toContain(written);
      }),
      { numRuns: runs(5_000) },
    );
  }, 60_000);
});
