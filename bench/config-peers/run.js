import { runComparison } from '../comparison-run.js';
import { breakwater } from './drivers/breakwater.js';
import { comparison, markdown } from './report.js';
import { judgeAll } from './suite.js';

await runComparison({
  program: 'bench/config-peers/run.js',
  page: 'docs/config-peers.md',
  ours: breakwater,
  peers: () => [
    import('./drivers/envalid.js').then(({ envalid }) => envalid),
    import('./drivers/t3-env.js').then(({ t3Env }) => t3Env),
    import('./drivers/convict.js').then(({ convict }) => convict),
    import('./drivers/zod.js').then(({ zod }) => zod),
  ],
  judgeAll,
  comparison,
  markdown,
});
