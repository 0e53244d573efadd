import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escape, markup, trusted } from '../../../src/http/status-page/escape.js';
import { runs } from '../../runs.js';
import { structureOf, unescaped } from './parts.js';

const pieces = fc.constantFrom(
  '<',
  '>',
  '"',
  "'",
  '&',
  '`',
  '=',
  '</p>',
  '<script>',
  '" onload="alert(1)',
  '&lt;',
  '<!--',
  ']]>',
  '\0',
);
const hostile = fc
  .array(fc.oneof(pieces, fc.string({ unit: 'binary' })), { maxLength: 8 })
  .map((parts) => parts.join(''));

describe('escaping', () => {
  it('makes no tag and no attribute of any text, and loses none of it', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const made = markup`<p title="${text}">${text}</p>`.toString();
        const [, title = '', content = ''] = /^<p title="([^"<>]*)">([^<>]*)<\/p>$/.exec(made) ?? [];
        expect([unescaped(title), unescaped(content)]).toEqual([text, text]);
        expect(structureOf(made).tags).toEqual(['p title']);
      }),
      { numRuns: runs(2_000) },
    );
  });

  it('escapes the items of lists and of lists in them', () => {
    expect(markup`${['<', ['>', [markup`<b>${'&'}</b>`]]]}`.toString()).toBe('&lt;&gt;<b>&amp;</b>');
  });

  it.each([
    [undefined, ''],
    [false as const, ''],
    [0, '0'],
    ['', ''],
    [1.5, '1.5'],
  ])('shows %s as "%s"', (value, shown) => {
    expect(markup`${value}`.toString()).toBe(shown);
  });

  it('takes nothing for markup that only looks like it', () => {
    const looksLike = { toString: () => '<b>' };
    expect(markup`${looksLike as never}`.toString()).toBe('&lt;b&gt;');
    expect([trusted('<b>').toString(), escape('<b>')]).toEqual(['<b>', '&lt;b&gt;']);
  });
});
