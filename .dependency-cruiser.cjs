/** Which way imports point; docs and tests say the same in words. @type {import('dependency-cruiser').IConfiguration} */
const DOMAINS = 'resilience|traffic|observability|health|config';
const NODE_FREE = '^src/(core|internal)/|/(engine|options)\\.ts$';

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-orphans', severity: 'error', from: { orphan: true, pathNot: '\\.d\\.ts$' }, to: {} },
    {
      name: 'core-knows-nobody',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { path: '^src/', pathNot: '^src/core/' },
    },
    {
      name: 'internal-knows-core',
      severity: 'error',
      from: { path: '^src/internal/' },
      to: { path: '^src/', pathNot: '^src/(core|internal)/' },
    },
    {
      name: 'domains-stay-apart',
      severity: 'error',
      from: { path: `^src/(${DOMAINS})/` },
      to: { path: '^src/', pathNot: '^src/(core|internal|$1)/' },
    },
    {
      name: 'rooms-by-their-index',
      severity: 'error',
      from: { path: '^src/(resilience|traffic)/([^/]+)/' },
      to: { path: '^src/$1/[^/]+/', pathNot: '^src/$1/($2/|[^/]+/index\\.ts$)' },
    },
    {
      name: 'above-the-domains',
      severity: 'error',
      from: { path: '^src/(http|lifecycle|deployment)/' },
      to: { path: '^src/(adapters|cli|testing|http|lifecycle|deployment)/', pathNot: '^src/$1/' },
    },
    {
      name: 'adapters-see-http',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)/' },
      to: { path: '^src/(adapters|cli|testing)/', pathNot: '^src/adapters/$1/' },
    },
    {
      name: 'testing-sees-core',
      severity: 'error',
      from: { path: '^src/testing/' },
      to: { path: '^src/', pathNot: '^src/(core|testing|traffic/store)/' },
    },
    {
      name: 'no-built-ins-in-the-rules',
      severity: 'error',
      from: { path: NODE_FREE },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'pino-in-logger-and-nothing-else',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot:
          '^src/observability/logger/|^src/deployment/checks/(files/(yaml|toml)|dependencies/versions)\\.ts$|^src/cli/kubernetes/yaml\\.ts$',
      },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer'] },
    },
    // What only some checks of a build need is loaded when they run, each by its one file.
    ...[
      ['deployment/checks/files/yaml', 'yaml'],
      ['deployment/checks/files/toml', 'smol-toml'],
      ['deployment/checks/dependencies/versions', 'semver'],
      ['cli/kubernetes/yaml', 'yaml'],
    ].map(([file, name]) => ({
      name: `${name}-in-${file.replace(/\W/g, '-')}-and-nothing-else`,
      severity: 'error',
      from: { path: `^src/${file}\\.ts$` },
      to: { path: 'node_modules/', pathNot: `node_modules/(@types/)?${name}/` },
    })),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  },
};
