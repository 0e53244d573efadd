import { type DeploymentCheck, DeploymentChecker } from 'breakwater/deployment';
import { describe, expect, it } from 'vitest';
import { having } from './linting.js';
import { sarifFaults } from './sarif-faults.js';
import { breakwater, holding } from './setup.js';

interface Log {
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly Readonly<Record<string, unknown>>[] } };
    readonly results: readonly Readonly<Record<string, unknown>>[];
    readonly invocations: readonly Readonly<Record<string, unknown>>[];
  }[];
}

async function sarif(words: readonly string[], world: Parameters<typeof breakwater>[1]) {
  const { code, out } = await breakwater([...words, '--format', 'sarif'], world);
  const log = JSON.parse(out) as Log;
  expect(sarifFaults(log)).toEqual([]);
  const [run] = log.runs;
  if (run === undefined) throw new Error('no run');
  return { code, log, run };
}

const DOCKERFILE = `FROM node
# breakwater-silence: dockerfile.no-user until=2999-01-31 moves {soon}
CMD npm start
`;

describe('HLD-63 a report as SARIF 2.1.0', () => {
  it('of a linter has a rule with an address, and a place with a line, for each finding', async () => {
    const { code, run } = await sarif(['dockerfile', 'lint', './deploy/My Dockerfile'], {
      ...having({ 'deploy/My Dockerfile': DOCKERFILE, './deploy/My Dockerfile': DOCKERFILE }),
    });
    expect(code).toBe(1);
    const { rules } = run.tool.driver;
    expect(rules.map(({ id }) => id)).toContain('dockerfile.unpinned');
    for (const rule of rules) {
      if (!String(rule['id']).startsWith('dockerfile.')) continue;
      expect(rule).toMatchObject({ helpUri: expect.stringMatching(/^https:/) as string, help: { text: /./ } });
    }
    const unpinned = run.results.find(({ ruleId }) => ruleId === 'dockerfile.unpinned');
    expect(unpinned).toMatchObject({
      level: 'error',
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'deploy/My%20Dockerfile' },
            region: { startLine: 1 },
          },
        },
      ],
    });
    for (const { ruleId, ruleIndex } of run.results) expect(rules[ruleIndex as number]?.['id']).toBe(ruleId);
    expect(run.invocations).toEqual([{ executionSuccessful: true }]);
  });

  it.each([
    ['Dockerfile', 'packages/api/Dockerfile'],
    ['../web/Dockerfile', 'packages/web/Dockerfile'],
    ['../../../Dockerfile', '../../../Dockerfile'],
  ])('names %s as the repository has it', async (named, expected) => {
    const world = {
      ...having({ [named]: DOCKERFILE }),
      directory: () => '/repository/packages/api',
      look: () => ({ kind: 'file', bytes: 1 }) as const,
      readText: () => DOCKERFILE,
      environment: () => ({ GITHUB_WORKSPACE: '/repository' }),
    };
    const { run } = await sarif(['dockerfile', 'lint', named], world);
    expect(run.results[0]).toMatchObject({
      locations: [{ physicalLocation: { artifactLocation: { uri: expected } } }],
    });
    const { out } = await breakwater(['dockerfile', 'lint', named, '--format', 'github'], world);
    expect(out).toContain(`file=${expected},line=1`);
    expect((await breakwater(['dockerfile', 'lint', named], world)).out).toContain(`${named}:1`);
  });

  it('of manifests has them, too, and says when a file could not be read', async () => {
    const { code, run } = await sarif(['k8s', 'lint', 'odd.yaml'], having({ 'odd.yaml': 'a: [b' }));
    expect([code, run.invocations]).toEqual([3, [{ executionSuccessful: false }]]);
    expect(run.results).toMatchObject([
      { ruleId: 'k8s.unreadable', locations: [{ physicalLocation: { artifactLocation: { uri: 'odd.yaml' } } }] },
    ]);
  });

  it('of checks names the module where a finding is in no file, and what is silenced', async () => {
    const checks: DeploymentCheck[] = [
      { id: 'bad', name: 'Bad', run: () => ({ status: 'FAIL', message: 'see [this](x:) {0}', hint: 'mend it' }) },
      { id: 'odd', name: 'Odd', run: () => ({ status: 'WARN', message: 'odd' }) },
      { id: 'known', name: 'Known', run: () => ({ status: 'FAIL', message: 'known' }) },
      { id: 'good', name: 'Good', run: () => ({ status: 'PASS', message: 'fine' }) },
    ];
    // Near enough that its end is no finding itself.
    const until = new Date(Date.now() + 30 * 86_400_000).toISOString();
    const silence = [{ id: 'known', reason: 'moves next week', until }];
    const deployment = new DeploymentChecker({ env: false, checks, silence });
    const world = holding({ 'breakwater.config.js': { deployment } });
    const { code, log, run } = await sarif(['check'], world);
    expect([code, run.results.length]).toEqual([1, 3]);
    const [, ...others] = run.results;
    expect(run.results[0]).toEqual({
      ruleId: 'bad',
      ruleIndex: 0,
      level: 'error',
      message: { text: 'FAIL: see [this] (x:) {{0}}\nmend it' },
      locations: [{ physicalLocation: { artifactLocation: { uri: 'breakwater.config.js' } } }],
    });
    expect(others).toMatchObject([
      { ruleId: 'odd', level: 'warning' },
      {
        ruleId: 'known',
        level: 'error',
        suppressions: [{ kind: 'external', justification: `until ${until}: moves next week` }],
      },
    ]);
    expect((await sarif(['check', '--fail-on', 'warn'], world)).run.results[1]).toMatchObject({ level: 'error' });
    expect(sarifFaults({ ...log, version: '2' })).not.toEqual([]);
  });
});

describe('HLD-61 HLD-63 a command that cannot report', () => {
  const world = holding({});
  it.each([
    ['a wrong option', ['check', '--profil', 'x'], world, 2],
    ['a tag that no check knows', ['check', '--tag', 'nonsense'], world, 2],
    ['a file that is not there', ['check', '--config', 'gone.js'], world, 2],
    ['a module without a validator', ['migrations', 'status'], holding({ 'breakwater.config.js': {} }), 2],
    [
      'a checker that throws',
      ['check'],
      holding({
        'breakwater.config.js': {
          deployment: {
            runAllChecks: () => {
              throw new Error('no');
            },
          },
        },
      }),
      3,
    ],
    ['no files', ['k8s', 'lint'], world, 2],
  ])('because of %s is one crash in every format', async (_, words, where, code) => {
    const answer = async (format: string) => {
      const { out, ...rest } = await breakwater([...words, `--format=${format}`], where);
      expect([rest.code, rest.err.startsWith('breakwater: ')]).toEqual([code, true]);
      return { out, message: rest.err.split('\n')[0]?.replace('breakwater: ', '') };
    };
    const { out, message } = await answer('json');
    expect(JSON.parse(out)).toMatchObject({
      command: words[1]?.startsWith('-') === false ? words.slice(0, 2).join(' ') : words[0],
      exitCode: code,
      allPass: false,
      counts: { total: 1, failed: 1, crashed: 1 },
      results: [{ id: 'command', status: 'FAIL', crashed: true, message }],
    });
    expect((await answer('junit')).out).toMatch(/<testcase [^>]*><error /);
    expect((await answer('github')).out).toMatch(/^::error title=/);
    const log = JSON.parse((await answer('sarif')).out) as Log;
    expect([sarifFaults(log), log.runs[0]?.invocations]).toEqual([[], [{ executionSuccessful: false }]]);
    expect((await answer('text')).out).toBe('');
  });
});
