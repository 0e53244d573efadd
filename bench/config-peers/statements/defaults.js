import { expect, expectReads, expectRefuses, show } from '../check.js';

const SHORT = { NAME: { type: 'str', minLength: 32, default: 'short' } };

export const empties = [
  {
    id: 'E01',
    text: 'With `KEY=` the default holds: of a text, a whole number, a boolean.',
    run(lab) {
      expectReads(lab, { type: 'str', default: 'eu' }, [['', 'eu']]);
      expectReads(lab, { type: 'int', default: 3 }, [['', 3]]);
      expectReads(lab, { type: 'bool', default: false }, [['', false]]);
    },
  },
  {
    id: 'E02',
    text: 'With nothing but blanks the default holds as well: of a whole number, a boolean.',
    run(lab) {
      expectReads(lab, { type: 'int', default: 3 }, [['  ', 3]]);
      expectReads(lab, { type: 'bool', default: false }, [['  ', false]]);
    },
  },
  {
    id: 'E03',
    text: 'Where it is allowed, an empty text is a value, and goes before the default.',
    run: (lab) =>
      expectReads(lab, { type: 'str', allowEmpty: true, default: 'eu' }, [['', '']], { emptyIsValue: true }),
  },
  {
    id: 'D01',
    text: 'A default that breaks the rules of its own key is never handed out: 5 characters where 32 are needed.',
    run({ declare, attempt }) {
      const { ok, get } = attempt(() => declare(SHORT).read({}));
      expect(!ok, `gave ${ok ? show(get('NAME')) : ''}`);
    },
  },
  {
    id: 'D02',
    text: 'It is refused although the key is set, so that it is found before it is needed.',
    run(lab) {
      expectRefuses(lab, { type: 'str', minLength: 32 }, 'x'.repeat(32), ['short']);
      const { ok } = lab.attempt(() => lab.declare(SHORT).read({ NAME: 'x'.repeat(32) }));
      expect(!ok, 'takes it as long as the key is set');
    },
  },
];
