import { runComparison } from '../comparison-run.js';
import { breakwater } from './drivers/breakwater.js';
import { comparison, markdown } from './report.js';
import { judgeAll } from './suite.js';

await runComparison({
  program: 'bench/conformance/run.js',
  page: 'docs/conformance.md',
  ours: breakwater,
  peers: () => [
    import('./drivers/opossum.js').then(({ opossum }) => opossum),
    import('./drivers/cockatiel.js').then(({ cockatiel }) => cockatiel),
    import('./drivers/mollitia.js').then(({ mollitia }) => mollitia),
  ],
  judgeAll,
  comparison,
  markdown,
});
