/** One server of the comparison, in a process of its own: `node server.js <name of the stack> <settings as JSON>`. */
import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { STACKS } from './stacks.js';

/** What is counted when a response is over may come after the client has read all of it. */
const SETTLE_MS = 50;

const [name, settings] = process.argv.slice(2);
const { app, report } = STACKS[name](JSON.parse(settings));
const server = createServer({ keepAliveTimeout: 600_000 }, app);
const answers = {
  usage: () => process.cpuUsage(),
  report: async () => {
    await wait(SETTLE_MS);
    return report();
  },
};

process.on('message', async (asked) => {
  process.send(await answers[asked]());
});
// Whoever started it is gone.
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
