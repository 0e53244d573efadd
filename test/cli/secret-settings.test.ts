import { describe, expect, it } from 'vitest';
import { linted, shipped } from './linting.js';

const ORDERS = shipped('deploy/kubernetes.yaml');
const IMAGE = shipped('deploy/Dockerfile');
const IGNORED = shipped('deploy/Dockerfile.dockerignore');

const SETTINGS: readonly (readonly [string, string])[] = [
  ['MAX_TOKENS', '4096'],
  ['OPENAI_MAX_TOKENS', '4096'],
  ['CACHE_KEY', 'v1'],
  ['PARTITION_KEY', 'userId'],
  ['SORT_KEY', 'createdAt'],
  ['PRIMARY_KEY', 'id'],
  ['ROUTING_KEY', 'orders.created'],
  ['PASSWORD_RESET_URL', 'https://a.example/reset'],
  ['PASSWORD_RESET_TTL', '3600'],
  ['PASSWORD_HASH_ALGO', 'argon2id'],
  ['FEATURE_PASSWORDLESS', 'magic'],
  ['CSRF_TOKEN_HEADER', 'x-csrf'],
  ['TOKEN_HEADER', 'x-t'],
  ['IDEMPOTENCY_KEY_HEADER', 'x-idem'],
  ['SIGNATURE_HEADER', 'x-sig'],
  ['CSRF_COOKIE', '_csrf'],
  ['CREDENTIALS', 'include'],
  ['JWT_PUBLIC_KEY', 'abc'],
  ['VAPID_PUBLIC_KEY', 'BEl62iUYgUivxIkv69yViEuiBIa40HI'],
  ['STRIPE_PUBLISHABLE_KEY', 'pk_live_51H8abcdefghijklmnopqr'],
  ['RECAPTCHA_SITE_KEY', '6LeIxAcTAAAAAJcZVRqyHh71UMIEGNQ'],
  ['NEXT_PUBLIC_MAPS_KEY', 'abc123def456'],
  ['VITE_MAPS_KEY', 'abc123def456'],
  ['REACT_APP_MAPS_TOKEN', 'abc123def456'],
  ['GOOGLE_ANALYTICS_KEY', 'G-ABC123DEF4'],
  ['SENTRY_DSN', 'https://0123456789abcdef0123456789abcdef@o1.ingest.sentry.io/1'],
  ['DB_DSN', 'postgres://db.example.com/shop'],
  ['ADMIN_PASSWORD_FILE', '/run/secrets/admin'],
];

const SECRETS: readonly (readonly [string, string])[] = [
  ['DB_PASSWORD', 'login'],
  ['DB_PASSWORD', 'include'],
  ['DB_PASSWORD', 'correct horse battery staple'],
  ['COSMOS_PRIMARY_KEY', 'C2y6yDjf5R0ob0A8Cgv30VRDJIWEHLM4'],
  ['AUTHORIZATION_HEADER', 'Bearer swordfish'],
  ['SESSION_COOKIE', 'sid=swordfish'],
  ['VITE_ADMIN_PASSWORD', 'swordfish'],
  ['VITE_STRIPE_KEY', `sk_live_${'a1B2c3D4'.repeat(3)}`],
  ['PASSWORDLESS_TOKEN', 'swordfish'],
  ['PASSWORD_RESET_URL', 'https://shop:swordfish@a.example/reset'],
  ['SENTRY_DSN', 'https://0123456789abcdef0123456789abcdef:0123456789abcdef@o1.ingest.sentry.io/1'],
  ['GITHUB_PAT', 'swordfish'],
  ['DB_DSN', 'postgres://shop:swordfish@db.example.com/shop'],
];

/** With a variable of the container, an entry of a ConfigMap, and an ENV. */
async function idsOf(name: string, value: string): Promise<readonly (readonly string[])[]> {
  const text = JSON.stringify(value);
  const manifest = (more: string) => linted(['k8s', 'lint', 'a.yaml'], { 'a.yaml': more });
  const env = ORDERS.replace('API_HOST, value: 0.0.0.0', `${name}, value: ${text}`);
  const map = `${ORDERS}---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { ${name}: ${text} }\n`;
  const image = IMAGE.replace('EXPOSE', `ENV ${name}=${text}\nEXPOSE`);
  const all = [
    await manifest(env),
    await manifest(map),
    await linted(['dockerfile', 'lint'], { Dockerfile: image, '.dockerignore': IGNORED }),
  ];
  return all.map(({ ids }) => ids);
}

describe('settings that are called like secrets', () => {
  it.each(SETTINGS)('HLD-59: %s=%s is none', async (name, value) => {
    expect(await idsOf(name, value)).toEqual([[], [], []]);
  });

  it.each(SECRETS)('HLD-59: %s=%s is one', async (name, value) => {
    expect(await idsOf(name, value)).toEqual([
      ['k8s.secret-in-env'],
      ['k8s.secret-in-manifest'],
      ['dockerfile.secret-in-env'],
    ]);
  });

  const withLine = (line: string) =>
    linted(['dockerfile', 'lint'], {
      Dockerfile: IMAGE.replace('EXPOSE', `${line}\nEXPOSE`),
      '.dockerignore': IGNORED,
    });

  it.each([
    'ARG CACHE_KEY',
    'ARG MAX_TOKENS',
    'RUN node x.js --max-tokens=4096 --partition-key=user1 --password-policy=strict --api-key-header x-api-key1',
    'RUN PASSWORD_FILE=/run/x1 KEY_PREFIX=a1 node x.js --cache-key=v2 --max-tokens 4096',
    'RUN PARTITION_KEY=user12345 node x.js --sort-key created1234',
    'RUN sentry --dsn=https://0123456789abcdef0123456789abcdef@o1.ingest.sentry.io/1',
  ])('HLD-59: nothing is wrong with %s', async (line) => expect((await withLine(line)).ids).toEqual([]));

  it.each([
    'RUN node x.js --cache-key=v2 --api-key=hunter2x9',
    'RUN PARTITION_KEY=user12345 API_TOKEN=hunter2x9 node x.js',
    'RUN node x.js --api-token hunter2x9',
  ])('HLD-59: %s holds a secret', async (line) =>
    expect((await withLine(line)).ids).toEqual(['dockerfile.secret-in-command']),
  );
});
