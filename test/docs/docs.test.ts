import { CIRCUIT_BREAKER_DEFAULTS, CIRCUIT_BREAKER_REGISTRY_DEFAULTS } from 'breakwater/circuit-breaker';
import { ABUSE_DETECTOR_DEFAULTS } from 'breakwater/abuse-detector';
import { CLUSTER_STORE_DEFAULTS } from 'breakwater/cluster';
import { DDOS_PROTECTION_DEFAULTS } from 'breakwater/ddos-protection';
import {
  DEPLOYMENT_CHECKER_DEFAULTS,
  HEALTH_CHECK_VALIDATOR_DEFAULTS,
  MIGRATION_VALIDATOR_DEFAULTS,
  RECORD_SCHEMA_DEFAULTS,
  SCHEMA_CHECK_DEFAULTS,
} from 'breakwater/deployment';
import { ERROR_RECOVERY_SERVICE_DEFAULTS, GRACEFUL_DEGRADATION_DEFAULTS } from 'breakwater/error-recovery';
import { DEPENDENCIES_CHECK_DEFAULTS, FILES_CHECK_DEFAULTS, SECURITY_CHECK_DEFAULTS } from 'breakwater/deployment';
import {
  CERTIFICATE_CHECK_DEFAULTS,
  DATABASE_CHECK_DEFAULTS,
  DISK_CHECK_DEFAULTS,
  EVENT_LOOP_CHECK_DEFAULTS,
  HEALTH_CHECK_SERVICE_DEFAULTS,
  HEALTH_RESPONSE_DEFAULTS,
  HTTP_CHECK_DEFAULTS,
  LIVENESS_SERVER_DEFAULTS,
  MEMORY_CHECK_DEFAULTS,
  POOL_CHECK_DEFAULTS,
  REDIS_CHECK_DEFAULTS,
} from 'breakwater/health';
import { HARDENING_DEFAULTS, RATE_LIMIT_HEADERS_DEFAULTS, SECURITY_HEADERS_DEFAULTS } from 'breakwater/http';
import { APPLICATION_LIFECYCLE_DEFAULTS } from 'breakwater/lifecycle';
import { STRUCTURED_LOGGER_DEFAULTS } from 'breakwater/logger';
import { METRICS_COLLECTOR_DEFAULTS, OBSERVE_DEFAULTS, PERFORMANCE_MONITOR_DEFAULTS } from 'breakwater/metrics';
import { PER_USER_RATE_LIMITER_DEFAULTS, RATE_LIMITER_DEFAULTS } from 'breakwater/rate-limiter';
import {
  BULKHEAD_DEFAULTS,
  FALLBACK_DEFAULTS,
  HEDGE_DEFAULTS,
  RETRY_BUDGET_DEFAULTS,
  RETRY_DEFAULTS,
} from 'breakwater/resilience';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const pages = readdirSync(join(ROOT, 'docs'))
  .filter((file) => file.endsWith('.md'))
  .map((file) => `docs/${file}`);
/** Pages on which a snippet of an example, too, can be taken over as it stands. */
const ALONE = ['docs/migrations.md', 'docs/schema-validation.md'];
const MODULES = [
  'circuit-breaker',
  'retry',
  'timeout',
  'bulkhead',
  'fallback',
  'hedge',
  'pipeline',
  'error-recovery',
  'graceful-degradation',
  'rate-limiter',
  'abuse-detector',
  'ddos-protection',
  'client-address',
  'structured-logger',
  'log-performance',
  'metrics',
  'performance-monitor',
  'observe',
  'application-config',
  'live-config',
  'deployment-checker',
  'health',
  'health-check-validator',
  'lifecycle',
  'liveness-server',
  'migrations',
  'status-page',
  'http',
  'express',
  'koa',
  'node-http',
  'fetch',
  'redis',
  'cluster',
  'schema-validation',
];

function region(example: string, name: string): string | undefined {
  const found = new RegExp(`// #region ${name}\\n([\\s\\S]*?)// #endregion ${name}\\n`).exec(read(example));
  return found?.[1]?.trimEnd();
}

describe('the README', () => {
  it('is short, and shows code by its fifteenth line', () => {
    const lines = read('README.md').split('\n');
    expect(lines.length).toBeLessThanOrEqual(150);
    expect(lines.findIndex((line) => line.startsWith('```ts'))).toBeLessThan(15);
  });

  it('names two commands that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    expect(read('README.md')).toContain('npm ci && npm run demo\n');
    expect(read('README.md')).toContain('\nnpm test\n');
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['demo', 'test', 'bench']));
  });
});

describe('docs', () => {
  it.each(MODULES)('the page of %s has the headings that all have', (module) => {
    const headings = [...read(`docs/${module}.md`).matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual([
      'Usage',
      'Options',
      'How it decides',
      'Errors',
      'Events, metrics',
      'Operating it',
      'Do not',
    ]);
  });

  it.each(['README.md', ...pages])('the snippets of %s are those of the examples', (page) => {
    for (const [, example = '', name = '', code = ''] of read(page).matchAll(
      /<!-- (examples\/[\w./-]+)#([\w-]+) -->\s*```ts\n([\s\S]*?)```/g,
    )) {
      expect(code.trimEnd(), `${example}#${name}`).toBe(region(example, name));
    }
  });

  it.each(MODULES)('the page of %s shows its example', (module) => {
    expect(read(`docs/${module}.md`)).toContain(`<!-- examples/${module}.ts#basic -->`);
  });

  it('every other snippet compiles by itself, and so do those of some examples', () => {
    const folder = join(ROOT, '.cache', 'snippets');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const dir = mkdtempSync(join(folder, 'x-'));
    let count = 0;
    for (const page of ['README.md', ...pages]) {
      for (const [whole, code = ''] of read(page).matchAll(/(?:<!--[^>]*-->\s*)?```ts\n([\s\S]*?)```/g)) {
        if (whole.startsWith('<!-- examples/') && !ALONE.includes(page)) continue;
        writeFileSync(join(dir, `snippet-${String(++count)}.ts`), `${code}\nexport {};\n`);
      }
    }
    writeFileSync(
      join(dir, 'tsconfig.json'),
      JSON.stringify({
        extends: '../../../tsconfig.json',
        compilerOptions: { noUnusedLocals: false },
        include: ['*.ts'],
      }),
    );
    const { status, stdout } = spawnSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', dir], {
      encoding: 'utf8',
    });
    expect([count > 0, status, stdout]).toEqual([true, 0, '']);
  });

  it('explain every code that the library gives', () => {
    const codes = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => [...read(`src/${file}`).matchAll(/'(BREAKWATER_[A-Z_]+[A-Z])'/g)].map(([, code]) => code));
    const text = pages.map(read).join('');
    expect(codes.length).toBeGreaterThan(10);
    expect(codes.filter((code) => !text.includes(`\`${String(code)}\``))).toEqual([]);
  });

  it.each([
    ['circuit-breaker', CIRCUIT_BREAKER_DEFAULTS],
    ['error-recovery', ERROR_RECOVERY_SERVICE_DEFAULTS],
    ['graceful-degradation', GRACEFUL_DEGRADATION_DEFAULTS],
    ['circuit-breaker', CIRCUIT_BREAKER_REGISTRY_DEFAULTS],
    ['lifecycle', APPLICATION_LIFECYCLE_DEFAULTS],
    ['deployment-checker', DEPLOYMENT_CHECKER_DEFAULTS],
    ['migrations', MIGRATION_VALIDATOR_DEFAULTS],
    ['retry', RETRY_DEFAULTS],
    ['retry', RETRY_BUDGET_DEFAULTS],
    ['bulkhead', BULKHEAD_DEFAULTS],
    ['fallback', FALLBACK_DEFAULTS],
    ['hedge', HEDGE_DEFAULTS],
    ['rate-limiter', RATE_LIMITER_DEFAULTS],
    ['rate-limiter', PER_USER_RATE_LIMITER_DEFAULTS],
    ['abuse-detector', ABUSE_DETECTOR_DEFAULTS],
    ['ddos-protection', DDOS_PROTECTION_DEFAULTS],
    ['structured-logger', STRUCTURED_LOGGER_DEFAULTS],
    ['metrics', METRICS_COLLECTOR_DEFAULTS],
    ['performance-monitor', PERFORMANCE_MONITOR_DEFAULTS],
    ['observe', OBSERVE_DEFAULTS],
    ['health', HEALTH_CHECK_SERVICE_DEFAULTS],
    ['health-checks', DATABASE_CHECK_DEFAULTS],
    ['health-checks', REDIS_CHECK_DEFAULTS],
    ['health-checks', HTTP_CHECK_DEFAULTS],
    ['health-checks', CERTIFICATE_CHECK_DEFAULTS],
    ['health-checks', POOL_CHECK_DEFAULTS],
    ['health-checks', EVENT_LOOP_CHECK_DEFAULTS],
    ['health-checks', MEMORY_CHECK_DEFAULTS],
    ['health-checks', DISK_CHECK_DEFAULTS],
    ['deployment-checks', FILES_CHECK_DEFAULTS],
    ['deployment-checks', DEPENDENCIES_CHECK_DEFAULTS],
    ['deployment-checks', SECURITY_CHECK_DEFAULTS],
    ['health', HEALTH_RESPONSE_DEFAULTS],
    ['health-check-validator', HEALTH_CHECK_VALIDATOR_DEFAULTS],
    ['liveness-server', LIVENESS_SERVER_DEFAULTS],
    ['http', HARDENING_DEFAULTS],
    ['http', SECURITY_HEADERS_DEFAULTS],
    ['http', RATE_LIMIT_HEADERS_DEFAULTS],
    ['cluster', CLUSTER_STORE_DEFAULTS],
    ['schema-validation', RECORD_SCHEMA_DEFAULTS],
    ['schema-validation', SCHEMA_CHECK_DEFAULTS],
  ])('the option table of %s shows the defaults of the code (%#)', (page, defaults) => {
    const rows = [...read(`docs/${page}.md`).matchAll(/^\| `([\w.]+)` +\|.*\| +(.+?) +\|$/gm)].map(
      ([, name, value]) => [name, value],
    );
    for (const [name, value] of Object.entries(defaults)) {
      const shown =
        typeof value === 'string' ? `\`'${value}'\`` : Array.isArray(value) ? '`[]`' : `\`${String(value)}\``;
      const documented = rows.filter(([row]) => row === name).map(([, text]) => text?.replaceAll('_', ''));
      const wanted = page === 'http' && name === 'preset' ? ["`'default'`"] : [shown];
      expect(documented, name).toEqual(expect.arrayContaining(wanted));
    }
  });

  it.each([
    ['circuit-breaker', 'src/resilience/circuit-breaker/options.ts', 'CircuitBreakerOptions', ['halfOpen']],
    ['circuit-breaker', 'src/resilience/circuit-breaker/options.ts', 'HalfOpenOptions', []],
    ['error-recovery', 'src/resilience/error-recovery/options.ts', 'ErrorRecoveryServiceOptions', []],
    ['error-recovery', 'src/resilience/error-recovery/options.ts', 'RecoveryOptions', []],
    ['graceful-degradation', 'src/resilience/graceful-degradation/options.ts', 'GracefulDegradationOptions', []],
    ['graceful-degradation', 'src/resilience/graceful-degradation/options.ts', 'FeatureOptions', []],
    ['graceful-degradation', 'src/resilience/graceful-degradation/options.ts', 'LinkOptions', []],
    ['circuit-breaker', 'src/resilience/circuit-breaker/registry-options.ts', 'CircuitBreakerRegistryOptions', []],
    ['circuit-breaker', 'src/resilience/circuit-breaker/trip-rule-options.ts', 'FailureRateOptions', []],
    ['circuit-breaker', 'src/resilience/circuit-breaker/trip-rule-options.ts', 'SlowCallRateOptions', []],
    ['retry', 'src/resilience/retry/options.ts', 'RetryOptions', ['retryAfter']],
    ['retry', 'src/resilience/retry/options.ts', 'RetryAfterOptions', []],
    ['retry', 'src/resilience/retry-budget.ts', 'RetryBudgetOptions', []],
    ['timeout', 'src/resilience/timeout/options.ts', 'TimeLimitOptions', []],
    ['bulkhead', 'src/resilience/bulkhead/options.ts', 'BulkheadOptions', []],
    ['fallback', 'src/resilience/fallback/options.ts', 'FallbackOptions', []],
    ['hedge', 'src/resilience/hedge/options.ts', 'HedgeOptions', []],
    ['rate-limiter', 'src/traffic/rate-limiter/options.ts', 'BucketOptions', []],
    ['rate-limiter', 'src/traffic/rate-limiter/options.ts', 'RateLimiterOptions', []],
    ['rate-limiter', 'src/traffic/rate-limiter/options.ts', 'PerUserRateLimiterOptions', []],
    ['shared-store', 'src/traffic/rate-limiter/options.ts', 'RefusalCacheOptions', []],
    ['shared-store', 'src/traffic/rate-limiter/options.ts', 'TokenLeaseOptions', []],
    ['abuse-detector', 'src/traffic/abuse-detector/options.ts', 'AbuseDetectorOptions', ['score']],
    ['abuse-detector', 'src/traffic/abuse-detector/options.ts', 'AbuseScoreOptions', []],
    ['ddos-protection', 'src/traffic/ddos-protection/options.ts', 'DDoSProtectionOptions', ['escalate']],
    ['ddos-protection', 'src/traffic/ddos-protection/options.ts', 'EscalationOptions', []],
    ['structured-logger', 'src/observability/logger/options.ts', 'StructuredLoggerOptions', ['rateCap']],
    ['structured-logger', 'src/observability/logger/options.ts', 'RedactOptions', []],
    ['structured-logger', 'src/observability/logger/rate-cap.ts', 'RateCapOptions', []],
    ['log-performance', 'src/observability/logger/timing-options.ts', 'TimingOptions', []],
    ['metrics', 'src/observability/metrics/options.ts', 'MetricsCollectorOptions', []],
    ['metrics', 'src/observability/metrics/options.ts', 'MetricDefinition', []],
    ['metrics', 'src/observability/metrics/options.ts', 'HistogramDefinition', []],
    ['performance-monitor', 'src/observability/performance-monitor/options.ts', 'PerformanceMonitorOptions', []],
    ['observe', 'src/observability/bridge/options.ts', 'ObserveOptions', []],
    ['health', 'src/health/options.ts', 'HealthCheckServiceOptions', ['defaults']],
    ['health', 'src/health/options.ts', 'HealthCheckOptions', []],
    ['health-checks', 'src/health/checks/database-check.ts', 'DatabaseCheckOptions', []],
    ['redis', 'src/adapters/redis/options.ts', 'RedisStoreOptions', []],
    ['cluster', 'src/adapters/cluster/options.ts', 'ClusterStoreOptions', []],
    ['health-checks', 'src/health/checks/redis-check.ts', 'RedisCheckOptions', []],
    ['health-checks', 'src/health/checks/http-check.ts', 'HttpCheckOptions', []],
    ['health-checks', 'src/health/checks/certificate-check.ts', 'CertificateTarget', []],
    ['health-checks', 'src/health/checks/certificate-check.ts', 'CertificateCheckOptions', []],
    ['health-checks', 'src/health/checks/pool-check.ts', 'PoolState', []],
    ['health-checks', 'src/health/checks/pool-check.ts', 'PoolCheckOptions', []],
    ['health-checks', 'src/health/checks/notification-check.ts', 'NotificationCheckOptions', []],
    ['health-checks', 'src/health/checks/audit-check.ts', 'AuditCheckOptions', []],
    ['health-checks', 'src/health/checks/event-loop-check.ts', 'EventLoopCheckOptions', []],
    ['health-checks', 'src/health/checks/memory-check.ts', 'MemoryCheckOptions', []],
    ['health-checks', 'src/health/checks/disk-check.ts', 'DiskCheckOptions', []],
    ['deployment-checks', 'src/deployment/checks/files/options.ts', 'CheckedFile', []],
    ['deployment-checks', 'src/deployment/checks/files/options.ts', 'FilesCheckOptions', []],
    ['deployment-checks', 'src/deployment/checks/dependencies/options.ts', 'DependenciesCheckOptions', []],
    ['deployment-checks', 'src/deployment/checks/security/options.ts', 'SecurityCheckOptions', []],
    ['deployment-checks', 'src/deployment/checks/security/options.ts', 'TLSFiles', []],
    ['deployment-checks', 'src/deployment/checks/security/options.ts', 'CookieSettings', []],
    ['deployment-checks', 'src/deployment/checks/security/options.ts', 'CORSSettings', []],
    ['lifecycle', 'src/lifecycle/options.ts', 'ApplicationLifecycleOptions', []],
    ['deployment-checker', 'src/deployment/deployment-checker/options.ts', 'DeploymentCheckerOptions', []],
    ['deployment-checker', 'src/deployment/deployment-checker/options.ts', 'RunChecksOptions', []],
    ['deployment-checker', 'src/deployment/deployment-checker/options.ts', 'Silence', []],
    ['deployment-checker', 'src/deployment/check.ts', 'DeploymentCheck', []],
    ['migrations', 'src/deployment/migration-validator/options.ts', 'MigrationValidatorOptions', []],
    ['migrations', 'src/deployment/migration-validator/custom-tool.ts', 'CustomMigrationTool', []],
    ['health', 'src/health/options.ts', 'MaintenanceOptions', []],
    ['health', 'src/health/formats/health-response.ts', 'HealthResponseOptions', []],
    ['health-check-validator', 'src/deployment/health-check-validator/options.ts', 'HealthCheckValidatorOptions', []],
    ['liveness-server', 'src/health/liveness/options.ts', 'LivenessServerOptions', []],
    ['status-page', 'src/http/options.ts', 'StatusPageOptions', []],
    ['http', 'src/http/options.ts', 'HardeningOptions', []],
    ['http', 'src/http/limits/rate-limit-options.ts', 'RateLimitHeadersOptions', []],
    ['http', 'src/http/limits/rate-limit-options.ts', 'RateLimitFieldsOptions', []],
    ['fetch', 'src/adapters/fetch/shapes.ts', 'FetchOptions', []],
    ['schema-validation', 'src/deployment/schema/options.ts', 'RecordSchemaOptions', []],
    ['schema-validation', 'src/deployment/schema/schema-check.ts', 'SchemaCheckOptions', []],
    ['schema-validation', 'src/deployment/schema/table-map.ts', 'ExpectedTable', []],
    ['schema-validation', 'src/deployment/schema/table-map.ts', 'ExpectedColumn', []],
  ])('the option table of %s names every option of %s %s', (page, file, name, groups) => {
    const body = new RegExp(`interface ${name}\\b[^{]*\\{\\n([\\s\\S]*?)\\n\\}`).exec(read(file))?.[1] ?? '';
    const options = [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, option]) => option);
    const rows = [...read(`docs/${page}.md`).matchAll(/^\| `([\w.]+)` +\|/gm)].map(([, row]) => row?.split('.').at(-1));
    expect(options).not.toEqual([]);
    expect(options.filter((option) => !rows.includes(option))).toEqual(groups);
  });

  it.each(['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', ...pages])(
    'the links of %s lead somewhere',
    (page) => {
      for (const [, target = ''] of read(page).matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)) {
        const [file = '', anchor] = target.split('#');
        const path = file === '' ? page : join(dirname(page), file);
        expect(existsSync(join(ROOT, path)), `${page} -> ${target}`).toBe(true);
        if (anchor === undefined) continue;
        const anchors = [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
          heading
            .toLowerCase()
            .replace(/[^\w\s-]/g, '')
            .replace(/\s/g, '-'),
        );
        expect(anchors, `${page} -> ${target}`).toContain(anchor);
      }
    },
  );

  it('docs/behaviour.md lists the statements with their tests', () => {
    const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/behaviour.ts', '--check'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
  });
});

describe('examples', () => {
  it.each([...MODULES, 'core', 'deployment-checks', 'deployment-silence', 'health-checks', 'resilience'])(
    'the example of %s runs and ends by itself',
    (module) => {
      const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', `examples/${module}.ts`], {
        cwd: ROOT,
        encoding: 'utf8',
        timeout: 20_000,
      });
      expect([status, stderr]).toEqual([0, '']);
    },
  );
});

describe('deploy', () => {
  it('probes the routes that there are, and never one that restarts the process for a dependency', () => {
    const manifest = read('deploy/kubernetes.yaml');
    const probes = [...manifest.matchAll(/(\w+)Probe:\s+httpGet: \{ path: (\S+),/g)].map(([, probe, path]) => [
      probe,
      path,
    ]);
    expect(probes).toEqual([
      ['liveness', '/health/live'],
      ['readiness', '/health/ready'],
      ['startup', '/health/live'],
    ]);
  });
});
