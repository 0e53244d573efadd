// #region basic
import { StructuredLogger } from 'breakwater/logger';

const log = new StructuredLogger({ service: 'orders' });

/** Whatever is logged within a request, also after an `await`, carries its id. */
async function handle(requestId: string, body: { user: string; password: string }): Promise<void> {
  await log.withContext({ requestId }, async () => {
    log.userAction('login', body); // {"level":"info","time":…,"event":"USER_ACTION",…,"user":"ann","password":"[secret]","msg":"login"}
    await log.operation('load orders', { user: body.user }, async (operation) => {
      const orders = await loadOrders(body.user);
      operation.set({ count: orders.length });
    });
  });
}
// #endregion basic

async function loadOrders(user: string): Promise<string[]> {
  await Promise.resolve();
  log.systemEvent('query', { user });
  return ['A-1001'];
}

await handle('r-1', { user: 'ann', password: 'correct horse battery staple' });

// #region security
import { registerSecret } from 'breakwater/core';

const apiKey = 'k-3f9a1c77';
using _hidden = registerSecret(apiKey);

// Wherever the value stands: in a message, in an error's text or stack, in a field of any name.
log.error('call failed', new Error(`401 for key ${apiKey}`), { note: `sent ${apiKey}` });
log.securityEvent('login refused', { reason: 'too many tries' });
// #endregion security

// #region trace
/** A step of the caller's trace, or of a new one; what it calls is told by the headers. */
const answer = log.withTrace({ traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }, () => {
  log.systemEvent('asking the bank');
  return { headers: log.traceHeaders() };
});
// #endregion trace
console.log(answer.headers.traceparent?.startsWith('00-0af7651916cd43dd8448eb211c80319c-'));

await log.flush();
