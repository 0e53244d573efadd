import { registerSecret } from 'breakwater/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { redactText } from '../../src/core/redaction.js';
import { SecretMatcher } from '../../src/core/secret-matcher.js';

const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' ', 'é'), maxLength: 60 });
const secret = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é'), minLength: 4, maxLength: 9 });

/** Each character that stands in any value, found the slow way. */
function hidden(text: string, values: readonly string[]): boolean[] {
  const found = Array.from(text, () => false);
  for (const value of values)
    for (let at = text.indexOf(value); at !== -1; at = text.indexOf(value, at + 1))
      found.fill(true, at, at + value.length);
  return found;
}

it('finds exactly what belongs to a value, however values overlap', () => {
  fc.assert(
    fc.property(letters, fc.array(secret, { minLength: 1, maxLength: 6 }), (text, values) => {
      const matcher = new SecretMatcher(values);
      const places: boolean[] = Array.from(text, () => false);
      for (const place of matcher.places(text)) places.fill(true, place.start, place.end);
      expect(places).toEqual(hidden(text, values));
      if (places.includes(true)) expect(matcher.mayHold(text)).toBe(true);
      else expect(matcher.mask(text, '#')).toBe(text);
    }),
    { numRuns: 2_000 },
  );
});

it('masks a value also as it looks in JSON and in a URL', () => {
  using _ = registerSecret('p"ss/w rd');
  expect(redactText('{"x":"p\\"ss/w rd"} p%22ss%2Fw%20rd p"ss/w rd')).not.toMatch(/ss/);
});

it('costs no more with ten thousand values than the text is long', () => {
  const matcher = new SecretMatcher(Array.from({ length: 10_000 }, (_, i) => `secret-${String(i * 7919)}`));
  let looked = 0;
  const text = {
    length: 1_000,
    charCodeAt: (at: number) => (looked++, 97 + (at % 26)),
    slice: () => 'none',
    includes: () => false,
  } as unknown as string;
  expect(matcher.places(text)).toEqual([]);
  expect(looked).toBeLessThanOrEqual(4_000);
});

it('cuts no value in two where very long text ends', () => {
  using _ = registerSecret('abcdefghij');
  for (let at = 21_980; at < 22_010; at++) {
    const shown = redactText(`${'x'.repeat(at)}abcdefghij${'y'.repeat(50)}`, 30_000, 0);
    expect(shown).not.toContain('abcd');
  }
  for (let at = 90; at < 110; at++)
    expect(redactText(`${'x'.repeat(at)}abcdefghij${'y'.repeat(50)}`, 100, 5)).not.toMatch(/ab|bc|fg|gh|hi|ij/);
});
