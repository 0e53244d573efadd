import { parseArgs } from 'node:util';

/** The framework that carries the service. */
export type Framework = 'express' | 'koa';

const SCENE_WORDS = ['configuration', 'deployment', 'one-call', 'processes', 'restart'] as const;

/** A scene that can be played alone. */
export type SceneWord = (typeof SCENE_WORDS)[number];

/** What the command line asked for. */
export interface DemoOptions {
  readonly action: 'play' | 'serve' | 'help';
  readonly framework: Framework;
  /** Which scenes to play: the main ones, all that there are, or some alone. */
  readonly scenes: 'main' | 'all' | readonly SceneWord[];
  /** The Redis that the scene of several processes plays on; without one it is not played. */
  readonly redis?: URL;
  /** Where `--serve` listens; `0` is any free port. */
  readonly port: number;
  /** The file that the lines of `--serve` go to; none: standard error. */
  readonly log?: string;
}

/** The command line makes no sense. The message is for the one who typed it. */
export class UsageError extends Error {}

export const HELP = `Plays a real HTTP service on a real PostgreSQL through a failing database and an abusive client.

Usage: npm run demo [-- [all | configuration | deployment | one-call | processes | restart] [options]]

  all           play every scene, not only the six main ones
  configuration play only the scene of a wrong configuration and a rotated secret
  deployment    play only the scene of a build that is not ready for production
  one-call      play only the scene of a service before and after one call of setupMiddleware
  processes     play only the scene of four processes that share limits and blocks; needs --redis
  restart       play only the scene of a rolling restart under load
  --koa         carry the service by Koa instead of Express
  --redis URL   play the scene of four processes as well, on this Redis or Valkey, such as redis://127.0.0.1:6379
  --serve       play nothing; keep the service up for trying it with curl, until Ctrl-C
  --port N      where --serve listens, 0 for any free port (default 8000)
  --log FILE    where --serve writes the service's log (default standard error)
  --help        print this

Exit code: 0 every promise was kept, 1 one was broken or the demo could not run, 2 wrong usage.`;

/** @throws {@link UsageError} */
export function parseOptions(args: readonly string[]): DemoOptions {
  const { values, positionals } = read(args);
  const framework: Framework = values.koa === true ? 'koa' : 'express';
  if (values.help === true) return { action: 'help', framework, scenes: 'main', port: 0 };
  const scenes = scenesOf(positionals);
  if (values.serve !== true) {
    if (values.port !== undefined) throw new UsageError('--port says where --serve listens; add --serve');
    if (values.log !== undefined) throw new UsageError('--log says where --serve writes; add --serve');
    if (values.redis !== undefined)
      return { action: 'play', framework, scenes, port: 0, redis: redisAddress(values.redis) };
    if (scenes !== 'all' && scenes !== 'main' && scenes.includes('processes'))
      throw new UsageError('four processes share a Redis; add --redis redis://127.0.0.1:6379, or where yours is');
    return { action: 'play', framework, scenes, port: 0 };
  }
  if (values.redis !== undefined) throw new UsageError('--redis is for the scene of four processes; leave out --serve');
  if (scenes !== 'main')
    throw new UsageError(`--serve plays no scenes; leave out "${positionals.join(' ')}" or --serve`);
  if (values.log === '') throw new UsageError('--log needs the name of a file');
  const log = values.log === undefined ? {} : { log: values.log };
  return { action: 'serve', framework, scenes, port: portNumber(values.port ?? '8000'), ...log };
}

function scenesOf(words: readonly string[]): DemoOptions['scenes'] {
  const known = SCENE_WORDS.filter((word) => words.includes(word));
  const unknown = words.find((word) => word !== 'all' && !known.some((scene) => scene === word));
  if (unknown !== undefined) {
    const quoted = ['all', ...SCENE_WORDS].map((word) => `"${word}"`);
    throw new UsageError(`there is no scene or command "${unknown}"; the words are ${quoted.join(', ')}`);
  }
  if (words.includes('all')) return 'all';
  return known.length === 0 ? 'main' : known;
}

function read(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        koa: { type: 'boolean' },
        serve: { type: 'boolean' },
        port: { type: 'string' },
        redis: { type: 'string' },
        log: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const [sentence = error.message] = error.message.split('. ');
    throw new UsageError(`${sentence}; the options are --koa, --redis URL, --serve, --port N, --log FILE and --help`);
  }
}

function portNumber(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new UsageError(`--port must be a whole number from 0 to 65535, got "${text}"`);
}

/** Nothing of it is repeated, as there may be a password in it. */
function redisAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'redis:' && url.hostname !== '') return url;
  throw new UsageError('--redis must be an address such as redis://127.0.0.1:6379, without TLS');
}
