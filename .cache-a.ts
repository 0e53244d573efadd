import cluster from 'node:cluster';
import { createClusterStore } from 'breakwater/cluster';
const store = createClusterStore();
const B = { group: 'g', subject: 's', capacity: 100, refillTokens: 1, refillUs: 1e12/100, cost: 1 };
if (cluster.isPrimary) {
  for (let i = 0; i < 4; i++) cluster.fork();
  let total = 0, n = 0;
  cluster.on('message', (_, m) => { if (typeof m === 'object' && 'allowed' in m) { total += m.allowed; console.log(m); if (++n === 4) { console.log('total', total); for (const w of Object.values(cluster.workers!)) w!.disconnect(); } } });
} else {
  const t = performance.now();
  const all = await Promise.all(Array.from({ length: 5000 }, () => store.take([B], { withinMs: 5000 })));
  const ms = performance.now() - t;
  const t2 = performance.now();
  for (let i = 0; i < 2000; i++) await store.take([{ ...B, subject: 'x' + i % 100 }]);
  process.send!({ allowed: all.filter(([a]) => a!.allowed).length, ms, seqUs: (performance.now() - t2) / 2 });
}
