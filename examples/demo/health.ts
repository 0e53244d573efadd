import type { Client } from './client.js';

/** What a health route says. */
export interface HealthAnswer {
  readonly status: number;
  /** `HEALTHY`, `DEGRADED`, `UNHEALTHY`, or what else stood there. */
  readonly word: string;
}

export async function healthOf(client: Client, path = '/health/check'): Promise<HealthAnswer> {
  const { status, body } = await client.get(path);
  return { status, word: /"status":\s*"(\w+)"/.exec(body)?.[1] ?? body.slice(0, 60) };
}

/** `503 UNHEALTHY`. */
export function shown({ status, word }: HealthAnswer): string {
  return `${String(status)} ${word}`;
}
