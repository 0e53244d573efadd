import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  APIConfig,
  ApplicationConfig,
  ConfigValidator,
  DatabaseConfig,
  startupCheck,
  tcpProbe,
} from 'breakwater/config';

// A service of its own process, which starts only when all that it needs is right; a scene starts it.
const mail = new ConfigValidator().register('MAIL_FROM', 'str', { required: true });
const report = await startupCheck({
  config: new ApplicationConfig({ database: DatabaseConfig, api: APIConfig, mail }, { name: 'shop' }),
  probes: [tcpProbe('DATABASE_URL')],
  exitCodes: { invalid: 78, unreachable: 69 },
});
process.stdout.write(report.summary());
process.exitCode = report.exitCode;

if (report.ok) {
  const { API_PORT } = report.values.api;
  const server = createServer((_, res) => res.end('open')).listen(API_PORT, '127.0.0.1');
  await once(server, 'listening');
  process.stdout.write(`listening on port ${String((server.address() as AddressInfo).port)}\n`);
  // Whoever started it is done with it, or gone.
  await once(process.stdin.resume(), 'end');
  server.close();
  server.closeAllConnections();
}
