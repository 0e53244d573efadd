import { InvalidArgumentError } from '../../core/errors.js';
import { describe, durationMs, parseOptions, text } from '../../core/options.js';
import type { PlatformAbortSignal } from '../../core/platform.js';
import { isSensitiveKey } from '../../core/sensitive-names.js';
import { revealed, Secret } from '../secret.js';
import type { StartupProbe } from './probe.js';

/** Where servers listen when their URL does not say. Source: the IANA registry of ports, and the servers' own documentation. */
const PORTS: Readonly<Record<string, number>> = /* @__PURE__ */ Object.freeze({
  amqp: 5_672,
  amqps: 5_671,
  http: 80,
  https: 443,
  mariadb: 3_306,
  mongodb: 27_017,
  mqtt: 1_883,
  mqtts: 8_883,
  mysql: 3_306,
  nats: 4_222,
  postgres: 5_432,
  postgresql: 5_432,
  redis: 6_379,
  rediss: 6_379,
  ws: 80,
  wss: 443,
});

/** Options of {@link tcpProbe}. */
export interface TcpProbeOptions {
  /** What it is called in the report. @defaultValue `tcp KEY` */
  readonly name?: string;
  /** How long it may take, in ms, from 1. @defaultValue that of the startup check */
  readonly timeoutMs?: number;
}

const OPTIONS = { name: text(undefined), timeoutMs: durationMs(undefined, { min: 1 }) };

/** A place to connect to. */
interface Target {
  readonly host: string;
  readonly port: number;
}

/**
 * A probe that connects to the host and port of a URL, and hangs up. With several hosts one that can be reached is enough.
 * It finds wrong names, closed ports and firewalls; not whether the server lets this user in, nor what is behind a proxy that
 * accepts whatever comes.
 *
 * @param key - the key that holds the URL.
 * @throws {@link InvalidArgumentError} when `key` is no text.
 * @throws {@link InvalidOptionsError} naming every option that is unknown or out of range.
 */
export function tcpProbe(key: string, options?: TcpProbeOptions): StartupProbe<object> {
  if (typeof key !== 'string' || key === '')
    throw new InvalidArgumentError(`tcpProbe: the key must be text, got ${describe(key)}`);
  const { name = `tcp ${key}`, timeoutMs } = parseOptions('tcpProbe', OPTIONS, options);
  return {
    name,
    needs: [key],
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    async run(values, { signal }) {
      const value = valueOf(values, key);
      const isHidden = value instanceof Secret || isSensitiveKey(key);
      const targets = targetsOf(String(revealed(value)));
      const enough = new AbortController();
      const giveUp = (): void => {
        enough.abort();
      };
      signal.addEventListener('abort', giveUp, { once: true });
      try {
        await Promise.any(targets.map((target) => connect(target, isHidden, enough.signal)));
      } catch (error) {
        // Nobody reads an aggregate.
        const reasons = error instanceof AggregateError ? (error.errors as readonly Error[]) : [error as Error];
        throw new Error(reasons.map(({ message }) => message).join('; '), { cause: error });
      } finally {
        signal.removeEventListener('abort', giveUp);
        // Those that have not answered would keep the process alive.
        giveUp();
      }
    },
  };
}

/** The value, whichever section it is in. */
function valueOf(values: object, key: string): unknown {
  const all = values as Readonly<Record<string, unknown>>;
  const holder = Object.hasOwn(all, key)
    ? all
    : Object.values(all).find(
        (section) => typeof section === 'object' && section !== null && Object.hasOwn(section, key),
      );
  return (holder as Readonly<Record<string, unknown>> | undefined)?.[key];
}

/** Where a URL leads to. It is not told in errors: it may hold a password. */
function targetsOf(url: string): readonly Target[] {
  if (/^[a-z]+\+srv:/i.test(url.trim()))
    throw new Error('the URL names a service record, which a connection cannot be made to');
  const [, scheme = '', authority = ''] = /^([a-z][a-z0-9.-]*)(?:\+[^:]*)?:\/\/([^/?#]*)/i.exec(url.trim()) ?? [];
  const fallback = PORTS[scheme.toLowerCase()];
  return authority
    .slice(authority.lastIndexOf('@') + 1)
    .split(',')
    .map((place) => {
      const [, bracketed, plain = '', port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(place) ?? [];
      const host = bracketed ?? plain;
      const at = port === undefined ? fallback : Number(port);
      if (host === '') throw new Error('the URL names no host');
      if (at === undefined) throw new Error(`the URL names no port, and ${scheme} has no usual one`);
      return { host, port: at };
    });
}

async function connect({ host, port }: Target, isHidden: boolean, signal: PlatformAbortSignal): Promise<void> {
  const net = await import('node:net');
  await new Promise<void>((resolve, reject) => {
    const socket = net.connect({ host, port });
    const hangUp = (): void => {
      socket.destroy();
      reject(new Error('was given up'));
    };
    if (signal.aborted) hangUp();
    signal.addEventListener('abort', hangUp, { once: true });
    const done = (): void => {
      signal.removeEventListener('abort', hangUp);
      socket.destroy();
    };
    socket.once('connect', () => {
      done();
      resolve();
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      done();
      const place = isHidden ? 'its host' : `${host}:${String(port)}`;
      reject(new Error(`cannot connect to ${place} (${error.code ?? error.name})`));
    });
  });
}
