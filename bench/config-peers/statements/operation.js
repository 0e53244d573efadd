import { isDeepStrictEqual } from 'node:util';
import { expect, show, tells } from '../check.js';

/** Where it is allowed to throw. */
function tryTo(change) {
  try {
    change();
  } catch {
    // That is what it should do.
  }
}

const INT = { type: 'int', required: true };

export const operation = [
  {
    id: 'P01',
    text: 'Reading changes nothing in the environment, empty keys included.',
    run({ read }) {
      const env = { COUNT: '1', REGION: '', OTHER: '', PATH: '/bin' };
      const before = { ...env };
      const { ok } = read({ COUNT: INT, REGION: { type: 'str', default: 'eu' } }, env);
      expect(ok, 'refuses what is right');
      const changed = Object.keys(before).filter((key) => env[key] !== before[key]);
      expect(changed.length === 0, `removes or changes ${changed.join(', ')}`);
      expect(Object.keys(env).length === Object.keys(before).length, 'adds keys');
    },
  },
  {
    id: 'O01',
    text: 'Everything that is wrong is told at once: a wrong number, a missing key, a word that is none of the list.',
    run({ read }) {
      const keys = {
        COUNT: INT,
        REGION: { type: 'str', required: true },
        LEVEL: { type: 'enum', of: ['debug', 'info'], required: true },
      };
      const outcome = read(keys, { COUNT: 'many', LEVEL: 'loud' });
      expect(!outcome.ok, 'is not refused');
      const missed = Object.keys(keys).filter((key) => !tells(outcome, key));
      expect(missed.length === 0, `does not tell of ${missed.join(', ')}`);
    },
  },
  {
    id: 'O02',
    text: 'What was read cannot be changed afterwards, nor can the lists and objects within it.',
    run({ read }) {
      const keys = { COUNT: INT, LIMITS: { type: 'json', required: true } };
      const limits = { rows: [1], deep: { least: 1 } };
      const { ok, values, get } = read(keys, { COUNT: '1', LIMITS: JSON.stringify(limits) });
      expect(ok, 'refuses what is right');
      expect(isDeepStrictEqual(get('LIMITS'), limits), `gave ${show(get('LIMITS'))}`);
      tryTo(() => {
        values.COUNT = 2;
      });
      expect(get('COUNT') === 1, 'a value can be replaced');
      tryTo(() => get('LIMITS').rows.push(2));
      tryTo(() => {
        get('LIMITS').deep.least = 2;
      });
      expect(isDeepStrictEqual(get('LIMITS'), limits), 'objects within it can be changed');
    },
  },
  {
    id: 'O03',
    text: 'When the configuration is wrong an error is thrown, and the process goes on: only its owner ends it.',
    run({ apart }) {
      const { verdict, status } = apart('wrong');
      expect(verdict !== undefined, `ends the process with code ${String(status)}`);
      expect(verdict === 'refused', 'accepts it');
    },
  },
  {
    id: 'R01',
    text: 'A key that is needed where another one is true is missed there by its name, and nowhere else.',
    needs: ['condition'],
    run({ read }) {
      const keys = { TLS: { type: 'bool', default: false }, CERTIFICATE: { type: 'str', requiredWhen: { TLS: true } } };
      expect(read(keys, {}).ok, 'is refused where it is not needed');
      expect(read(keys, { TLS: 'true', CERTIFICATE: 'x' }).ok, 'is refused although it is set');
      const outcome = read(keys, { TLS: 'true' });
      expect(!outcome.ok, 'is not missed');
      expect(tells(outcome, 'CERTIFICATE'), 'is not named');
    },
  },
  {
    id: 'R02',
    text: 'A key that has been replaced still works, and its user is told what to set instead.',
    needs: ['deprecation'],
    run({ declare }) {
      const declared = declare({
        DB_URL: { type: 'str', deprecated: { replacedBy: 'DATABASE_URL' } },
        DATABASE_URL: { type: 'str' },
      });
      const { get } = declared.read({ DB_URL: 'x' });
      expect(get('DB_URL') === 'x', 'does not work any more');
      const said = declared.warnings({ DB_URL: 'x' }).join('\n');
      expect(said.includes('DB_URL') && said.includes('DATABASE_URL'), 'does not tell');
    },
  },
  {
    id: 'R03',
    text: 'When DATABASE_URL is missing and DATABSE_URL is set, both names are told.',
    needs: ['misspelling'],
    run({ read }) {
      const outcome = read({ DATABASE_URL: { type: 'str', required: true } }, { DATABSE_URL: 'x' });
      expect(!outcome.ok, 'is not refused');
      expect(tells(outcome, 'DATABASE_URL', 'DATABSE_URL'), 'does not tell of the name that is set');
    },
  },
  {
    id: 'R04',
    text: 'While an image is built keys may be missing; defaults still hold, and wrong values are still refused.',
    needs: ['allow-missing'],
    run({ read }) {
      const keys = { TOKEN: { type: 'str', required: true }, COUNT: { type: 'int', default: 3 } };
      const how = { allowMissing: true };
      const { ok, get } = read(keys, {}, how);
      expect(ok, 'misses a key');
      expect(get('COUNT') === 3, `gave ${show(get('COUNT'))} in the place of a default`);
      expect(!read(keys, { COUNT: 'many' }, how).ok, 'accepts a wrong value');
    },
  },
];
