// Run with `npx tsx examples/live-config.ts`.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'breakwater-live-'));
const file = join(folder, 'db-password');
writeFileSync(file, 'the-first-password\n');
const env: Record<string, string> = { DB_PASSWORD_FILE: file, DB_POOL_SIZE: '10' };
const pool = {
  signInWith(password: string) {
    console.log(`the pool signs in with ${String(password.length)} characters from here on`);
  },
};

// #region basic
import { ConfigValidator, LiveConfig } from 'breakwater/config';

// DB_PASSWORD_FILE names a file that may be another one tomorrow.
const config = new ConfigValidator({ name: 'shop', env })
  .register('DB_PASSWORD', 'str', { required: true, secret: true, minLength: 12 })
  .register('DB_POOL_SIZE', 'int', { min: 1, default: 10 });

// Throws at first for what is wrong. Looks at the files every 10 s.
const live = new LiveConfig(config);
pool.signInWith(live.values.DB_PASSWORD.reveal());

live.on('change', ({ changed, values }) => {
  console.log(`changed: ${changed.join(', ')}`);
  if (changed.includes('DB_PASSWORD')) pool.signInWith(values.DB_PASSWORD.reveal());
});
live.on('rejected', ({ errors }) => {
  for (const { key, message } of errors) console.log(`refused, earlier values stay in use: ${key} ${message}`);
});
// Now, not at the next look; of what is in files, as the environment of a process stays as it was.
process.on('SIGHUP', () => {
  live.reload();
});
// #endregion basic

// Rotated; rotated to what is too short; put right, and a number with it.
writeFileSync(file, 'the-second-password\n');
process.emit('SIGHUP');
writeFileSync(file, 'too-short\n');
process.emit('SIGHUP');
console.log(live.health());
writeFileSync(file, 'the-third-password\n');
env['DB_POOL_SIZE'] = '20';
process.emit('SIGHUP');
console.log(live.values, live.health());

live[Symbol.dispose]();
rmSync(folder, { recursive: true });
