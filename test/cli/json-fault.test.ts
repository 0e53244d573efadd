import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonFault } from '../../src/cli/json-fault.js';
import { runs } from '../runs.js';

describe('the place where a text stops being JSON', () => {
  it.each([
    ['', 'line 1, column 1'],
    ['{', 'line 1, column 2'],
    ['{"a":1,}', 'line 1, column 8'],
    ['{\n  "a": [1,\n  2,]\n}', 'line 3, column 5'],
    ['{"a":1 "b":2}', 'line 1, column 8'],
    ['[1]]', 'line 1, column 4'],
    ['{"a": hunter22}', 'line 1, column 7'],
    ['["open', 'line 1, column 2'],
    ['{a:1}', 'line 1, column 2'],
    ['[01]', 'line 1, column 3'],
  ])('of %j is %s', (text, place) => {
    expect(jsonFault(text)).toBe(place);
  });

  it('is there exactly where the platform refuses the text', () => {
    const cut = fc
      .tuple(fc.json(), fc.nat(60), fc.constantFrom('', ',', '}', ']', '"', ':', '1', '-', 'x', '\\', '\n', '{'))
      .map(([text, at, more]) => text.slice(0, at) + more + text.slice(at));
    const pieces = fc
      .array(fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '1', 'null', ' ', '-0.5e3', '00', 'tru'))
      .map((words) => words.join(''));
    fc.assert(
      fc.property(fc.oneof(fc.json(), cut, pieces), (text) => {
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        expect(jsonFault(text) === undefined).toBe(isJson);
      }),
      { numRuns: runs(5_000) },
    );
  });
});
