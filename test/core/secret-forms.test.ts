import { registerSecret } from 'breakwater/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { redactSecrets, redactText } from '../../src/core/redaction.js';
import { SecretMatcher } from '../../src/core/secret-matcher.js';

/** Characters of which URLs, forms and JSON write each in a way of its own, and some that all leave alone. */
const unit = fc.oneof(
  fc.constantFrom(...Array.from(' !"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~')),
  fc.constantFrom('a', 'Z', '4', '1', 'é', 'ß', '€', '\u2028', '\u{1f600}'),
);
/** What reads as little once its escapes are read is no secret; so each ends in what has none. */
const printable = fc.string({ unit, minLength: 1, maxLength: 10 }).map((text) => `${text}key4`);
const anything = fc
  .string({ unit: fc.oneof(unit, fc.constantFrom('\n', '\r\n', '\t', '\u0001')), minLength: 1, maxLength: 10 })
  .map((text) => `${text}key4`);

function expectHidden(value: string, text: string): void {
  const matcher = new SecretMatcher([value]);
  expect(matcher.mayHold(text)).toBe(true);
  expect(matcher.mask(text, '#')).toContain('#');
}

/** As encoders of other languages write JSON: with slashes, angle brackets or all but ASCII escaped. */
const ENCODERS: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text.replaceAll('/', '\\/'),
  (text) => text.replace(/[<>&\u2028\u2029]/g, escaped),
  (text) => text.replace(/[^\0-\x7f]/g, escaped),
  (text) => text.replace(/[^\0-\x7f]/g, (character) => escaped(character).toUpperCase().replace('\\U', '\\u')),
];

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

it('finds a value in every part of a URL, as the platform writes it there', () => {
  fc.assert(
    fc.property(printable, fc.boolean(), (value, isLower) => {
      const url = new URL('https://example.org/');
      const parts: string[] = [];
      const add = (text: string): void => {
        parts.push(isLower ? text.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase()) : text);
      };
      url.search = `?q=${value}x`;
      url.hash = `#q${value}x`;
      url.username = `q${value}x`;
      url.password = `q${value}x`;
      for (const part of [url.search, url.hash, url.username, url.password]) add(part);
      // A path has its slashes put right, and dots in it mean something.
      if (!/[\\/]\.|\\/.test(value)) {
        url.pathname = `/q${value}x/y`;
        add(url.pathname);
        add(new URL(`https://example.org/q${value}x/y`).href);
      }
      url.searchParams.set('q', value);
      for (const part of [url.search, encodeURIComponent(value), encodeURI(value)]) add(part);
      for (const part of parts) {
        expectHidden(value, part);
        expectHidden(value, JSON.stringify(part));
        expectHidden(value, encodeURIComponent(part));
      }
    }),
    { numRuns: 1_000 },
  );
});

it('finds a value in JSON of any encoder, also twice and in a URL', () => {
  fc.assert(
    fc.property(anything, fc.constantFrom(...ENCODERS), (value, encoder) => {
      const json = encoder(JSON.stringify({ a: value }));
      expectHidden(value, json);
      expectHidden(value, encoder(JSON.stringify({ b: json })));
      expectHidden(value, encodeURIComponent(json));
      expectHidden(value, new URLSearchParams({ q: json }).toString());
    }),
    { numRuns: 1_000 },
  );
});

it('finds a value of several lines whatever ends them, also in URLs and JSON', () => {
  const value = '-----BEGIN X-----\nab+/c=\nde%41\n-----END X-----\n';
  for (const given of [value, value.replaceAll('\n', '\r\n')])
    for (const shown of [value, value.replaceAll('\n', '\r\n')])
      for (const text of [
        shown,
        JSON.stringify(shown),
        JSON.stringify(JSON.stringify(shown)),
        encodeURIComponent(shown),
        encodeURIComponent(JSON.stringify(shown)),
        new URLSearchParams({ q: shown }).toString(),
      ])
        expectHidden(given, `x ${text} y`);
});

it('hides just the value, and leaves the text around it as it was written', () => {
  using _ = registerSecret('a{b} "ü');
  const around = String.raw`C:\new\u00e4 100%25+1 `;
  for (const form of ['a{b} "ü', 'a%7Bb%7D%20%22%C3%BC', 'a%7bb}+%22%c3%bc', String.raw`a{b} \"\u00fc`])
    expect(redactSecrets(`${around}${form}${around}`)).toBe(`${around}[secret]${around}`);
  expect(redactSecrets(around)).toBe(around);
});

it('takes escapes that mean nothing as they stand', () => {
  using _ = registerSecret('correct-horse');
  for (const odd of ['%', '%4', '%zz', '%c0%80', '%ed%a0%80', '%f4%bf%bf%bf', '%e2%82', '\\', '\\u12', '\\q'])
    expect(redactSecrets(`${odd} correct%2Dhorse${odd}`)).toBe(`${odd} [secret]${odd}`);
});

it('blanks out no white space for a value that reads as such', () => {
  using _ = registerSecret('++++++');
  expect(redactSecrets('a      b%20 ++++++')).toBe('a      b%20 [secret]');
});

it('cuts no value in two that is written in a longer way', () => {
  using _ = registerSecret('abcü€fghij');
  const written = encodeURIComponent(encodeURIComponent('abcü€fghij'));
  for (let at = 40; at < 110; at++)
    expect(redactText(`${'x'.repeat(at)}${written}${'y'.repeat(50)}`, 100, 5)).not.toMatch(/abc|25E2|fghij/);
});

it.each(['%41', '%c0%80', '%e2%82%ac', '%2525', '%5C%5C', '\\\\', '\\u005c', '\\n', '\r\n', '+', 'ab+c', '%'])(
  'takes time that grows with the text alone: %j',
  (piece) => {
    using _ = registerSecret('ab c\ndef');
    const text = piece.repeat(200_000 / piece.length);
    const before = process.cpuUsage();
    redactText(text, 200_000);
    expect(process.cpuUsage(before).user).toBeLessThan(600_000);
  },
);
