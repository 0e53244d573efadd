// Run with `npx tsx examples/config.ts`; with PORT=x in front it says what is wrong.
// #region basic
import { ConfigInvalidError, ConfigValidator } from 'breakwater/config';

const config = new ConfigValidator({ name: 'shop' })
  .register('PORT', 'int', { min: 0, max: 65_535, default: 8_000, describe: 'port to listen on; 0 picks a free one' })
  .register('DATABASE_URL', 'url', { schemes: ['postgres', 'postgresql'], default: 'postgres://localhost/shop' })
  .register('LOG_LEVEL', 'enum', { choices: ['debug', 'info', 'warn'], default: 'info', defaultIn: { test: 'warn' } })
  .register('CACHE_TTL', 'duration', { default: 30_000 })
  .register('ADMIN_IDS', 'list', { default: [] })
  // From SESSION_KEY, or from the file that SESSION_KEY_FILE names.
  .register('SESSION_KEY', 'str', { secret: true, minLength: 32 });

try {
  const values = config.validateOrThrow();
  // number, string, 'debug' | 'info' | 'warn', readonly string[], Secret<string> | undefined
  console.log(values.PORT, values.DATABASE_URL, values.LOG_LEVEL, values.ADMIN_IDS, values.SESSION_KEY);
} catch (error) {
  if (!(error instanceof ConfigInvalidError)) throw error;
  for (const { key, message } of error.issues) console.error(`${key} ${message}`);
  process.exitCode = 1;
}
// #endregion basic

// #region own
import { z } from 'zod';

const more = new ConfigValidator({ env: { REGIONS: 'eu-west,us-east', LIMITS: '{"rows":100}' } })
  .register('REGIONS', { type: 'regions', parse: (text: string) => new Set(text.split(',')) }, { required: true })
  .register(
    'LIMITS',
    z.string().transform((text) => z.object({ rows: z.int() }).parse(JSON.parse(text))),
    { required: true },
  );
const { REGIONS, LIMITS } = more.validateOrThrow();
console.log(REGIONS.has('eu-west'), LIMITS.rows);
// #endregion own

// #region pages
console.log(config.summary());
console.log(config.toEnvExample());
// #endregion pages
