import type { Clock } from '../../core/clock.js';
import { InvalidArgumentError } from '../../core/errors.js';
import { HealthStatus } from '../../core/health-status.js';
import { clockOption, describe, durationMs, hasMethod, parseOptions } from '../../core/options.js';
import { steady } from '../../core/steady.js';
import { failure, finding, shortMs } from '../finding.js';
import type { HealthCheckContext, HealthFinding } from '../options.js';

/** What a client may say about its connection. */
export interface RedisConnectionState {
  /** Whether commands are sent at once, as node-redis says it. */
  readonly isReady?: boolean | undefined;
  /** How the connection stands, as ioredis says it. */
  readonly status?: string | undefined;
}

/** A client of Redis or Valkey: node-redis, ioredis, their cluster forms, or whatever sends a command. */
export type RedisCheckClient = RedisConnectionState &
  (
    | {
        /** Sends PING. */
        ping(): PromiseLike<unknown>;
      }
    | {
        /** Sends a command, given as its words. */
        send(args: readonly string[]): PromiseLike<unknown>;
      }
  );

/** Options of {@link redisCheck}. */
export interface RedisCheckOptions {
  /** A ping that takes this long or longer is `DEGRADED`; ms, at least 1. @defaultValue `100` */
  readonly healthyBelowMs?: number | undefined;
  /** Time source. @defaultValue `systemClock` */
  readonly clock?: Clock | undefined;
}

/** Defaults of {@link RedisCheckOptions}. */
export const REDIS_CHECK_DEFAULTS = /* @__PURE__ */ Object.freeze({ healthyBelowMs: 100 });

/** Source: ioredis 5, `RedisStatus` and `ClusterStatus`, without `wait`: there the first command connects. */
const NOT_CONNECTED: readonly unknown[] = /* @__PURE__ */ Object.freeze([
  'connecting',
  'connect',
  'reconnecting',
  'disconnecting',
  'close',
  'end',
]);

/**
 * A check that sends a ping: answered in time it is `HEALTHY`, later `DEGRADED`, failed `UNHEALTHY`. While the client says
 * that it is not connected, no ping is sent and it is `UNHEALTHY` at once: clients keep commands until they are connected
 * again, so that a ping would wait, and others behind it.
 *
 * @param client - is given, never made: what connects, with which limits, is the service's own business.
 * @throws {@link InvalidArgumentError} when `client` has neither `ping()` nor `send()`.
 * @throws {@link InvalidOptionsError} naming every option that is unknown or out of range.
 *
 * @example
 * health.register('redis', redisCheck(new Redis(url)), { critical: true });
 */
export function redisCheck(
  client: RedisCheckClient,
  options?: RedisCheckOptions,
): (context: HealthCheckContext) => Promise<HealthFinding> {
  const ping = pingOf(client);
  const schema = {
    healthyBelowMs: durationMs(REDIS_CHECK_DEFAULTS.healthyBelowMs, { min: 1 }),
    clock: clockOption(),
  };
  const { healthyBelowMs, clock } = parseOptions('redisCheck', schema, options);
  const now = steady(clock);
  return async () => {
    const startedAtMs = now();
    let answer: unknown;
    try {
      const obstacle = obstacleOf(client);
      if (obstacle !== undefined) return finding(HealthStatus.UNHEALTHY, `not connected: the client is ${obstacle}`);
      answer = await ping();
    } catch (error) {
      return failure(HealthStatus.UNHEALTHY, 'ping failed', error);
    }
    const tookMs = now() - startedAtMs;
    if (!isPong(answer)) {
      return finding(HealthStatus.DEGRADED, `ping was answered by something other than PONG, ${describe(answer)}`);
    }
    if (tookMs < healthyBelowMs) return { status: HealthStatus.HEALTHY };
    return finding(HealthStatus.DEGRADED, `ping took ${shortMs(tookMs)}; healthy is below ${shortMs(healthyBelowMs)}`);
  };
}

function pingOf(client: unknown): () => unknown {
  if (hasMethod(client, 'ping')) return () => client.ping();
  if (hasMethod(client, 'send')) {
    const sender: { send(args: readonly string[]): unknown } = client;
    return () => sender.send(['PING']);
  }
  throw new InvalidArgumentError(`redisCheck: client must have ping() or send(), got ${describe(client)}`);
}

function obstacleOf({ isReady, status }: RedisConnectionState): string | undefined {
  if (isReady === false) return 'not ready';
  return NOT_CONNECTED.includes(status) ? `in status '${String(status)}'` : undefined;
}

function isPong(answer: unknown): boolean {
  // Clients that answer with bytes.
  const text = answer instanceof Uint8Array && answer.byteLength === 4 ? String.fromCharCode(...answer) : answer;
  return text === 'PONG';
}
