import { GracefulDegradation } from 'breakwater/error-recovery';
import { CircuitBreaker, pipeline, timeout } from 'breakwater/resilience';
import { ms } from '../client.js';
import { Dependency } from '../dependency.js';
import { read } from '../log-book.js';
import { type Scene, sleep } from '../stage.js';

const RECOVERY_MS = 300;
const DWELL_MS = 600;
const USUAL_RATE = 1;

/** What cannot be had in full is had in part, and everybody can see which it was. */
export const featureDegrades: Scene = {
  title: 'A feature degrades and recovers',
  main: false,
  async play(stage) {
    const dependency = await Dependency.start();
    const breaker = new CircuitBreaker({ name: 'rates', failureThreshold: 3, recoveryTimeoutMs: RECOVERY_MS });
    const call = pipeline(breaker, timeout(500));
    const degradation = new GracefulDegradation({ minDwellMs: DWELL_MS });
    degradation.register('live rates', {
      levels: ['live', 'yesterday'],
      fallback: () => USUAL_RATE,
      fallbackOnError: true,
    });
    degradation.link('live rates', breaker);
    const told: string[] = [];
    let servedDegraded = 0;
    degradation.on('degraded', ({ level }) => told.push(level));
    degradation.on('recovered', ({ callsServedDegraded, durationMs }) => {
      servedDegraded = callsServedDegraded;
      told.push(`recovered after ${ms(durationMs)}`);
    });
    const hide = stage.service.observability.show(breaker, degradation);
    const written = stage.book.written;
    const ask = () => degradation.run('live rates', () => call.execute(({ signal }) => dependency.ask(signal)));

    try {
      const before = await ask();
      stage.promise(
        'while all is well the feature runs in full, and says so',
        !before.degraded && before.value !== USUAL_RATE,
        `rate ${String(before.value)}, level ${before.level}`,
      );

      dependency.mood = 'failing';
      const during = [];
      for (let n = 0; n < 10; n++) during.push(await ask());
      const reached = dependency.requests - 1;
      stage.promise(
        'while the dependency fails every call is answered, with the older value and a word about it',
        during.every(({ degraded, value }) => degraded && value === USUAL_RATE),
        `${String(during.length)} calls, ${String(reached)} of them asked the dependency`,
      );
      const [report] = degradation.status().features;
      stage.promise(
        'the report says what is wrong since when',
        report?.degraded === true && report.reasons.some(({ reason }) => reason === 'circuit-breaker:rates'),
        `level ${String(report?.level)}: ${report?.reasons.map(({ reason }) => reason).join(', ') ?? ''}`,
      );

      dependency.mood = 'fine';
      await sleep(Math.max(RECOVERY_MS, DWELL_MS) + 50);
      await ask();
      await sleep(DWELL_MS + 50);
      const after = await ask();
      stage.promise(
        'when it is back the feature recovers, after its shortest time degraded, and tells how long it was',
        !after.degraded && told.length === 2 && servedDegraded > 0,
        `${told.join(', ')}, ${String(servedDegraded)} calls served degraded`,
      );
      const lines = stage.book.since(written).map(read);
      const about = lines.filter(({ componentKind }) => componentKind === degradation.kind);
      const [first, last] = [about[0], about.at(-1)].map((line) => String(line?.['componentEvent']));
      stage.promise(
        'the log tells of both, in a line each',
        about.length === told.length && first === 'degraded' && last === 'recovered',
        about.map(({ msg }) => String(msg)).join(', '),
      );
    } finally {
      hide();
      await dependency.close();
    }
  },
};
