// #region basic
import { GracefulDegradation } from 'breakwater/error-recovery';

const degradation = new GracefulDegradation();
degradation.register('search', { levels: ['full', 'cached', 'off'], fallback: ({ level }) => lastResults(level) });

degradation.on('degraded', ({ feature, level, reasons }) => {
  console.log(`${feature} is at '${level}': ${reasons.join(', ')}`);
});
degradation.on('recovered', ({ feature, durationMs, callsServedDegraded }) => {
  console.log(`${feature} is back after ${String(durationMs)} ms and ${String(callsServedDegraded)} degraded answers`);
});

async function search(query: string): Promise<string> {
  // The compiler cannot know what the registered fallback answers: the second type says it.
  const { value, degraded, level } = await degradation.run<string[], string[]>('search', () => searchIndex(query));
  return degraded ? `${value.join()} (${level})` : value.join();
}

console.log(await search('tea'));
degradation.degrade('search', { reason: 'index is being rebuilt' });
console.log(await search('tea'));
degradation.recover('search', { reason: 'index is being rebuilt' });
// #endregion basic

// #region link
import { CircuitBreaker } from 'breakwater/circuit-breaker';
import { HealthCheckService } from 'breakwater/health';

const breaker = new CircuitBreaker({ name: 'index' });
degradation.link('search', breaker, { level: 'cached' });

const health = new HealthCheckService();
health.register('database', () => true);
degradation.link('search', health, {
  level: 'off',
  reason: 'database check',
  when: (service) =>
    service.snapshot().components.some(({ name, status }) => name === 'database' && status === 'UNHEALTHY'),
});

breaker.isolate('maintenance');
console.log(degradation.status().features[0]?.reasons);
// #endregion link

/** In the place of a search engine. */
function searchIndex(query: string): Promise<string[]> {
  return Promise.resolve([`fresh ${query}`]);
}

/** In the place of a cache. */
function lastResults(level: string): string[] {
  return level === 'off' ? [] : ['stale tea'];
}
