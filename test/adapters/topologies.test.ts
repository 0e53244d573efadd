import { setupMiddleware } from 'breakwater/express';
import { createHardening, type RequestRecord } from 'breakwater/http';
import { describe, expect, it } from 'vitest';
import { DIALECTS, type Dialect } from './express-dialects.js';
import { serve } from './frameworks.js';
import { NESTED } from './nested-topologies.js';
import { PLAIN } from './plain-topologies.js';
import { rawAsk } from './raw-ask.js';
import type { Topology } from './topology.js';

describe.each(DIALECTS.map((dialect) => [dialect.name, dialect] as const))('%s', (_, dialect: Dialect) => {
  it.each([...PLAIN, ...NESTED].map((topology) => [topology.title, topology] as const))(
    'OBS-H4 OBS-H6 names the route: %s',
    async (_title, topology: Topology) => {
      const records: RequestRecord[] = [];
      const hardening = createHardening();
      hardening.on('request', (record) => records.push(record));
      const app = dialect.express();
      app.set('env', 'test');
      setupMiddleware(app, hardening);
      topology.build(app, dialect);
      const { port, close } = await serve(app);
      const expected = topology.expected(dialect);
      const seen: unknown[] = [];
      for (const { method = 'GET', target } of expected) {
        const before = records.length;
        const status = await rawAsk(port, { method, target });
        await expect.poll(() => records.length).toBe(before + 1);
        seen.push([method, target, status, records.at(-1)?.route]);
      }
      await close();
      expect(seen).toEqual(
        expected.map(({ method = 'GET', target, status = 200, route, watched = route }) => [
          method,
          target,
          status,
          dialect.publishes ? route : watched,
        ]),
      );
    },
  );
});
