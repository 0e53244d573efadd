import { readdirSync } from 'node:fs';
import path from 'node:path';
import {
  DeploymentChecker,
  filesCheck,
  MigrationValidator,
  schemaCheck,
  securityCheck,
  type TableMap,
} from 'breakwater/deployment';
import pg from 'pg';

// What a build brings to the gate; a scene runs `breakwater check` on it.
const { BUILD_FOLDER: root = '.', DATABASE_URL: connectionString } = process.env;
const pool = new pg.Pool({ connectionString, max: 4 });
const query = (sql: string): Promise<unknown> => pool.query(sql);

const expected: TableMap = {
  orders: { columns: { id: 'bigint', total: 'numeric(12,2)', currency: { type: 'text', nullable: true } } },
};

export const deployment = new DeploymentChecker({
  name: 'shop',
  env: ['DATABASE_URL', 'SECRET_KEY', 'SESSION_KEY'],
  database: () => query('SELECT 1'),
  migrations: new MigrationValidator({
    tool: 'knex',
    dir: path.join(root, 'migrations'),
    dialect: 'postgresql',
    query,
  }),
  checks: [
    filesCheck(['app.json'], { root }),
    // Neither who plays the demo nor how it is started is part of the build.
    securityCheck({ root, secrets: ['SECRET_KEY', 'SESSION_KEY'], userId: 1_000, execArgv: [] }),
    schemaCheck({ query, dialect: 'postgresql', expected }),
    {
      id: 'payments',
      name: 'Payments',
      tags: ['live'],
      timeoutMs: Number(process.env['PAYMENTS_TIMEOUT_MS']),
      async run() {
        // Whoever is asked never answers, as long as this file is there.
        if (readdirSync(root).includes('payments-hang')) await new Promise(() => undefined);
        return { status: 'PASS', message: 'the provider answers' };
      },
    },
  ],
});

// Beside the report, which tells how long each check took.
deployment.on('checked', ({ durationMs }) => {
  process.stderr.write(`checked in ${durationMs.toFixed(1)} ms\n`);
});
