import { HealthCheckValidator, type HealthCheckReport, type HealthCheckValidatorOptions } from 'breakwater/deployment';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { onTestFinished } from 'vitest';

/** Starts a server on loopback that is gone when the test is, and gives where it is. */
export async function listening(server: NetServer, host = '127.0.0.1', scheme = 'http'): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  onTestFinished(() => {
    (server as Partial<Server>).closeAllConnections?.();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
}

/** What is answered in the place of what is right; `undefined` leaves it. */
export type Fault = (request: IncomingMessage, response: ServerResponse, path: string) => true | undefined;

const HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Type': 'application/json',
  'X-Content-Type-Options': 'nosniff',
};

/** Answers as a health route does. */
export function answer(
  response: ServerResponse,
  status: number,
  body: object | string,
  headers: Readonly<Record<string, string | undefined>> = {},
): true {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const all = { ...HEADERS, ...headers };
  for (const [name, value] of Object.entries(all)) if (value !== undefined) response.setHeader(name, value);
  response.statusCode = status;
  response.end(text);
  return true;
}

/** A service without a fault but the one that it is given. */
export function service(fault: Fault = () => undefined): RequestListener {
  return (request, response) => {
    const path = (request.url ?? '').replace(/\?.*/, '');
    if (fault(request, response, path) === true) return;
    const isRoute = /^\/health\/(live|ready|check)$/.test(path);
    if (!isRoute) answer(response, 404, { error: 'not found' });
    else if (request.method !== 'GET' && request.method !== 'HEAD') answer(response, 405, {}, { Allow: 'GET, HEAD' });
    else answer(response, 200, { status: 'HEALTHY' });
  };
}

/** What is found of a service with a fault. */
export async function found(
  fault?: Fault,
  options: Partial<HealthCheckValidatorOptions> = {},
): Promise<HealthCheckReport> {
  const baseUrl = await listening(createServer(service(fault)));
  return new HealthCheckValidator({ baseUrl, ...options }).run();
}

/** The findings that are not in order, by their ids. */
export function wrong({ findings }: HealthCheckReport): Record<string, string> {
  return Object.fromEntries(
    findings.flatMap(({ id, status, crashed }) =>
      status === 'PASS' ? [] : [[id, crashed === true ? `${status}, crashed` : status]],
    ),
  );
}

/** The message of a finding. */
export function said({ findings }: HealthCheckReport, id: string): string {
  return findings.find((finding) => finding.id === id)?.message ?? 'no such finding';
}
