import { ask, promiseDisposed, promiseHeaders } from '../one-call/answers.js';
import { FLOODER, promiseFlood, promiseGuesses } from '../one-call/limits.js';
import { promiseError, promiseIds } from '../one-call/lines.js';
import { promisePage, promiseRoutes } from '../one-call/operators.js';
import { openPair } from '../one-call/pair.js';
import { promiseSeries } from '../one-call/scan.js';
import type { Scene } from '../stage.js';

/** What a service gains by one call, beside the same service without it. */
export const oneCall: Scene = {
  title: 'One call hardens a service',
  main: false,
  word: 'one-call',
  async play(stage) {
    const pair = await openPair(stage.service.framework);
    try {
      stage.say(
        `A shop on ${stage.service.frameworkName} runs twice: as it is, and with one call before its first route,`,
      );
      stage.say(
        'setupMiddleware(app, { logger, metrics, health, components, abuse, trustProxy, authorize, statusPage }).',
      );
      stage.say('Both get the same requests. The handlers of the second one write with that logger.');
      const bare = await ask(pair.bare);
      promiseHeaders(stage, bare, await ask(pair.hardened));
      await promiseIds(stage, pair);
      await promiseError(stage, pair);
      await promiseFlood(stage, pair);
      await promiseGuesses(stage, pair);
      await promiseSeries(stage, pair);
      await promiseRoutes(stage, pair);
      await promisePage(stage, pair);
      await promiseDisposed(stage, pair, bare, pair.hardened.client(FLOODER));
    } finally {
      await pair.close();
    }
  },
};
