// #region basic
import { CircuitBreaker } from 'breakwater/circuit-breaker';
import { createHardening } from 'breakwater/http';

const database = new CircuitBreaker({ name: 'database' });

const hardening = createHardening({
  trustProxy: ['10.0.0.0/8'], // the load balancer's range
  identify: 'x-user-id', // 100 requests at once and 100 a minute for each user
  routes: [{ path: '/login', ddos: { threshold: 10 } }],
  components: [database], // appears in /health/check
  authorize: 'a-token-for-the-monitoring', // sees details there
});
hardening.on('refused', ({ path, decision }) => {
  console.log(`refused ${path}: ${decision.policy}`);
});
// Mount it with setupMiddleware of breakwater/express or breakwater/koa.
// #endregion basic
console.log(hardening.snapshot());

// #region headers
import { securityHeaders } from 'breakwater/http';

const headers = securityHeaders({ preset: 'modern', set: { 'X-Frame-Options': 'SAMEORIGIN' } });
// #endregion headers
console.log(headers.list.length);

// #region abuse
import { cspNonce } from 'breakwater/http';

const page = createHardening({
  headers: { set: { 'Content-Security-Policy': "default-src 'self'; script-src 'nonce-{nonce}'" } },
  abuse: { threshold: 20, action: 'reject' }, // 20 failed logins or bad requests within 5 minutes
});

function pay(request: object, response: object, accepted: boolean): string {
  if (!accepted) page.recordAbuse(request, 'CARD_DECLINED', { weight: 5 });
  return `<script nonce="${cspNonce(response)}">confirm(${String(accepted)})</script>`;
}
// #endregion abuse
console.log(typeof pay);

// #region fields
import { rateLimitFields } from 'breakwater/http';
import { PerUserRateLimiter } from 'breakwater/rate-limiter';

// Without the pipeline, for instance in a hook of Fastify: limit, and tell the client.
const users = new PerUserRateLimiter({ name: 'api', capacity: 100, refillPerSecond: 100 / 60 });

function limit(user: string, reply: { code(status: number): void; headers(fields: Record<string, string>): void }) {
  const decision = users.check(user);
  reply.headers(rateLimitFields([{ ...decision, windowMs: 60_000 }], { draft: 'draft-8' }));
  if (!decision.allowed) reply.code(429);
  return decision.allowed;
}
// #endregion fields
console.log(limit('user-17', { code: console.log, headers: console.log }));
