import { AbuseDetector, SharedAbuseDetector } from 'breakwater/abuse-detector';
import { createHardening, type HardeningOptions } from 'breakwater/http';
import { StructuredLogger } from 'breakwater/logger';
import { MetricsCollector, PerformanceMonitor } from 'breakwater/metrics';
import { createMemoryStore } from 'breakwater/testing';
import { expect, it } from 'vitest';

it('takes the instances of every part as they are', () => {
  const options: HardeningOptions = {
    abuse: new AbuseDetector(),
    metrics: new MetricsCollector(),
    monitor: new PerformanceMonitor(),
    logger: new StructuredLogger({ level: 'silent' }),
  };
  expect(() => createHardening(options)).not.toThrow();
  const detector = new SharedAbuseDetector({ store: createMemoryStore(), instances: 2 });
  expect(() => createHardening({ abuse: { action: 'reject', detector } })).not.toThrow();
});
