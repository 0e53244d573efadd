import { InvalidArgumentError } from 'breakwater/core';
import { type DeploymentCheck, DeploymentChecker, type DeploymentCheckerOptions } from 'breakwater/deployment';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';

const WALL = Date.parse('2027-01-10T12:00:00.000Z');

function setup(options: Omit<DeploymentCheckerOptions, 'clock'> = {}) {
  const clock = new ManualClock({ wallNow: WALL });
  return { clock, checker: new DeploymentChecker({ env: false, ...options, clock }) };
}

function check(id: string, run: DeploymentCheck['run'], more: Partial<DeploymentCheck> = {}): DeploymentCheck {
  return { id, name: id, run, ...more };
}

const pass = (): { status: 'PASS'; message: string } => ({ status: 'PASS', message: 'fine' });

describe('a selection', () => {
  const checks = [
    check('static', pass, { tags: ['static', 'security'] }),
    check('live', pass, { tags: ['live', 'security'] }),
    check('strict', pass, { profiles: ['production', 'canary'] }),
  ];
  const ran = async (options?: Parameters<DeploymentChecker['runAllChecks']>[0]) =>
    (await setup({ checks }).checker.runAllChecks(options)).results.map(({ id }) => id);

  it('is everything for production unless it says otherwise', async () => {
    expect(await ran()).toEqual(['static', 'live', 'strict']);
    expect(await ran({ profile: 'canary' })).toEqual(['static', 'live', 'strict']);
    expect(await ran({ profile: 'development' })).toEqual(['static', 'live']);
    expect(await ran({ tags: ['static'] })).toEqual(['static']);
    expect(await ran({ exceptTags: ['live'] })).toEqual(['static', 'strict']);
    expect(await ran({ tags: ['security'], exceptTags: ['live', 'unknown'] })).toEqual(['static']);
  });

  it('tells the checks what the build is for', async () => {
    const seen: string[] = [];
    const { checker } = setup({ checks: [check('one', ({ profile }) => (seen.push(profile), pass()))] });
    await checker.runAllChecks();
    await checker.runAllChecks({ profile: 'staging' });
    expect(seen).toEqual(['production', 'staging']);
  });

  it.each([
    [{ profile: 'prodction' }, "no check has the profile 'prodction'; did you mean 'production'?"],
    [{ tags: ['securty'] }, "no check has the tag 'securty'; did you mean 'security'?"],
    [{ tags: ['zzzzzzzz'] }, "no check has the tag 'zzzzzzzz'; there is static, security, live"],
  ])('refuses %j, so that a slip of the pen leaves nothing out', async (options, message) => {
    const run = setup({ checks }).checker.runAllChecks(options);
    await expect(run).rejects.toThrow(InvalidArgumentError);
    await expect(run).rejects.toThrow(message);
  });

  it('refuses options that it does not know', async () => {
    const { checker } = setup({ checks });
    await expect(checker.runAllChecks({ tag: ['live'] } as never)).rejects.toThrow(
      'tag is not an option; did you mean tags?',
    );
    await expect(checker.runAllChecks({ tags: [] })).rejects.toThrow('tags must be a list of one or more tags');
  });

  it.each([
    ['no check is registered', [], undefined],
    ['none is left', [check('strict', pass, { profiles: ['production'] })], { profile: 'test' }],
  ])('fails as what could not be found out when %s', async (_, own, options) => {
    const { checker } = setup({ checks: own });
    const { allPass, results } = await checker.runAllChecks(options);
    expect(allPass).toBe(false);
    expect(results).toMatchObject([{ id: 'checks', status: 'FAIL', crashed: true }]);
  });
});

describe('a registration', () => {
  it('adds a check, once', async () => {
    const { checker } = setup();
    checker.register(check('own', pass));
    expect(() => {
      checker.register(check('own', pass));
    }).toThrow("check 'own' is registered already");
    expect((await checker.runAllChecks()).results.map(({ id }) => id)).toEqual(['own']);
  });

  it('runs a check with its own object, and goes by what it was when it was registered', async () => {
    class Probe implements DeploymentCheck {
      id = 'probe';
      readonly name = 'Probe';
      readonly found = 'found by the probe';
      run() {
        return { status: 'PASS' as const, message: this.found };
      }
    }
    const probe = new Probe();
    const { checker } = setup({ checks: [probe] });
    probe.id = 'other';
    expect((await checker.runAllChecks()).results).toMatchObject([{ id: 'probe', message: 'found by the probe' }]);
  });

  it.each([
    [{ id: 'a b', name: 'x', run: pass }, "id must be 1 to 100 letters, digits, '.', '_' or '-'"],
    [{ id: 'silence', name: 'x', run: pass }, "id 'silence' is the checker's own"],
    [{ id: 'a', name: '', run: pass }, 'name must be text'],
    [{ id: 'a', name: 'x' }, 'run must be a function'],
    [{ id: 'a', name: 'x', run: pass, tags: 'live' }, 'tags must be a list'],
    [{ id: 'a', name: 'x', run: pass, tag: ['live'] }, 'tag is not known; did you mean tags?'],
    [{ id: 'a', name: 'x', run: pass, profiles: [] }, 'profiles must name at least one'],
    [{ id: 'a', name: 'x', run: pass, timeoutMs: 0 }, 'timeoutMs must be a number of milliseconds from 1'],
    [undefined, 'must be a check { id, name, run }, got undefined'],
  ])('refuses %j', (wrong, message) => {
    expect(() => {
      setup().checker.register(wrong as never);
    }).toThrow(message);
    expect(() => setup({ checks: [wrong as never] })).toThrow(message);
  });
});
