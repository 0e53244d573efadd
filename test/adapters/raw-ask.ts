import { once } from 'node:events';
import { type Agent, type IncomingMessage, request } from 'node:http';

/** What a client asks for; the target goes over the wire as it is. */
export interface Ask {
  readonly method?: string;
  readonly target: string;
}

/** Asks, and waits for the end of the answer. */
export async function rawAsk(port: number, { method = 'GET', target }: Ask, agent?: Agent): Promise<number> {
  const asked = request({ port, host: '127.0.0.1', method, path: target, agent: agent ?? false }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  answer.resume();
  await once(answer, 'end');
  return answer.statusCode ?? 0;
}
