/**
 * One replica: `node replica.js <protocol> <module of the driver> <its name in there> <delay by hand in ms>`. Says its port
 * on standard output once it serves, and is gone when its parent is, however that ended.
 */
import { createApp } from './app.js';

const [protocol, module, id, delay] = process.argv.slice(2);
process.stdin.on('end', () => process.exit(70));
process.stdin.resume();
// It must not be what keeps a replica alive that has nothing else to do.
process.stdin.unref();

const { [id]: driver } = await import(module);
const app = await createApp(protocol);
const listen = () => new Promise((resolve) => app.server.listen(0, '127.0.0.1', resolve));
await driver.serve({ ...app, listen, delayMs: Number(delay) });
console.log(JSON.stringify({ port: app.server.address().port }));
