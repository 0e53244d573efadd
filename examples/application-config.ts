// Run with `npx tsx examples/application-config.ts`.
import { mkdtempSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Stands for the database and for the service that the bot signs in to.
const server = createServer((_, res) => res.end()).listen(0, '127.0.0.1');
await once(server, 'listening');
const place = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
const env = {
  DATABASE_URL: `postgres://${place}/shop`,
  SECRET_KEY: randomBytes(32).toString('hex'),
  BOT_TOKEN: randomBytes(16).toString('hex'),
  BOT_API: `http://${place}/`,
  ADMIN_IDS: '17,4711',
};

// #region basic
import { APIConfig, ApplicationConfig, BotConfig, ConfigValidator, DatabaseConfig } from 'breakwater/config';

const shop = new ConfigValidator()
  .register('BOT_API', 'url', { schemes: ['http', 'https'], required: true, describe: 'where the bot signs in' })
  .register('CURRENCY', 'enum', { choices: ['EUR', 'USD'], default: 'EUR', describe: 'what prices are in' });

// All sections are read at once; without `env` from process.env.
const config = new ApplicationConfig(
  { database: DatabaseConfig, api: APIConfig, bot: BotConfig, shop },
  { name: 'shop', env },
);

const values = config.validateOrThrow();
// number, Secret<string>, readonly string[], 'EUR' | 'USD'
console.log(values.api.API_PORT, values.api.SECRET_KEY, values.bot.ADMIN_IDS, values.shop.CURRENCY);
// #endregion basic

// #region startup
import { startupCheck, tcpProbe } from 'breakwater/config';

const report = await startupCheck({
  config,
  probes: [
    tcpProbe('DATABASE_URL'),
    {
      name: 'bot',
      needs: ['BOT_API', 'BOT_TOKEN'],
      timeoutMs: 2_000,
      async run({ shop, bot }, { signal }) {
        const headers = { Authorization: `Bearer ${bot.BOT_TOKEN.reveal()}` };
        const { status } = await fetch(shop.BOT_API, { headers, signal });
        if (status !== 200) throw new Error(`the bot is answered ${String(status)}`);
      },
    },
  ],
  exitCodes: { invalid: 78, unreachable: 69 },
});
if (!report.ok) {
  console.error(report.summary('text', process.stderr));
  process.exit(report.exitCode);
}
console.log(`starts on port ${String(report.values.api.API_PORT)}`);
// #endregion startup
console.log(report.summary());
server.close();
server.closeAllConnections();

const folder = mkdtempSync(join(tmpdir(), 'breakwater-docs-'));
// #region docs
import assert from 'node:assert/strict';

// Once, and after each change: .env.example, config.schema.json and config.md.
config.writeDocs(folder);

// In a test, with the folder that they are kept in:
const { files } = config.checkDocs(folder);
const stale = files.filter(({ status }) => status !== 'CURRENT');
assert.deepEqual(stale, [], 'run writeDocs: the pages on configuration are not current');
// #endregion docs
rmSync(folder, { recursive: true });
