import { createHardening, type HardeningOptions, type RequestRecord } from 'breakwater/http';
import { type Listener, PROTOCOLS, type Protocol } from './node-servers.js';

export const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'content-security-policy': "default-src 'self'",
};

const closing: (() => Promise<void>)[] = [];
/** Closes everything that was started. */
export async function closeAll(): Promise<void> {
  await Promise.all(closing.splice(0).map((close) => close()));
}

export function setup(options: HardeningOptions = {}) {
  const reported: unknown[] = [];
  const lines: { type: string; fields: Record<string, unknown> }[] = [];
  const logger = {
    event: (type: string, _: string, fields: object = {}) => lines.push({ type, fields: { ...fields } }),
  };
  const hardening = createHardening({ logger, onListenerError: (error) => reported.push(error), ...options });
  const records: RequestRecord[] = [];
  hardening.on('request', (record) => records.push(record));
  return { hardening, reported, lines, records };
}

export async function start(listener: Listener, protocol: Protocol = PROTOCOLS[0] as Protocol) {
  const server = await protocol.start(listener);
  closing.push(() => server.close());
  return server;
}
