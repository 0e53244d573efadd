import { setTimeout } from 'node:timers';
import { readFileSync } from 'node:fs';

/** The version of a peer, as it is installed. */
export function versionOf(name) {
  const manifest = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(manifest, 'utf8')).version;
}

/** The delay that is added by hand: holds the process as the timer of a user would. */
export const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
