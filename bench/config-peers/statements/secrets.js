import { rmSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, expectHidden, SECRET, tells, told } from '../check.js';

const TOKEN = { type: 'str', required: true, secret: true };

/** The environment is refused, with the key named, and nothing of the secret told. */
function refusedInSilence({ read }, keys, env, name) {
  const outcome = read(keys, env);
  expect(!outcome.ok, 'is not refused');
  expectHidden(told(outcome));
  expect(tells(outcome, name), `does not name ${name}`);
}

/** The same in a process of its own, which goes on. */
function refusedApart({ apart }, name) {
  const { verdict, printed, status } = apart(name);
  expectHidden([[verdict === undefined ? 'the process ends, and what it prints' : 'what is told', printed]]);
  expect(verdict !== undefined, `the process ends with code ${String(status)}`);
  expect(verdict === 'refused', 'is not refused');
}

export const silence = [
  {
    id: 'S01',
    text: 'When another key is wrong, nothing that is told holds a secret that is right.',
    run: (lab) =>
      refusedInSilence(
        lab,
        { TOKEN, COUNT: { type: 'int', required: true } },
        { TOKEN: SECRET, COUNT: 'many' },
        'COUNT',
      ),
  },
  {
    id: 'S02',
    text: 'When a secret is shorter than it has to be, nothing that is told holds it.',
    run: (lab) => refusedInSilence(lab, { TOKEN: { ...TOKEN, minLength: 64 } }, { TOKEN: SECRET }, 'TOKEN'),
  },
  {
    id: 'S03',
    text: 'When a secret is set where a word of a list, a whole number or a boolean belongs, nothing that is told holds it.',
    run(lab) {
      for (const spec of [{ type: 'enum', of: ['on', 'off'] }, { type: 'int' }])
        refusedInSilence(lab, { MODE: { ...spec, required: true, secret: true } }, { MODE: SECRET }, 'MODE');
      // Whether it is refused is another statement.
      expectHidden(told(lab.read({ MODE: { type: 'bool', required: true, secret: true } }, { MODE: SECRET })));
    },
  },
  {
    id: 'S04',
    text: 'When a secret is set where JSON belongs, nothing that is told holds it or a part of it.',
    run: (lab) =>
      refusedInSilence(lab, { KEYS: { type: 'json', required: true, secret: true } }, { KEYS: SECRET }, 'KEYS'),
  },
  {
    id: 'S05',
    text: 'When a parser of the user quotes the secret in what it throws, the process lives and nothing that is told holds it.',
    run: (lab) => refusedApart(lab, 'throws'),
  },
  {
    id: 'S06',
    text: 'When such a parser answers later, and rejects so, it is refused, the process lives and nothing that is told holds it.',
    run: (lab) => refusedApart(lab, 'later'),
  },
  {
    id: 'S07',
    text: 'Pages and schemas that are made from the declaration do not show the default of a secret.',
    needs: ['secret-mark', 'pages'],
    run({ declare }) {
      const pages = declare({ TOKEN: { type: 'str', secret: true, default: SECRET } }).pages();
      expectHidden(pages.map((page) => ['what is made', page]));
      expect(pages.length > 0 && pages.every((page) => page.includes('TOKEN')), 'does not show the key');
    },
  },
  {
    id: 'S08',
    text: 'The configuration as the library itself writes it down shows no secret.',
    needs: ['secret-mark'],
    run({ declare }) {
      const keys = { TOKEN, REGION: { type: 'str', required: true } };
      const texts = declare(keys).print({ TOKEN: SECRET, REGION: 'eu-west' });
      expectHidden(texts.map((text) => ['what is written', text]));
      expect(
        texts.every((text) => text.includes('TOKEN') && text.includes('REGION')),
        'does not show the keys',
      );
    },
  },
];

/** With a file that holds the secret. */
function withFile(use) {
  const folder = mkdtempSync(join(tmpdir(), 'config-'));
  try {
    const path = join(folder, 'token');
    writeFileSync(path, `${SECRET}\n`);
    use(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export const files = [
  {
    id: 'X01',
    text: 'With `TOKEN_FILE` a secret is read from the file that it names, without the line break at its end.',
    needs: ['secret-file'],
    run: ({ read }) =>
      withFile((path) => {
        const { ok, get } = read({ TOKEN }, { TOKEN_FILE: path });
        expect(ok, 'is refused');
        expect(get('TOKEN') === SECRET, 'gave something else');
      }),
  },
  {
    id: 'X02',
    text: 'With both `TOKEN` and `TOKEN_FILE` set it is refused, since nobody knows which is meant.',
    needs: ['secret-file'],
    run: (lab) => withFile((path) => refusedInSilence(lab, { TOKEN }, { TOKEN: SECRET, TOKEN_FILE: path }, 'TOKEN')),
  },
];
