import { expect, expectReads, expectRefuses, show } from '../check.js';

const INT = { type: 'int', required: true };
const BOOL = { type: 'bool', required: true };

export const numbers = [
  {
    id: 'N01',
    text: 'Whole numbers in decimal digits are read: "0", "42", "-17".',
    run: (lab) =>
      expectReads(lab, INT, [
        ['0', 0],
        ['42', 42],
        ['-17', -17],
      ]),
  },
  {
    id: 'N02',
    text: 'A text that begins as a number is none: "12abc", "1_000", "+-1".',
    run: (lab) => expectRefuses(lab, INT, '12', ['12abc', '1_000', '+-1']),
  },
  {
    id: 'N03',
    text: 'Another notation is no whole number: "1e3", "0x10".',
    run: (lab) => expectRefuses(lab, INT, '16', ['1e3', '0x10']),
  },
  {
    id: 'N04',
    text: 'A fraction is no whole number, and is not cut off: "3.9".',
    run: (lab) => expectRefuses(lab, INT, '3', ['3.9']),
  },
  {
    id: 'N05',
    text: 'A whole number that cannot be held exactly is refused, not rounded: "9007199254740993".',
    run: (lab) => expectRefuses(lab, INT, '9007199254740991', ['9007199254740993']),
  },
  {
    id: 'N06',
    text: 'Leading zeros are refused, since some read them as octal: "007".',
    run: (lab) => expectRefuses(lab, INT, '7', ['007']),
  },
  {
    id: 'N07',
    text: 'An empty or blank text is never 0.',
    run({ read }) {
      for (const text of ['', '  ']) {
        const { ok, get } = read({ KEY: INT }, { KEY: text });
        expect(!ok, `${show(text)} gave ${ok ? show(get('KEY')) : ''}`);
        const { ok: isAccepted, get: optional } = read({ KEY: { type: 'int' } }, { KEY: text });
        if (isAccepted) expect(optional('KEY') === undefined, `${show(text)} gave ${show(optional('KEY'))}`);
      }
      expectReads({ read }, INT, [['0', 0]]);
    },
  },
  {
    id: 'N08',
    text: 'A float is a finite number: "0.25" is one, "Infinity", "NaN" and "1e999" are none.',
    run(lab) {
      const float = { type: 'float', required: true };
      expectReads(lab, float, [['0.25', 0.25]]);
      expectRefuses(lab, float, '-1.5', ['Infinity', 'NaN', '1e999']);
    },
  },
  {
    id: 'N09',
    text: 'A port is at most 65535, in plain digits: "65536", "-1" and "080" are none.',
    run(lab) {
      const port = { type: 'port', required: true };
      expectReads(lab, port, [['65535', 65_535]]);
      expectRefuses(lab, port, '80', ['65536', '-1', '080']);
    },
  },
];

export const words = [
  {
    id: 'B01',
    text: 'The usual words are booleans: "true", "1", "yes", "on" and "false", "0", "no", "off".',
    run(lab) {
      expectReads(
        lab,
        BOOL,
        ['true', '1', 'yes', 'on'].map((word) => [word, true]),
      );
      expectReads(
        lab,
        BOOL,
        ['false', '0', 'no', 'off'].map((word) => [word, false]),
      );
    },
  },
  {
    id: 'B02',
    text: 'Booleans are read in any case: "TRUE", "False".',
    run: (lab) =>
      expectReads(lab, BOOL, [
        ['TRUE', true],
        ['False', false],
      ]),
  },
  {
    id: 'B03',
    text: 'Blanks around a boolean change nothing: " true ", " false ".',
    run: (lab) =>
      expectReads(lab, BOOL, [
        [' true ', true],
        [' false ', false],
      ]),
  },
  {
    id: 'B04',
    text: 'Another word is no boolean, neither true nor false: "maybe".',
    run: (lab) => expectRefuses(lab, BOOL, 'true', ['maybe']),
  },
];

const URL_KEY = { type: 'url', required: true };

export const texts = [
  {
    id: 'U01',
    text: 'A URL has a scheme: "localhost:3000" is none.',
    needs: ['url'],
    run: (lab) => expectRefuses(lab, URL_KEY, 'https://example.org/', ['localhost:3000']),
  },
  {
    id: 'U02',
    text: 'A service next door has a URL: "http://localhost:3000".',
    needs: ['url'],
    run: (lab) => expectReads(lab, URL_KEY, [['http://localhost:3000', 'http://localhost:3000']]),
  },
  {
    id: 'U03',
    text: 'With the schemes http and https, "http://localhost:3000" is accepted and "ftp://localhost" is not.',
    needs: ['schemes'],
    run: (lab) =>
      expectRefuses(lab, { ...URL_KEY, schemes: ['http', 'https'] }, 'http://localhost:3000', [
        'ftp://localhost',
        'localhost:3000',
      ]),
  },
  {
    id: 'L01',
    text: 'A list between commas is trimmed, none of its items is empty, and each is there once: " 1, 2,,2 ".',
    needs: ['list'],
    run: (lab) => expectReads(lab, { type: 'list', required: true }, [[' 1, 2,,2 ', ['1', '2']]]),
  },
  {
    id: 'L02',
    text: 'A list that is set to nothing has no items.',
    needs: ['list'],
    run: (lab) =>
      expectReads(lab, { type: 'list' }, [
        ['', []],
        ['a', ['a']],
      ]),
  },
  {
    id: 'L03',
    text: 'A list of ids of 64 bits keeps every digit: "9007199254740993,42".',
    needs: ['list'],
    run({ read }) {
      const { ok, get } = read({ IDS: { type: 'ids', required: true } }, { IDS: '9007199254740993,42' });
      expect(ok, 'refuses them');
      const ids = [get('IDS')].flat().map(String);
      expect(ids.join() === '9007199254740993,42', `gave ${show(ids)}`);
    },
  },
];
