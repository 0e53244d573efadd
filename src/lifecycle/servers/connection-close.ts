import type { ServerResponse } from 'node:http';

/** What gives a response its own methods back. */
const TOLD = /* @__PURE__ */ Symbol('breakwater.connection-close');

type Tellable = ServerResponse & { [TOLD]?: (() => void) | undefined };

/**
 * Makes a response that nobody has begun the last of its connection, also when its handler says otherwise: one that passes
 * on the headers of another server passes on what that one said of its own connection.
 * @internal
 */
export function sayClose(response: Tellable): void {
  if (response.headersSent || response[TOLD] !== undefined) return;
  const own = { setHeader: response.setHeader.bind(response), writeHead: response.writeHead.bind(response) };
  response.shouldKeepAlive = false;
  response.setHeader('Connection', 'close');
  response.setHeader = (name, value) => (isConnection(name) ? response : own.setHeader(name, value));
  const writeHead = (...args: unknown[]): unknown =>
    Reflect.apply(own.writeHead, undefined, args.map(withoutConnection));
  Object.assign(response, { writeHead });
  response[TOLD] = () => {
    Object.assign(response, own);
  };
}

/** Another response comes after it on the same connection after all. @internal */
export function sayKeep(response: Tellable): void {
  const take = response[TOLD];
  if (take === undefined || response.headersSent) return;
  take();
  response[TOLD] = undefined;
  response.shouldKeepAlive = true;
  response.removeHeader('Connection');
}

function isConnection(name: unknown): boolean {
  return typeof name === 'string' && name.toLowerCase() === 'connection';
}

/** Headers as `writeHead` takes them: an object, or names and values in turn, or pairs of them. */
function withoutConnection(headers: unknown): unknown {
  if (Array.isArray(headers)) {
    const list = headers as readonly unknown[];
    if (Array.isArray(list[0])) return list.filter((pair) => !isConnection((pair as readonly unknown[])[0]));
    return list.filter((_, i) => !isConnection(list[i - (i % 2)]));
  }
  if (typeof headers !== 'object' || headers === null) return headers;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !isConnection(name)));
}
