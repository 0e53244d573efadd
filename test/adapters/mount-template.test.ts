import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { templateOf } from '../../src/adapters/express/mount-template.js';
import { runs } from '../runs.js';

const never = () => false;

/** A segment of a pattern: words in letters; values will be digits. */
const segment = fc.record({
  before: fc.stringMatching(/^[a-z]{0,3}$/),
  isParameter: fc.boolean(),
  after: fc.constantFrom('', '', '-x'),
  value: fc.stringMatching(/^[0-9]{1,4}( [0-9])?$/),
});

describe('the pattern of a mount', () => {
  it('OBS-H4 is found from its path and parameters, whatever their values', () => {
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 5 }), fc.boolean(), (segments, encodes) => {
        const params: Record<string, string> = {};
        let [path, pattern] = ['', ''];
        segments.forEach(({ before, isParameter, after, value }, i) => {
          // Values of their own, so that there is one answer.
          const own = `${String(i)}${value}${String(i)}`;
          if (isParameter) params[`p${String(i)}`] = own;
          path += `/${before}${isParameter ? encodeURIComponent(own) : 'w'}${after}`;
          pattern += `/${before}${isParameter ? `:p${String(i)}` : 'w'}${after}`;
        });
        const written = encodes ? path.replaceAll('w', '%77') : path;
        fc.pre(Object.keys(params).length > 0);
        fc.pre(new Set(Object.values(params)).size === Object.keys(params).length);
        fc.pre(!Object.values(params).some((one, i, all) => all.some((other, j) => i !== j && other.includes(one))));
        expect(templateOf(written, params, {}, never)).toBe(pattern);
      }),
      { numRuns: runs(500) },
    );
  });

  it('OBS-H7 has no value of a parameter in it that stands for itself', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1, unit: 'grapheme' }), { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        (values, isOuter) => {
          const params = Object.fromEntries(values.map((value, i) => [`p${String(i)}`, value]));
          const path = values.map((value) => `/${encodeURIComponent(value)}`).join('');
          const pattern = values.map((_, i) => `/:p${String(i)}`).join('');
          fc.pre(values.every((value) => !value.includes('/') && !/\p{Surrogate}/u.test(value)));
          expect(templateOf(path, params, isOuter ? params : {}, never)).toBe(pattern);
        },
      ),
      { numRuns: runs(500) },
    );
  });

  it.each([
    ['/files/a/b/c', { splat: ['a', 'b', 'c'] }, '/files/*splat'],
    ['/files/a/b/c', { 0: 'a/b/c' }, '/files/*'],
    ['/v2', { major: '2' }, '/v:major'],
    ['/a%2Fb/x', { id: 'a/b' }, '/:id/x'],
    ['/%E0%A4%A/x', { id: 'x' }, '/%E0%A4%A/:id'],
    ['/x/y', { id: undefined, other: '' }, '/x/y'],
    ['/x/5/y', { more: 5 }, '/x/:more/y'],
    ['/x/5/y', { user: { id: 5 } }, undefined],
    ['/x/5/y', { id: 'made something else' }, undefined],
    ['/files/a/b', { path: 'a', 0: '/b/c' }, undefined],
    ['/users', {}, '/users'],
  ])('%s with %j is %s', (path, params, pattern) => {
    expect(templateOf(path, params, {}, never)).toBe(pattern);
  });

  it('what was seen before tells which of two words is the parameter', () => {
    const known = (template: string) => (one: string) => one === template;
    const asked = (isKnown: (one: string) => boolean) => templateOf('/list/list', { kind: 'list' }, {}, isKnown);
    expect(asked(never)).toBe('/list/:kind');
    expect(asked(known('/:kind/list'))).toBe('/:kind/list');
    const merged = (isKnown: (one: string) => boolean) =>
      templateOf('/teams/7', { tid: 'teams', id: '7' }, { tid: 'teams' }, isKnown);
    expect(merged(never)).toBe('/:tid/:id');
    expect(merged(known('/teams/:id'))).toBe('/teams/:id');
  });
});
