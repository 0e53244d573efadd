import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createHardening } from 'breakwater/http';
import { harden } from 'breakwater/node-http';

/** In the place of the service that is checked. */
const hardening = createHardening({ authorize: 'a-token-for-the-monitoring', onListenerError: () => undefined });
const service = createServer(
  harden((_: IncomingMessage, response: ServerResponse) => {
    response.writeHead(404, { 'Content-Type': 'text/plain' }).end('not found');
  }, hardening),
);
await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
const address = service.address();
const baseUrl = `http://127.0.0.1:${String(typeof address === 'object' ? address?.port : '')}`;

// #region basic
import { HealthCheckValidator } from 'breakwater/deployment';

const validator = new HealthCheckValidator({ baseUrl, token: 'a-token-for-the-monitoring' });

const report = await validator.run();
console.log(report.status, report.message);
for (const { status, id, message, hint } of report.findings) {
  if (status !== 'PASS') console.log(status, id, message, hint);
}
// #endregion basic

service.close();
