import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PATH = '/usr/bin/chromium';
const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * A real Chromium, or `undefined` on a machine that has none: its tests are then skipped with one printed line. With
 * `CI=true` that is a failure.
 */
export async function tryChromium(): Promise<Browser | undefined> {
  if (!existsSync(PATH)) {
    const text = `no ${PATH} on this machine; bash scripts/services.sh installs it`;
    if (process.env['CI'] === 'true') throw new Error(text);
    process.stderr.write(`skipped: ${text}\n`);
    return undefined;
  }
  return chromium.launch({ executablePath: PATH, args: ARGS });
}
