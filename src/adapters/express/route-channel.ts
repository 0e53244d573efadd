import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { noteError } from '../../http/exchange.js';
import { ROUTES, TRACK, type Traced } from './route-track.js';

/** Where Express's routers publish which handlers they call, and what is thrown there. */
const START = 'tracing:express.router.request:start';
const ERROR = 'tracing:express.router.request:error';

const LISTENING = /* @__PURE__ */ Symbol.for('breakwater.express.listening');

/** The listeners of the process, whichever copy of the package made them. */
interface Listening {
  users: number;
  readonly start: (message: unknown) => void;
  readonly error: (message: unknown) => void;
}

/**
 * Listens to the routers of the process while anybody wants to know.
 *
 * @returns what says that this one no longer does.
 * @internal
 */
export function listenToRouters(): () => void {
  const holder = channel(START) as { [LISTENING]?: Listening };
  let listening = holder[LISTENING];
  if (listening === undefined) {
    listening = holder[LISTENING] = { users: 0, start: harmless(onStart), error: harmless(onError) };
  }
  if (listening.users++ === 0) {
    subscribe(START, listening.start);
    subscribe(ERROR, listening.error);
  }
  const { start, error } = listening;
  let wants = true;
  return () => {
    if (!wants) return;
    wants = false;
    if (--listening.users > 0) return;
    unsubscribe(START, start);
    unsubscribe(ERROR, error);
  };
}

function onStart(message: Traced): void {
  const { req } = message;
  // What is made after a request and inherits from it goes its own way.
  if (Object.hasOwn(req, TRACK)) req[TRACK]?.started?.(message);
  else begin(message);
}

function begin(message: Traced): void {
  const { req, route } = message;
  // A handler that has a path of its own has it in the base already: then it is the first of the application's.
  req[ROUTES]?.begin(req, route === '/' ? req.baseUrl : '').started?.(message);
}

function onError({ req, res, error }: Traced): void {
  const track = req[TRACK];
  if (track === undefined) return;
  track.failed?.();
  noteError(res, error);
}

/** What a listener of a channel throws ends the process; a request without a label is nothing against that. */
function harmless(fn: (message: Traced) => void): (message: unknown) => void {
  return (message) => {
    try {
      fn(message as Traced);
    } catch {
      // Published for others as well, by whatever calls itself a router.
    }
  };
}
