// Run with `npx tsx examples/deployment-checks.ts`.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'breakwater-example-'));
process.chdir(folder);
writeFileSync(join(folder, 'app.json'), '{"port":8080}', { mode: 0o600 });
writeFileSync(join(folder, 'package.json'), '{"name":"shop","engines":{"node":">=20"}}');

// #region basic
import { dependenciesCheck, filesCheck, securityCheck } from 'breakwater/deployment';

// The folder of the service.
const root = process.cwd();
const checks = [
  filesCheck(['app.json', { path: 'tls.key', secret: true, required: false }], { root }),
  dependenciesCheck({ root }),
  securityCheck({ root, secrets: ['SECRET_KEY'], cookies: [{ name: 'sid', secure: true, httpOnly: true }] }),
];

for (const check of checks) {
  const report = await check.run({ signal: AbortSignal.timeout(5_000), profile: 'production' });
  console.log(check.id, JSON.stringify(report, undefined, 2));
}
// #endregion basic

process.chdir(tmpdir());
rmSync(folder, { recursive: true });
