import { abuseDetectorBench } from './abuse-detector.js';
import { circuitBreakerBench } from './circuit-breaker.js';
import { clientAddressBench } from './client-address.js';
import { clusterBench } from './cluster.js';
import { configBench } from './config.js';
import { deploymentBench } from './deployment.js';
import { healthBench } from './health.js';
import { httpBench } from './http.js';
import { loggerBench } from './logger.js';
import { machine } from './machine.js';
import { metricsBench } from './metrics.js';
import { performanceMonitorBench } from './performance-monitor.js';
import { pipelineBench } from './pipeline.js';
import { rateLimiterBench } from './rate-limiter.js';
import { redisChaosBench } from './redis-chaos.js';
import { redisBench } from './redis.js';
import { sharedLimitsBench } from './shared-limits.js';

const groups = {
  'circuit-breaker': circuitBreakerBench,
  'client-address': clientAddressBench,
  pipeline: pipelineBench,
  'rate-limiter': rateLimiterBench,
  logger: loggerBench,
  metrics: metricsBench,
  'performance-monitor': performanceMonitorBench,
  'abuse-detector': abuseDetectorBench,
  'shared-limits': sharedLimitsBench,
  redis: redisBench,
  'redis-chaos': redisChaosBench,
  cluster: clusterBench,
  config: configBench,
  health: healthBench,
  deployment: deploymentBench,
  http: httpBench,
};
const asked = process.argv.slice(2).filter((word) => word !== '--smoke');
const unknown = asked.filter((name) => !Object.hasOwn(groups, name));
if (unknown.length > 0) {
  console.error(`no such group: ${unknown.join(', ')}; there are ${Object.keys(groups).join(', ')}`);
  process.exit(2);
}
console.log(machine());
let met = true;
for (const [name, bench] of Object.entries(groups)) {
  if (asked.length === 0 || asked.includes(name)) met = (await bench()) && met;
}
const verdict = met ? 'every budget is met' : 'a budget is MISSED: see above';
console.log(`\n${process.argv.includes('--smoke') ? 'everything runs; one short round judges nothing' : verdict}`);
process.exitCode = met ? 0 : 1;
