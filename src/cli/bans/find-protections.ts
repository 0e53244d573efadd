import { besideService } from '../../internal/beside-service.js';
import type { SharedDDoSProtection } from '../../traffic/ddos-protection/index.js';
import { loadModule, placesOf } from '../config-module.js';
import { loadEnvFile } from '../dotenv.js';
import { errorLine } from '../error-line.js';
import { ConfigurationError, UnverifiedError } from '../failures.js';
import type { CommandIo } from '../io.js';
import { pause } from '../pause.js';
import { property } from '../readable-config.js';
import { shownText } from '../../deployment/finding.js';
import { fileName } from '../words.js';

/** A protection whose blocks are in a store: the user's copy of the package may be another one than ours. */
export type Protection = Pick<SharedDDoSProtection, 'name' | 'refresh' | 'unblock' | 'exportBans'> &
  Partial<Pick<SharedDDoSProtection, 'on'>>;

const METHODS = ['refresh', 'unblock', 'exportBans'];
/** How often a store that does not answer yet is asked. */
const EVERY_MS = 100;

/**
 * The protections that the user's module exports, when their store has told what is blocked.
 *
 * @throws {@link ConfigurationError} when there are none.
 * @throws {@link UnverifiedError} when the module cannot be loaded, or the store does not answer in time.
 */
export async function findProtections(
  { config, dotenv }: { readonly config?: string | undefined; readonly dotenv?: string | undefined },
  limitMs: number,
  io: CommandIo,
): Promise<readonly Protection[]> {
  loadEnvFile(dotenv, io);
  const module = await besideService(limitMs, () => loadModule(config, io));
  if (module === undefined)
    throw new ConfigurationError(
      "there is no breakwater.config.js, .mjs or .cjs here; write one that exports a SharedDDoSProtection as 'bans', " +
        'or name another file with --config',
    );
  const shown = fileName(module.name);
  io.watch.doing(`the protection of ${shown}`);
  const found = await answered(io, () => protectionsIn(module.exports));
  if (found === undefined)
    throw new ConfigurationError(`${shown} exports no SharedDDoSProtection: export one as 'bans'`);
  const untilMs = io.clock.now() + limitMs;
  for (const protection of found) await known(protection, untilMs, `no answer within ${String(limitMs)} ms`, io);
  return found;
}

/** Of several, all must be what they are taken for. */
function protectionsIn(exports: unknown): readonly Protection[] | undefined {
  for (const place of placesOf(exports, 'bans')) {
    const list: readonly unknown[] = Array.isArray(place) ? place : [place];
    if (list.length > 0 && list.every(isProtection)) return list;
  }
  return undefined;
}

function isProtection(value: unknown): value is Protection {
  return METHODS.every((method) => typeof property(value, method) === 'function');
}

/** A client of a store may still be connecting when its module is loaded. */
async function known(protection: Protection, untilMs: number, silence: string, io: CommandIo): Promise<void> {
  let why = silence;
  const stop = await answered(io, () =>
    protection.on?.('storeLost', ({ reason }) => {
      why = shownText(reason, 200);
    }),
  );
  while (!(await answered(io, () => protection.refresh()))) {
    const leftMs = untilMs - io.clock.now();
    if (leftMs <= 0)
      throw new UnverifiedError(
        `the store of '${protection.name}' does not answer (${why}): is it up, and reachable from here?`,
      );
    await pause(io, Math.min(EVERY_MS, leftMs));
  }
  stop?.();
}

/** What a protection answers. @throws {@link UnverifiedError} when it throws. */
export async function answered<T>(io: CommandIo, question: () => T | PromiseLike<T>): Promise<T> {
  try {
    return await question();
  } catch (error) {
    throw new UnverifiedError(errorLine(error, io));
  }
}
